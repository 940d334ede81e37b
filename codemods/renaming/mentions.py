"""Every place in a project that holds a task's name as text, and what it is for."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from codemods.inventory.link import Inventory
from codemods.inventory.testing import is_test
from codemods.renaming.route_keys import stands_alone
from codemods.snapshot import Snapshot
from codemods.source.literals import (
    KEYED,
    Literal,
    beginnings,
    can_change,
    literals_of,
    meaning,
    route_expressions,
)
from codemods.source.text import Source

DATA_FILES = (
    ".cfg", ".conf", ".csv", ".env", ".html", ".ini", ".json", ".md", ".rst", ".sh", ".sql",
    ".toml", ".txt", ".xml", ".yaml", ".yml",
)  # fmt: skip

ROUTING = rb"(?s)\A(?=.*compile)(?=.*(?i:%s))" % "|".join(sorted(KEYED)).encode()
"""A file that may hold a regular expression among the routes."""


class Mention:
    """One literal that equals a task's name.

    `kind` is a certain meaning, `name` or `constant` for a declaration, `data` for text that only
    happens to be the same or is none of our business, `unclear` with `why` for what code depends on.
    """

    def __init__(self, source: Source, path: str, literal: Literal, kind: str, why: str) -> None:
        self.source = source
        self.path = path
        self.literal = literal
        self.kind = kind
        self.why = why
        self.old = literal.value
        self.line = literal.node.lineno


def mentions_of(snapshot: Snapshot, inventory: Inventory, table: dict[str, str]) -> list[Mention]:
    """The literals of these names in all Python files but generated alias modules."""
    found: list[Mention] = []
    for path, data in _candidates(snapshot, inventory, table):
        try:
            source = Source(data)
        except (ValueError, UnicodeError):
            continue
        for literal in literals_of(source.tree, set(table)):
            kind, why = classify(inventory, path, source, literal, table[literal.value])
            found.append(Mention(source, path, literal, kind, why))
        found.extend(_in_expressions(source, path, table))
    return found


def _candidates(
    snapshot: Snapshot, inventory: Inventory, names: Iterable[str]
) -> Iterator[tuple[str, bytes]]:
    """The Python files that may hold one of the names, however it is spelled or joined."""
    known = sorted(set(names))
    needles = [max(re.findall(r"[A-Za-z0-9_]+", name), key=len, default="") for name in known]
    words = [needle[: max(3, len(needle) // 2)].encode() for needle in needles]
    patterns = (*spelling(known), ROUTING)
    paths = [p for p, f in inventory.facts.items() if f.error is None and not f.aliases]
    yield from snapshot.holding(paths, words, patterns).items()


def spelling(names: Sequence[str]) -> list[bytes]:
    """The patterns that find a name in a file, whole or as the first of several parts of a text.

    `"create_" "job()"` and `"create_\\x6aob()"` begin with a part of it that ends in a quote or in
    a backslash, f-strings in a brace.
    """
    parts = {part for name in names for part in beginnings(name)}
    longest = sorted(parts, key=lambda part: (-len(part), part))
    first = b"|".join(re.escape(part.encode()) for part in longest)
    # Each name by itself: a search for plain text is ten times as fast as one for several.
    whole = [re.escape(name.encode()) for name in names]
    return [*whole, rb"[\"'](?:%s)[\"'\\{]" % (first or b"|".join(whole))]


def classify(
    inventory: Inventory, path: str, source: Source, literal: Literal, new: str
) -> tuple[str, str]:
    """A literal's kind and, where that is `unclear`, why."""
    kind = meaning(literal)
    if kind == "name" and _declares(inventory, path, literal):
        kind = "name"
    elif kind in {"name", "option", "data"}:
        kind = "constant" if _is_name_constant(inventory, path, literal) else "data"
    elif kind in {"compare", "assert"}:
        if not is_test(path):
            kind = "unclear" if kind == "compare" else "data"
    elif kind == "member":
        kind = _member(literal, new, test=is_test(path))
    if kind == "unclear":
        return (
            kind,
            f"'{path}' line {literal.node.lineno} depends on the text in a way that can't be followed: let it know both names",
        )
    if kind == "key" and not stands_alone(source, literal):
        line = literal.node.lineno
        return (
            "unclear",
            f"'{path}' line {line} sets its route beside other code: give that a line of its own",
        )
    if kind != "data" and not can_change(source, literal):
        return (
            "unclear",
            f"'{path}' line {literal.node.lineno} spells it in parts with comments between them",
        )
    return kind, ""


def _member(literal: Literal, new: str, *, test: bool) -> str:
    """`name in ("old", "new")` knows both names; with the old one alone it depends on it."""
    parent = literal.parent
    items = getattr(parent, "elts", [])
    knows = any(isinstance(item, ast.Constant) and item.value == new for item in items)
    return "data" if knows or test else "unclear"


def _in_expressions(source: Source, path: str, table: dict[str, str]) -> Iterator[Mention]:
    """Names that a regular expression among the routes matches, and their new names it doesn't."""
    for pattern in route_expressions(source.tree):
        for old, new in table.items():
            if pattern.match(old) and not pattern.match(new):
                node = ast.Constant(old, lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)
                why = f"'{path}' routes it by the expression {pattern.pattern!r}, which \"{new}\" does not match"
                yield Mention(source, path, Literal(node, [], frozenset()), "unclear", why)


def _declares(inventory: Inventory, path: str, literal: Literal) -> bool:
    """Whether this `name=` belongs to a task's declaration."""
    line = literal.node.lineno
    return any(
        task.path == path
        and task.name == literal.value
        and (task.first_line <= line <= task.line or task.decorator == "register")
        for task in inventory.tasks
    )


def _is_name_constant(inventory: Inventory, path: str, literal: Literal) -> bool:
    """Whether this is the constant, option or class attribute that gives a task its name."""
    parents = [p for p in literal.parents if not isinstance(p, ast.keyword)]
    option = isinstance(literal.parent, ast.Dict | ast.keyword)
    if option and not isinstance(parents[0], ast.Dict | ast.Call):
        return False
    assign, around = (
        (parents[1:3] if option else parents[:2])
        if len(parents) > 2 or not option
        else (None, None)
    )
    if not isinstance(assign, ast.Assign | ast.AnnAssign):
        return False
    target = assign.targets[0] if isinstance(assign, ast.Assign) else assign.target
    if not isinstance(target, ast.Name):
        return False
    if isinstance(around, ast.ClassDef):
        tasks = (task for task in inventory.tasks if task.decorator in {"class", "register"})
        if target.id == "name" and any(
            task.path == path and task.qualname == around.name for task in tasks
        ):
            return True
        member = f"{inventory.project.module_of[path]}.{around.name}.{target.id}"
        return not option and _names_a_task(inventory, member, option=False)
    symbol = f"{inventory.project.module_of[path]}.{target.id}"
    return isinstance(around, ast.Module) and _names_a_task(inventory, symbol, option=option)


def _names_a_task(inventory: Inventory, symbol: str, *, option: bool) -> bool:
    resolve = inventory.project.resolve
    for facts in inventory.facts.values():
        for function in facts.functions:
            for use in function.decorators:
                if option:
                    if any(star and resolve(star) == symbol for star in use.stars):
                        return True
                elif use.name is not None and use.name.kind == "symbol":
                    if resolve(use.name.value.removesuffix(".value")) == symbol:
                        return True
    return False


def closed_mentions(inventory: Inventory, names: Iterable[str]) -> dict[str, tuple[str, int, str]]:
    """For each name that stands as a text in a Python file which is never edited: where, and why."""
    found: dict[str, tuple[str, int, str]] = {}
    wanted = {name: re.compile(rb"[\"']" + re.escape(name).encode() + rb"[\"']") for name in names}
    paths = [facts.path for facts in inventory.unparsed if facts.path in inventory.files]
    for path, data in inventory.files.read_many(paths if wanted else []).items():
        for name, pattern in wanted.items():
            match = pattern.search(data)
            if match and name not in found:
                line = data.count(b"\n", 0, match.start()) + 1
                why = f"'{path}' line {line} names it, and {inventory.why_not_edited(path)}"
                found[name] = path, line, why.replace(f"and '{path}' is", "and that file is")
    for task in inventory.tasks:
        if task.name in wanted and not inventory.editable(task.path):
            why = inventory.why_not_edited(task.path)
            found.setdefault(task.name, (task.path, task.line, why))
    return found


def not_python(
    snapshot: Snapshot, inventory: Inventory, names: Iterable[str]
) -> Iterator[tuple[str, int, str]]:
    """Path, line and name for each line of data, prose or unreadable code that holds one."""
    known = list(names)
    paths = [
        path
        for path in snapshot.files
        if path.endswith(DATA_FILES)
        or (path in inventory.facts and inventory.facts[path].error is not None)
    ]
    for path, data in snapshot.holding(paths, [name.encode() for name in known]).items():
        for number, line in enumerate(data.split(b"\n"), 1):
            for name in known:
                if name.encode() in line:
                    yield path, number, name
