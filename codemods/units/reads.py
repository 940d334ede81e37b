"""Which global names a piece of code reads, when, and which it binds or assigns at run time (`symtable`)."""

import ast
import symtable
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from codemods.inventory.symbols import FunctionNode
from codemods.inventory.walking import walk

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
COMPREHENSION_NAMES = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})

MUTATORS = frozenset(
    [
        "append",
        "add",
        "update",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "discard",
        "clear",
        "setdefault",
        "sort",
        "reverse",
        "appendleft",
        "popleft",
    ]
)
"""Methods that change a list, set or dict in place."""


GENERIC = frozenset(
    [
        "Optional",
        "Union",
        "List",
        "Dict",
        "Set",
        "FrozenSet",
        "Tuple",
        "Type",
        "Callable",
        "Iterable",
        "Iterator",
        "Sequence",
        "Mapping",
        "MutableMapping",
        "ClassVar",
        "Final",
        "Annotated",
        "Awaitable",
        "Coroutine",
        "Generator",
        "Deque",
        "DefaultDict",
    ]
)
"""Types whose subscripts hold types, also as strings."""


class Reads(Struct, frozen=True):
    """The names of one piece of top-level code.

    `eager` are read while the module is imported, `late` when a function runs, some are both; `rebinds` are the
    globals that a function assigns.
    """

    binds: frozenset[str] = frozenset()
    eager: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    rebinds: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Every global name that the code reads or assigns at run time."""
        return self.eager | self.late | self.rebinds


def reads_of(text: str, nodes: Sequence[ast.stmt]) -> Reads:
    """The names of some top-level statements, given as text and as nodes.

    Raises `SyntaxError` for what only the compiler refuses, as `import *` inside a function.
    """
    plain = _by_symbols(text)
    eager = plain.eager.union(*(_in_class_bodies(node) for node in nodes))
    late = plain.late.union(*(_in_text_annotations(node) for node in nodes))
    return Reads(plain.binds, eager, late, plain.rebinds)


@lru_cache(maxsize=4096)
def _by_symbols(text: str) -> Reads:
    """What the symbol tables of a text say: most units are read again and again, unchanged."""
    table = symtable.symtable(text, "unit", "exec")
    binds, eager, late, rebinds = set[str](), set[str](), set[str](), set[str]()
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            binds.add(symbol.get_name())
    for scope, is_late in _scopes(table, is_late=False):
        for symbol in scope.get_symbols():
            name = symbol.get_name()
            if _reads_global(scope, symbol):
                (late if is_late else eager).add(name)
            if scope.get_type() != "module" and symbol.is_declared_global():
                if symbol.is_assigned() or symbol.is_imported():
                    (rebinds if is_late else binds).add(name)
    return Reads(frozenset(binds), frozenset(eager), frozenset(late), frozenset(rebinds))


def changed_in_place(nodes: Iterable[ast.stmt]) -> frozenset[str]:
    """The names whose values some code changes: by a method of a container, an index or an attribute."""
    return frozenset(changed_by(part for node in nodes for part in walk(node)))


def changed_by(parts: Iterable[ast.AST]) -> set[str]:
    """The names whose values these very nodes change, themselves or in what they hold."""
    found = set[str]()
    for part in parts:
        if isinstance(part, ast.Attribute | ast.Subscript):
            is_method = isinstance(part, ast.Attribute) and part.attr in MUTATORS
            if is_method or not isinstance(part.ctx, ast.Load):
                found.add(root_of(part.value))
    return found - {""}


def root_of(node: ast.expr) -> str:
    """The name that a chain of attributes, indexes and calls begins with; `""` for none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _scopes(
    table: symtable.SymbolTable, *, is_late: bool
) -> Iterator[tuple[symtable.SymbolTable, bool]]:
    yield table, is_late
    for child in table.get_children():
        runs_later = child.get_type() == "function" and child.get_name() not in COMPREHENSION_NAMES
        yield from _scopes(child, is_late=is_late or runs_later)


def _reads_global(scope: symtable.SymbolTable, symbol: symtable.Symbol) -> bool:
    if not symbol.is_referenced():
        return False
    if scope.get_type() in {"module", "class"}:
        # A class body's "i = i" reads the global first, though the name is the class's own.
        return True
    return symbol.is_global()


def _in_class_bodies(node: ast.stmt) -> Iterator[str]:
    """Names in comprehensions of class bodies, which Python 3.12's symtable leaves out."""
    if not isinstance(node, ast.ClassDef):
        return
    for inner in node.body:
        if isinstance(inner, FunctionNode | ast.ClassDef):
            yield from _in_class_bodies(inner)
            continue
        for part in walk(inner):
            if isinstance(part, COMPREHENSIONS):
                yield from _loads(part)


def _loads(node: ast.AST) -> Iterator[str]:
    stored = {n.id for n in walk(node) if isinstance(n, ast.Name) and not _is_load(n)}
    for part in walk(node):
        if isinstance(part, ast.Name) and _is_load(part) and part.id not in stored:
            yield part.id


def _is_load(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _in_text_annotations(node: ast.stmt) -> Iterator[str]:
    """Names in types that are written as strings: annotations, `cast`, `TypeVar`, subscripts."""
    for part in walk(node):
        for annotation in (getattr(part, "annotation", None), getattr(part, "returns", None)):
            if isinstance(annotation, ast.expr):
                yield from _in_type(annotation)
        if isinstance(part, ast.Call):
            yield from _in_typing_call(part)
        elif isinstance(part, ast.Subscript) and last_word(part.value) in GENERIC:
            yield from _in_type(part)


def _in_typing_call(node: ast.Call) -> Iterator[str]:
    word = last_word(node.func)
    if word == "cast" and node.args:
        yield from _in_type(node.args[0])
    elif word in {"TypeVar", "NewType", "ForwardRef"}:
        for value in [*node.args[1:], *(item.value for item in node.keywords)]:
            yield from _in_type(value)


def _in_type(node: ast.expr) -> Iterator[str]:
    """The names in the strings of a type; not what `Literal` and `Annotated` hold."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            yield from _loads(ast.parse(node.value, mode="eval"))
        except (SyntaxError, ValueError):
            return
    elif isinstance(node, ast.Subscript):
        word = last_word(node.value)
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for part in [] if word == "Literal" else inner[:1] if word == "Annotated" else inner:
            yield from _in_type(part)
    elif isinstance(node, ast.BinOp):
        yield from _in_type(node.left)
        yield from _in_type(node.right)
    elif isinstance(node, ast.List | ast.Tuple):
        for part in node.elts:
            yield from _in_type(part)


def last_word(node: ast.expr) -> str:
    """The name that an expression ends in, as `task` of `celery.task`; `""` for any other."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
