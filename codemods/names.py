"""Deploy gate 2: tasks and their senders take the new names; the old ones stay as aliases.

@shared_task(name="create_job()")       @shared_task(name="create_job")
app.send_task("create_job()")           app.send_task("create_job")
"""

import ast
from collections.abc import Iterable, Iterator

from codemods.inventory.link import Inventory
from codemods.inventory.project import is_test
from codemods.inventory.values import FileFacts
from codemods.literals import Literal, literals_of, meaning, renamed
from codemods.renames import wanted
from codemods.snapshot import Snapshot
from codemods.text import Source, Span
from codemods.values import Change, Decision, Decisions, Edit, Note, Rewrite

DATA_FILES = (
    ".cfg", ".conf", ".csv", ".env", ".html", ".ini", ".json", ".md", ".rst", ".sh", ".sql",
    ".toml", ".txt", ".xml", ".yaml", ".yml",
)  # fmt: skip
CERTAIN = frozenset({"name", "beat", "call", "registry", "signature", "row"})


class Rename(Decision, frozen=True, tag="rename", forbid_unknown_fields=True):
    """The task named `old` is named `new`, and so is every reference whose meaning is certain."""

    old: str
    new: str


def decide(inventory: Inventory) -> Decisions:
    """The renames whose aliases are in place."""
    renamings, _ = wanted(inventory)
    return Decisions(
        tuple(
            Rename(f"rename:{item.old}", item.because, item.old, item.new)
            for item in renamings
            if inventory.aliases.get(item.old) == item.new
        )
    )


def rewrite(snapshot: Snapshot, inventory: Inventory, decisions: tuple[Decision, ...]) -> Rewrite:
    """Every file that names one of the tasks, with the new name where its meaning is certain."""
    table = {item.old: item.new for item in decisions if isinstance(item, Rename)}
    if not table:
        return Rewrite()
    changes, edits, notes = list[Change](), list[Edit](), list[Note]()
    for path, data in mentioning(snapshot, inventory, table):
        facts = inventory.facts.get(path)
        if facts is None or facts.error is not None:
            notes.extend(_lines_of(path, data, table))
        elif not facts.aliases:
            result = _renamed(inventory, path, data, table)
            changes.extend(result.changes)
            edits.extend(result.edits)
            notes.extend(result.notes)
    if "django_celery_beat" in _installed(inventory.facts.values()):
        message = "PeriodicTask rows in the database may bear old names: the aliases run them until a data migration renames them"
        notes.append(Note(min(inventory.facts), 0, "beat-rows", message))
    return Rewrite(tuple(changes), tuple(edits), tuple(notes))


def mentioning(
    snapshot: Snapshot, inventory: Inventory, names: Iterable[str]
) -> Iterator[tuple[str, bytes]]:
    """The files in which one of these names stands, as code or as data."""
    words = [name.encode() for name in names]
    paths = [
        path for path in snapshot.files if path in inventory.facts or path.endswith(DATA_FILES)
    ]
    for path, data in snapshot.read_many(paths).items():
        if any(word in data for word in words):
            yield path, data


def _renamed(inventory: Inventory, path: str, data: bytes, table: dict[str, str]) -> Rewrite:
    try:
        source = Source(data)
        spans, edits, notes = list[Span](), list[Edit](), list[Note]()
        for literal in literals_of(source.tree, set(table)):
            new, line = table[literal.value], literal.node.lineno
            kind = certain_meaning(inventory, path, literal)
            if kind == "key":
                spans.extend(second_key(source, literal, new))
            elif kind is not None:
                spans.append(renamed(source, literal.node, new))
            else:
                notes.append(_as_data(path, line, literal.value, new))
                continue
            edits.append(Edit(path, line, f'"{literal.value}" to "{new}" ({kind})'))
        after = source.edited(spans)
    except (ValueError, UnicodeEncodeError) as error:
        note = Note(path, 0, "not-renamed", f"its text can't be edited safely: {error}")
        return Rewrite(notes=(note,))
    changes = (Change(path, data, after),) if after != data else ()
    return Rewrite(changes, tuple(edits), tuple(notes))


def certain_meaning(inventory: Inventory, path: str, literal: Literal) -> str | None:
    """What the literal is for, if that is certain enough to change it."""
    kind = meaning(literal)
    if kind == "key":
        return kind
    if kind == "compare":
        return kind if is_test(path) or _compares_name(literal) else None
    if kind == "name":
        return kind if _declares(inventory, path, literal) else None
    if kind in CERTAIN:
        return kind
    return "constant" if _is_name_constant(inventory, path, literal) else None


def _compares_name(literal: Literal) -> bool:
    parent = literal.parent
    assert isinstance(parent, ast.Compare)
    sides = [parent.left, *parent.comparators]
    return any(isinstance(s, ast.Attribute) and s.attr == "name" for s in sides)


def _declares(inventory: Inventory, path: str, literal: Literal) -> bool:
    """Whether this `name=` belongs to a task's declaration."""
    line = literal.node.lineno
    return any(
        task.path == path and task.name == literal.value and task.first_line <= line <= task.line
        for task in inventory.tasks
    )


def _is_name_constant(inventory: Inventory, path: str, literal: Literal) -> bool:
    """Whether this is the constant, or class attribute, that gives a task its name."""
    assign = literal.parent
    if not isinstance(assign, ast.Assign | ast.AnnAssign) or assign.value is not literal.node:
        return False
    target = assign.targets[0] if isinstance(assign, ast.Assign) else assign.target
    if not isinstance(target, ast.Name):
        return False
    around = literal.parents[1] if len(literal.parents) > 1 else None
    if isinstance(around, ast.ClassDef):
        tasks = (task for task in inventory.tasks if task.decorator in {"class", "register"})
        return target.id == "name" and any(
            task.path == path and task.qualname == around.name for task in tasks
        )
    symbol = f"{inventory.project.module_of[path]}.{target.id}"
    return isinstance(around, ast.Module) and any(
        use.name is not None
        and use.name.kind == "symbol"
        and inventory.project.resolve(use.name.value) == symbol
        for facts in inventory.facts.values()
        for function in facts.functions
        for use in function.decorators
    )


def second_key(source: Source, literal: Literal, new: str) -> Iterator[Span]:
    """The entry of a route or annotation once more under the new name; the old key stays."""
    parent = literal.parent
    node: ast.expr | ast.stmt = literal.node
    start = source.start(node)
    if isinstance(parent, ast.Dict):
        index = next(i for i, key in enumerate(parent.keys) if key is literal.node)
        if any(isinstance(k, ast.Constant) and k.value == new for k in parent.keys):
            return
        end, between = source.end(parent.values[index]), ","
    elif isinstance(parent, ast.Tuple | ast.List):
        node, start, end, between = parent, source.start(parent), source.end(parent), ","
    else:
        statement = next(item for item in literal.parents if isinstance(item, ast.stmt))
        node, start, end, between = statement, source.start(statement), source.end(statement), ""
    line_start = source.starts[node.lineno - 1]
    lead = source.data[line_start:start].decode("utf-8")
    alone = not lead.strip()
    copy = source.data[start:end].decode("utf-8")
    offset = source.start(literal.node) - start
    span = renamed(source, literal.node, new)
    head = source.data[start : start + offset].decode("utf-8")
    copy = head + span.text + copy[len(head) + len(source.text(literal.node)) :]
    yield Span(start, start, copy + between + (f"\n{lead}" if alone else " "))


def _as_data(path: str, line: int, old: str, new: str) -> Note:
    message = f'"{old}" stands here as data; the task is "{new}" now, and its alias goes on answering to the old name'
    return Note(path, line, "name-as-data", message)


def _lines_of(path: str, data: bytes, table: dict[str, str]) -> Iterator[Note]:
    for number, line in enumerate(data.split(b"\n"), 1):
        for old, new in table.items():
            if old.encode() in line:
                yield _as_data(path, number, old, new)


def _installed(files: Iterable[FileFacts]) -> set[str]:
    return {r.text for facts in files for r in facts.references if r.kind == "installed_app"}
