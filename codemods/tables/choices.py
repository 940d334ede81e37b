"""Which of several tables of one setting stays: what a person is asked, and how the others go."""

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import ClassVar

from codemods.inventory.configuration.values import BOTH, InForce, Source
from codemods.inventory.link import Inventory
from codemods.inventory.outside import names_taken_from
from codemods.inventory.trees import parsed
from codemods.inventory.undefined import unused_imports
from codemods.inventory.values import ParseError
from codemods.source.imports import ImportNode, bound_names, module_imports, without_names
from codemods.source.text import Source as Text
from codemods.source.text import Span
from codemods.values import Answered, Decision, Note, Question

WORDS = {"beat_schedule": "beat", "task_routes": "routes"}
REMOVABLE = frozenset({"name", "assign"})
"""Forms of statements that can go as a whole."""


class Winner(Answered, frozen=True, tag="in-force", forbid_unknown_fields=True):
    """Which file's table counts where that differs by Celery's version; the others go."""

    options: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether nobody has named one of them yet."""
        return self.answer not in self.options

    @property
    def asks(self) -> Question:
        """Which of the files counts from now on."""
        choice = " or ".join(f'answer = "{option}"' for option in self.options)
        return Question(self.id, "differs by Celery's version", choice)


class DeadTable(Answered, frozen=True, tag="dead-table", forbid_unknown_fields=True):
    """A table that has no effect: `remove` takes it out of its file, `keep` leaves it."""

    takes: ClassVar[frozenset[str]] = frozenset({"remove", "keep"})
    path: str = ""
    holder: str = ""

    @property
    def asks(self) -> Question:
        """Whether the table goes."""
        name = f"{self.holder} in '{self.path}'"
        return Question(name, "not in force", 'answer = "remove" or "keep"')


def choices(
    inventory: Inventory, found: InForce, winner: str, dead: str
) -> Iterator[Winner | DeadTable]:
    """What is to be decided about the tables of one setting; `winner` and `dead` are configured."""
    if not found.is_known or len(found.sources) < 2:
        return
    if not all(inventory.editable(source.path) for source in found.sources):
        return
    if any(inventory.settings_without(s.path) for s in found.sources if s.form == "name"):
        # Under other settings another table counts.
        return
    sides = sorted(inventory.sides.sides)
    word = WORDS[found.setting]
    if len({repr(found.values[side]) for side in sides}) > 1:
        options = tuple(dict.fromkeys(source.path for source in _winners(found)))
        if len(options) > 1:
            yield Winner(
                f"in-force:{word}",
                f"{_shown(found)}: which one counts differs between Celery up to 5.6 and from 5.7 on, and {inventory.sides.reason}",
                winner if winner in options else "",
                options,
            )
        return
    for source in found.dead(sides):
        if source.form in REMOVABLE:
            yield DeadTable(
                f"dead:{word}:{source.path}",
                f"it has no effect ({len(source.keys)}): another table replaces it",
                dead,
                source.path,
                source.holder,
            )


def _shown(found: InForce) -> str:
    return " and ".join(
        f"{source.holder} in '{source.path}' ({len(source.keys)})" for source in found.sources
    )


def _winners(found: InForce) -> list[Source]:
    """The sources that can be the only ones, so that both sides have what one side has today."""
    return [s for s in found.sources if s.form in REMOVABLE and losers(found, s.path) is not None]


def losers(found: InForce, path: str) -> tuple[Source, ...] | None:
    """The sources that go so that the table of this file counts on both sides; `None`: it can't."""
    for side in BOTH:
        if not any(source.path == path and side in source.alive for source in found.sources):
            continue
        gone = tuple(s for s in found.sources if side not in s.alive and s.path != path)
        places = {source.place for source in gone}
        fits = all(found.without(places, other) == found.values[side] for other in BOTH)
        if fits and all(source.form in REMOVABLE for source in gone):
            return gone
    return None


def going(found: InForce, decisions: Iterable[Decision]) -> tuple[Source, ...]:
    """The sources that decisions take out."""
    gone: list[Source] = []
    word = WORDS[found.setting]
    for item in decisions:
        if isinstance(item, Winner) and item.answer and item.id == f"in-force:{word}":
            gone.extend(losers(found, item.answer) or ())
        elif isinstance(item, DeadTable) and item.id == f"dead:{word}:{item.path}":
            if item.answer != "remove":
                continue
            gone.extend(s for s in found.sources if (s.path, s.holder) == (item.path, item.holder))
    return tuple(gone)


def left_alone(
    inventory: Inventory, found: InForce, code: str, said: Callable[[str], str]
) -> Iterator[Note]:
    """A note for each statement that is not understood, and for each dead table that is still read."""
    for unclear in found.unclear:
        if unclear.unread:
            message = f"{unclear.why}: it stays as it is"
            yield Note(unclear.path, unclear.line, "table-unread", message)
        else:
            yield Note(unclear.path, unclear.line, code, said(unclear.why))
    # Where anything is unclear, a table that seems to have no effect may be in force by just that.
    for source in found.sources if found.is_known else ():
        note = still_read(inventory, source) if not source.alive else None
        if note is not None:
            yield note


def still_read(inventory: Inventory, source: Source) -> Note | None:
    """A note if something else reads the name of a table, so that it can't go."""
    if source.form != "name":
        return None
    name = source.holder.encode()
    word = re.compile(rb"(?<!\w)" + re.escape(name) + rb"(?!\w)")
    paths = [path for path in inventory.files.files if path.endswith(".py")]
    for path, data in inventory.files.holding(paths, [name]).items():
        if word.search(data) and (path != source.path or _uses(data, source) > 1):
            message = f"'{path}' uses {source.holder} too, so it stays: take that out, then run the step again"
            return Note(source.path, source.line, "table-stays", message)
    return None


def _uses(data: bytes, source: Source) -> int:
    """How often a file names the holder of a table; nowhere where it does not parse."""
    tree = parsed(data)
    return sum(
        isinstance(node, ast.Name) and node.id == source.holder
        for node in (() if isinstance(tree, ParseError) else ast.walk(tree))
    )


def without_statement(text: Text, node: ast.stmt) -> tuple[Span, tuple[int, int]]:
    """The span that takes a statement out, with the remarks that stand right above it, and its lines."""
    first, last = node.lineno, node.end_lineno or node.lineno
    while first > 1 and text.lines[first - 2].lstrip().startswith(b"#"):
        first -= 1
    start, end = text.starts[first - 1], text.starts[last]
    lines = text.lines
    if not b"".join(lines[last:]).strip():
        # At the end of a file the blank lines above it go too.
        while first > 1 and not lines[first - 2].strip():
            first -= 1
        return Span(text.starts[first - 1], text.starts[len(lines)], ""), (first, last)
    # Of the blank lines around it those above stay.
    while (
        last < len(lines)
        and not lines[last].strip()
        and (first == 1 or not lines[first - 2].strip())
    ):
        end += len(lines[last])
        last += 1
    return Span(start, end, ""), (first, node.end_lineno or node.lineno)


def without_unused(inventory: Inventory, path: str, before: bytes, after: bytes) -> bytes:
    """The file without the imports that nothing reads since an edit, unless another file does."""
    unused = unused_imports(after) - unused_imports(before, in_texts=False)
    module = inventory.project.module_of[path]
    unused -= names_taken_from(inventory, module)
    if not unused or "*" in names_taken_from(inventory, module):
        return after
    text = Text(after)
    spans = [
        without_names(text, node, unused & set(bound_names(node)))
        for node in _with(module_imports(text), unused)
    ]
    return text.edited(spans)


def _with(nodes: Sequence[ImportNode], names: Collection[str]) -> list[ImportNode]:
    return [node for node in nodes if set(names) & set(bound_names(node))]
