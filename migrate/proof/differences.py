"""Two versions of a file held against each other: syntax trees and comments."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher

from msgspec import Struct

from codemods.inventory.trees import parsed
from codemods.inventory.values import ParseError
from codemods.values import Change

IMPORTS = (ast.Import, ast.ImportFrom)


class Span(Struct, frozen=True):
    """Lines of the old file that the new one has otherwise; `added` where whole nodes came."""

    start: int
    end: int
    added: bool = False


class Versions(Struct, frozen=True):
    """One file's top-level statements before and after, imports apart: other checks look at those."""

    path: str
    left: list[ast.stmt]
    right: list[ast.stmt]


Declared = Mapping[str, set[int]]
"""The lines of each old file where a step said that something differs.

Line 0 allows statements that come or go.
"""


def undeclared_differences(
    changes: Iterable[Change], declared: Declared, dropped: Declared
) -> list[tuple[str, int]]:
    """Old paths and lines whose code differs though no declared edit stands there.

    A statement may leave one file if it arrives in another, or if all its lines are dropped. The
    order of what stays is kept.
    """
    files = [
        item
        for change in changes
        if (item := _versions(change, dropped.get(change.path, set()))) is not None
    ]
    found: list[tuple[str, int]] = []
    gone: list[tuple[str, ast.stmt]] = []
    new: list[tuple[str, ast.stmt]] = []
    for item in files:
        left, right = _apart(item)
        found.extend((item.path, line) for line in _disordered(item))
        for one, other in _paired(left, right):
            found.extend(_undeclared(item.path, one, other, declared))
        gone.extend((item.path, node) for node in left)
        new.extend((item.path, node) for node in right)
    arrived = _moved(gone, new)
    for (path, one), (_, other) in arrived:
        found.extend(_undeclared(path, one, other, declared))
    left_over = {id(node) for (_, node), _ in arrived}
    olds = [node for item in files for node in item.left]
    present = {_dump(node) for item in files for node in item.right}
    found.extend(
        (path, _line(node))
        for path, node in gone
        if id(node) not in left_over
        and not ({0} | _lines_of(node)) & declared.get(path, set())
        and _dump(node) not in present
    )
    placed = {id(node) for _, (_, node) in arrived}
    known = {_dump(node) for node in olds}
    values = {
        value
        for item in files
        for node in item.left
        if isinstance(node, ast.Assign)
        for value in _values(item.path, node)
    }
    found.extend(
        (path, 0)
        for path, node in new
        if id(node) not in placed
        and 0 not in declared.get(path, set())
        and not (_dump(node) in known or _is_shim(node))
        and not (isinstance(node, ast.Assign) and _values(path, node) & values)
    )
    return sorted(found)


def changed_statements(change: Change) -> list[tuple[ast.stmt, ast.stmt]]:
    """The top-level statements of a file that stay in it and differ, before and after."""
    item = _versions(change, set())
    return [] if item is None else _paired(*_apart(item))


def _versions(change: Change, dropped: set[int]) -> Versions | None:
    old, new = parsed(change.before or b""), parsed(change.after or b"")
    if isinstance(old, ParseError) or isinstance(new, ParseError):
        return None
    left = [node for node in old.body if not _is_import(node) and not _lines_of(node) <= dropped]
    right = [node for node in new.body if not _is_import(node)]
    if change.before is None and ast.get_docstring(new, clean=False) is not None:
        right = right[1:]
    return Versions(change.path, left, right)


def added_statements(change: Change) -> list[ast.stmt]:
    """The top-level statements of a file that nothing in the old one is the version of."""
    item = _versions(change, set())
    if item is None:
        return []
    left, right = _apart(item)
    _paired(left, right)
    return right


def _is_import(node: ast.stmt) -> bool:
    """An import, or a block under `TYPE_CHECKING` of nothing else."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
        return all(isinstance(inner, IMPORTS) for inner in node.body) and not node.orelse
    return isinstance(node, IMPORTS)


def _apart(item: Versions) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """The statements of each side that the other has no equal of."""
    return _without(item.left, item.right), _without(item.right, item.left)


def _without(nodes: list[ast.stmt], others: list[ast.stmt]) -> list[ast.stmt]:
    counts = Counter(_dump(node) for node in others)
    found = []
    for node in nodes:
        if counts[_dump(node)] > 0:
            counts[_dump(node)] -= 1
        else:
            found.append(node)
    return found


def _disordered(item: Versions) -> Iterator[int]:
    """The line of the first statement that stays in its file but not in its place."""
    known = Counter(_dump(node) for node in item.right) & Counter(_dump(node) for node in item.left)
    left = [node for node in item.left if known[_dump(node)]]
    right = [node for node in item.right if known[_dump(node)]]
    for one, other in zip(left, right, strict=False):
        if _dump(one) != _dump(other):
            yield _line(one)
            return


def _names(node: ast.stmt) -> tuple[str, ...]:
    """What a statement binds, or its kind."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (node.name,)
    stored = [
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    ]
    return tuple(sorted(set(stored))) or (f"<{type(node).__name__}>",)


def _paired(left: list[ast.stmt], right: list[ast.stmt]) -> list[tuple[ast.stmt, ast.stmt]]:
    """Statements of one file that are each other's versions; they leave the lists."""
    pairs = []
    for one in list(left):
        other = next((node for node in right if _names(node) == _names(one)), None)
        if other is not None:
            pairs.append((one, other))
            left.remove(one)
            right.remove(other)
    return pairs


Placed = tuple[str, ast.stmt]


def _moved(gone: list[Placed], new: list[Placed]) -> list[tuple[Placed, Placed]]:
    """Statements that left one file for another: equal ones first, then those of one name."""
    pairs: list[tuple[Placed, Placed]] = []
    waiting = list(new)
    equal: dict[str, list[Placed]] = {}
    for fresh in waiting:
        equal.setdefault(_dump(fresh[1]), []).append(fresh)
    rest = []
    for item in gone:
        same = equal.get(_dump(item[1]))
        if not same:
            rest.append(item)
        else:
            pairs.append((item, same.pop(0)))
    used = {id(other[1]) for _, other in pairs}
    waiting = [fresh for fresh in waiting if id(fresh[1]) not in used]
    for item in rest:
        like = next((other for other in waiting if _names(other[1]) == _names(item[1])), None)
        if like is not None and not _names(item[1])[0].startswith("<"):
            pairs.append((item, like))
            waiting.remove(like)
    return pairs


def _values(path: str, node: ast.Assign) -> set[str]:
    """What an assignment binds, in words; a logger's `__name__` is any that its file may have."""
    call = node.value
    if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(LOGGERS):
        words = [ast.unparse(item) for item in (*call.args, *call.keywords)]
        if words == ["__name__"]:
            parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
            dotted = [repr(".".join(parts[at:])) for at in range(len(parts))]
            return {f"{ast.unparse(call.func)}({name})" for name in dotted}
        return {f"{ast.unparse(call.func)}({', '.join(words)})"}
    return {_dump(call)}


LOGGERS = ("getLogger", "get_logger", "get_task_logger")


def _is_shim(node: ast.stmt) -> bool:
    """Whether a statement is a module's `__getattr__` that does nothing but import names."""
    if not isinstance(node, ast.FunctionDef) or node.name != "__getattr__":
        return False
    *tests, last = node.body
    return isinstance(last, ast.Raise) and all(
        isinstance(test, ast.If)
        and all(isinstance(inner, ast.ImportFrom | ast.Return) for inner in test.body)
        and not test.orelse
        for test in tests
    )


def _undeclared(
    path: str, left: ast.stmt, right: ast.stmt, declared: Declared
) -> Iterator[tuple[str, int]]:
    lines = declared.get(path, set())
    for span in _nodes(left, right):
        if not any(span.start <= line <= span.end for line in lines):
            if not (span.added and 0 in lines):
                yield path, span.start


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def _lines_of(node: ast.stmt) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def _lists(left: list[ast.AST], right: list[ast.AST]) -> Iterator[Span]:
    """Where two lists of nodes differ, node by node."""
    one, other = [_dump(node) for node in left], [_dump(node) for node in right]
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for kind, start, end, from_, to in matcher.get_opcodes():
        if kind == "equal":
            continue
        if end - start == to - from_:
            for pair in zip(left[start:end], right[from_:to], strict=True):
                yield from _nodes(*pair)
        else:
            gone = left[start:end] or left[start : start + 1] or left[-1:]
            # What is put in may stand on any blank line between the nodes around it.
            above = _last(left[start - 1 : start]) + 1 if start == end and start else 0
            first = _first(gone)
            yield Span(min(above, first) if above > 1 else first, _last(gone), added=start == end)


def _nodes(left: ast.AST, right: ast.AST) -> Iterator[Span]:
    """The smallest nodes of the old tree that the new one has otherwise."""
    if type(left) is not type(right):
        yield _span(left)
        return
    if isinstance(left, ast.Dict) and isinstance(right, ast.Dict):
        yield from (_or(span, left) for span in _lists(_items(left), _items(right)))
        return
    for name in left._fields:
        one, other = getattr(left, name, None), getattr(right, name, None)
        if isinstance(one, list) and isinstance(other, list):
            if all(isinstance(item, ast.AST) for item in (*one, *other)):
                yield from (_or(span, left) for span in _lists(one, other))
            elif [_dump(item) for item in one] != [_dump(item) for item in other]:
                yield _span(left)
        elif isinstance(one, ast.AST) and isinstance(other, ast.AST):
            if _dump(one) != _dump(other):
                yield from (_or(span, left) for span in _nodes(one, other))
        elif (type(one), one) != (type(other), other):
            # True is 1 for Python, and False is 0.
            yield _span(left)


def _items(node: ast.Dict) -> list[ast.AST]:
    """A dict's entries as pairs, so that a key goes with its value."""
    return [
        ast.copy_location(
            ast.Tuple(elts=[*([key] if key else []), value], ctx=ast.Load()), key or value
        )
        for key, value in zip(node.keys, node.values, strict=True)
    ]


def _dump(node: object) -> str:
    """The tree as text, kept on the node: files are compared statement by statement many times."""
    if not isinstance(node, ast.AST):
        return repr(node)
    known: str | None = getattr(node, "_dumped", None)
    if known is None:
        known = ast.dump(node)
        node._dumped = known  # type: ignore[attr-defined]  # noqa: SLF001
    return known


def _or(span: Span, node: ast.AST) -> Span:
    """A span, or that of the node around it where it has no lines of its own."""
    return span if span.start else _span(node)


def _span(node: ast.AST) -> Span:
    start = getattr(node, "lineno", 0)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return Span(start, start)
    return Span(start, getattr(node, "end_lineno", 0) or start)


def _first(nodes: list[ast.AST]) -> int:
    return min((getattr(node, "lineno", 0) for node in nodes), default=0)


def _last(nodes: list[ast.AST]) -> int:
    return max((getattr(node, "end_lineno", 0) or 0 for node in nodes), default=0)
