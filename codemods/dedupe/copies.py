"""The copies of one task held against each other: what each lacks, and how their globals differ."""

import ast
import difflib
from collections.abc import Callable
from dataclasses import dataclass

from codemods.inventory.duplicates import DIFFERENCES, effective_options
from codemods.inventory.symbols import FunctionNode
from codemods.inventory.task import Task
from codemods.moves.moves import GIVEN, Moves
from codemods.moves.unbound import unbound
from codemods.units.same_code import is_relative
from codemods.units.units import Module, Unit

DIFF_LINES = 40
"""How many lines of a difference a plan shows."""

Modules = Callable[[str], Module | None]


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a task, as the unit that holds it. `undefined` are globals that it reads and nothing binds."""

    task: Task
    module: Module
    unit: Unit
    undefined: tuple[str, ...]

    @property
    def id(self) -> str:
        """How a plan names the copy."""
        return f"{self.task.path}::{self.task.qualname}"

    @property
    def text(self) -> str:
        """Its code, with the comments that belong to it."""
        return self.module.lines(self.unit.first, self.unit.last).replace("\r\n", "\n")

    @property
    def weight(self) -> tuple[int, int]:
        """How complete it is: options and decorators first, then the size of its body."""
        options = len(effective_options(self.task)) + len(self.task.wrappers)
        node = self.unit.nodes[0]
        return options, sum(1 for _ in ast.walk(node))


def copy_of(task: Task, module: Module) -> Copy | None:
    """The copy of a task in a file; `None` if it does not stand there by itself as a function."""
    unit = next((u for u in module.units if u.line <= task.line <= u.last), None)
    if unit is None or unit.kind != "function" or len(unit.nodes) > 1 or task.nested:
        return None
    return Copy(task, module, unit, tuple(sorted(unit.reads.all & unbound(module))))


def unlike_globals(moves: Moves, left: Copy, right: Copy) -> list[str]:
    """Names that both copies read and that mean different things in their files."""
    one, other = left.module.path, right.module.path
    found = [
        name
        for name in sorted(left.unit.reads.all & right.unit.reads.all)
        if name not in left.unit.names and _is_unlike(moves, left.module, right.module, name)
    ]
    apart = one.rpartition("/")[0] != other.rpartition("/")[0]
    if apart and (is_relative(left.unit) or is_relative(right.unit)):
        found.append("a relative import")
    return found


def _is_unlike(moves: Moves, left: Module, right: Module, name: str) -> bool:
    if name in {"__name__", "__file__"}:
        return True
    bound = (name in left.binders, name in right.binders)
    if all(bound):
        return not moves.same_meaning(left.path, right.path, name)
    if any(bound):
        # One file's own thing hides a builtin, or what the other gets by a star import.
        return name in GIVEN or any(unit.kind == "star" for unit in (*left.units, *right.units))
    if name in GIVEN:
        return False
    stars = [
        [ast.dump(n) for u in m.units if u.kind == "star" for n in u.nodes] for m in (left, right)
    ]
    same_folder = left.path.rpartition("/")[0] == right.path.rpartition("/")[0]
    return stars[0] != stars[1] or not same_folder


def unlike_decorators(left: Copy, right: Copy) -> bool:
    """Whether decorators other than the task's own differ, in what they are given too."""
    return _decorators(left) != _decorators(right)


def _decorators(copy: Copy) -> list[str]:
    node = copy.unit.nodes[0]
    assert isinstance(node, FunctionNode)
    words = ("task", "shared_task")
    return [
        ast.dump(item)
        for item in node.decorator_list
        if ast.unparse(item.func if isinstance(item, ast.Call) else item).rpartition(".")[2]
        not in words
    ]


def size_of(moves: Moves, copy: Copy, name: str) -> int:
    """How much code stands behind a global name of a copy's file, wherever it is defined."""
    found = moves.definition(copy.module.path, name)
    return sum(1 for node in found[1].nodes for _ in ast.walk(node)) if found is not None else 0


def graver(one: str, other: str) -> str:
    """The graver of two differences."""
    return max(one, other, key=DIFFERENCES.index)


def small_diff(left: Copy, right: Copy) -> str:
    """A unified diff from one copy to another, without its hunks' heads."""
    lines = difflib.unified_diff(
        left.text.splitlines(), right.text.splitlines(), left.id, right.id, n=1, lineterm=""
    )
    shown = [line.rstrip() for line in lines if not line.startswith("@@")]
    if len(shown) > DIFF_LINES:
        more = len(shown) - DIFF_LINES
        shown = [*shown[:DIFF_LINES], f"... and {more} {'line' if more == 1 else 'lines'} more"]
    return "\n".join(shown)


def lost_comments(copy: Copy, kept: Copy) -> tuple[str, ...]:
    """The comments of a copy that the kept text does not have."""
    have = kept.text
    return tuple(
        line.strip()
        for line in copy.text.splitlines()
        if line.lstrip().startswith("#") and line.strip() not in have
    )
