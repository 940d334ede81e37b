"""The one table of a setting, and what can be read where it stands."""

import ast
import builtins
from collections.abc import Collection

from codemods.inventory.configuration.values import InForce
from codemods.inventory.link import Inventory
from codemods.inventory.trees import parsed
from codemods.inventory.values import Binding, ParseError
from codemods.inventory.walking import walk
from codemods.tables.choices import going
from codemods.tables.written import Whole, written_at
from codemods.values import Decision


def the_whole(
    inventory: Inventory, found: InForce, decisions: Collection[Decision]
) -> Whole | None:
    """The table that is in force on all sides, if it is one dict with its closing brace on a line."""
    if not found.is_known:
        return None
    gone = {source.place for source in going(found, decisions)}
    alive = [s for s in found.sources if s.place not in gone and inventory.sides.sides <= s.alive]
    bases = [source for source in alive if source.form in {"name", "assign"}]
    if len(bases) != 1 or not inventory.editable(bases[0].path):
        return None
    made = inventory.configuration.statement(*bases[0].place)
    whole = written_at(inventory, bases[0])
    if made is None or made.guard or made.within or whole is None:
        return None
    return whole if is_open(whole.node) else None


def is_open(node: ast.expr | None) -> bool:
    """Whether a dict is empty, or has its last pair on other lines than its closing brace."""
    if not isinstance(node, ast.Dict) or None in node.keys:
        return False
    return not node.keys or (node.values[-1].end_lineno or 0) < (node.end_lineno or 0)


def stands_apart(inventory: Inventory, path: str, node: ast.Dict) -> bool:
    """Whether all pairs of a dict stand on lines between its braces, which have nothing else behind them."""
    if not node.keys:
        return True
    line = inventory.files.read_many([path])[path].splitlines()[node.lineno - 1]
    return is_open(node) and not line[node.col_offset + 1 :].strip()


def spans_lines(value: ast.expr) -> bool:
    """Whether a text in an expression would change by being moved to another column."""
    texts = (node for node in walk(value) if isinstance(node, ast.Constant | ast.JoinedStr))
    return any(node.lineno != node.end_lineno for node in texts)


def names_in(value: ast.expr) -> set[str]:
    """The names that an expression reads."""
    return {node.id for node in walk(value) if isinstance(node, ast.Name)}


def is_told(inventory: Inventory, path: str, name: str, there_path: str, line: int) -> bool:
    """Whether a name of one file is the same thing in another above a line, or can be imported there."""
    here = inventory.facts[path].bindings.get(name)
    facts = inventory.facts.get(there_path)
    there = facts.bindings.get(name) if facts is not None else None
    if here is None:
        return hasattr(builtins, name) and there is None
    if path == there_path:
        once = here.kind == "import" or _stores(inventory, path, name) == 1
        return once and not here.guard and here.line < line
    if here.kind != "import" or here.guard or here.others:
        return False
    if there is not None:
        same = there.kind == "import" and there.target == here.target
        return same and not there.guard and there.line < line
    return not _is_own(inventory, here)


def _is_own(inventory: Inventory, binding: Binding) -> bool:
    """Whether an import takes something of the project, which settings could not always import."""
    target = binding.target or ""
    return target.startswith("/") or inventory.project.has_top(target.partition(".")[0])


def _stores(inventory: Inventory, path: str, name: str) -> int:
    tree = parsed(inventory.files.read_many([path])[path])
    if isinstance(tree, ParseError):
        return 0
    names = (node for node in walk(tree) if isinstance(node, ast.Name) and node.id == name)
    return sum(not isinstance(node.ctx, ast.Load) for node in names)
