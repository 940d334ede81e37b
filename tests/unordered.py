"""Where code goes through a set in the order of its hashes, which another run has otherwise."""

import ast
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

KINDS = frozenset({"set", "frozenset"})
COMBINING = frozenset({"union", "intersection", "difference", "symmetric_difference"})
FILLING = COMBINING | {"update", "difference_update", "intersection_update", "issubset"}
BLIND = frozenset({"sorted", "min", "max", "any", "all", "len", "sum", *KINDS})
"""Calls that give the same whatever the order, unless they have a key that can tie."""
ORDERED = frozenset(
    {"list", "tuple", "iter", "enumerate", "map", "filter", "zip", "join", "fromkeys"}
    | {"Counter", "deque", "chain", "reversed"}
)
COMPREHENSIONS = (ast.GeneratorExp, ast.ListComp, ast.DictComp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Known(Struct, frozen=True):
    """Names that mean a set wherever the code has them: of functions, and of attributes."""

    calls: frozenset[str]
    attributes: frozenset[str]


def is_set_type(node: ast.expr | None) -> bool:
    """Whether an annotation is a set's."""
    inner = node.value if isinstance(node, ast.Subscript) else node
    return isinstance(inner, ast.Name) and inner.id in KINDS


def known(trees: Iterable[ast.Module]) -> Known:
    """The names whose every definition is annotated as a set."""
    calls: dict[str, set[bool]] = {}
    attributes: dict[str, set[bool]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            for name, found, is_set in _defined(node):
                (calls if found == "call" else attributes).setdefault(name, set()).add(is_set)
    return Known(
        *(frozenset(n for n, kinds in t.items() if kinds == {True}) for t in (calls, attributes))
    )


def _defined(node: ast.AST) -> Iterator[tuple[str, str, bool]]:
    if isinstance(node, FUNCTIONS):
        words = {ast.unparse(item).rpartition(".")[2] for item in node.decorator_list}
        kind = "attribute" if words & {"property", "cached_property"} else "call"
        yield node.name, kind, is_set_type(node.returns)
    elif isinstance(node, ast.ClassDef):
        for item in node.body:
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                yield item.target.id, "attribute", is_set_type(item.annotation)
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
        yield node.target.attr, "attribute", is_set_type(node.annotation)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Attribute):
                yield target.attr, "attribute", False


class Scope:
    """One function or module: which of its names are sets, and where their order is used."""

    def __init__(self, node: ast.AST, names: Known, outer: Mapping[str, bool]) -> None:
        self.node = node
        self.names = names
        self.local: dict[str, bool] = dict(outer)
        self.inside = list(_inside(node))
        self.parents = {id(c): p for p in (node, *self.inside) for c in ast.iter_child_nodes(p)}
        for _ in range(2):
            self.local |= self._assigned()

    def _assigned(self) -> dict[str, bool]:
        found: dict[str, list[bool]] = {}
        if isinstance(self.node, FUNCTIONS):
            args = self.node.args
            for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs):
                found[arg.arg] = [is_set_type(arg.annotation)]
        for node in self.inside:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.setdefault(node.target.id, []).append(is_set_type(node.annotation))
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found.setdefault(node.targets[0].id, []).append(self.is_set(node.value))
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                if not isinstance(
                    self.parents[id(node)], ast.Assign | ast.AnnAssign | ast.AugAssign
                ):
                    found.setdefault(node.id, []).append(False)
        return {name: all(kinds) for name, kinds in found.items()}

    def is_set(self, node: ast.expr) -> bool:
        """Whether an expression is evidently a set."""
        match node:
            case ast.Set() | ast.SetComp():
                return True
            case ast.Name(id=name):
                return self.local.get(name, False)
            case ast.Attribute(attr=name):
                return name in self.names.attributes
            case ast.BinOp(left=left, op=ast.Sub(), right=_):
                return self.is_set(left) or _is_keys(left)
            case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.BitXor(), right=right):
                return any(self.is_set(side) or _is_keys(side) for side in (left, right))
            case ast.BoolOp(values=values):
                return any(self.is_set(value) for value in values)
            case ast.IfExp(body=body, orelse=other):
                return self.is_set(body) or self.is_set(other)
            case ast.Call(func=ast.Subscript(value=ast.Name(id=name))):
                return name in KINDS
            case ast.Call(func=ast.Name(id=name)):
                return name in KINDS or name in self.names.calls
            case ast.Call(func=ast.Attribute(value=value, attr=name)):
                return name in self.names.calls or (name in COMBINING and self.is_set(value))
        return False

    def found(self) -> Iterator[int]:
        """The lines on which the order of a set matters."""
        for node in self.inside:
            for used in self._in_order(node):
                if not self._is_alone(used):
                    yield used.lineno

    def _in_order(self, node: ast.AST) -> Iterator[ast.expr]:
        """The sets that this node goes through one by one."""
        asked: list[ast.expr] = []
        if isinstance(node, ast.For | ast.YieldFrom):
            asked.append(node.iter if isinstance(node, ast.For) else node.value)
        elif isinstance(node, COMPREHENSIONS) and not self._is_blind(self.parents[id(node)]):
            asked.extend(generator.iter for generator in node.generators)
        elif isinstance(node, ast.Starred) and not isinstance(self.parents[id(node)], ast.Set):
            asked.append(node.value)
        elif isinstance(node, ast.Call):
            name = _called(node)
            if name in ORDERED or (name in BLIND and not self._is_blind(node)):
                asked.extend(node.args)
            if name == "pop" and not node.args and isinstance(node.func, ast.Attribute):
                asked.append(node.func.value)
        yield from (item for item in asked if self.is_set(item))

    def _is_blind(self, node: ast.AST) -> bool:
        """Whether a call gives the same for every order of what it is given."""
        if not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Attribute):
            return node.func.attr in FILLING and self.is_set(node.func.value)
        keys = [item.value for item in node.keywords if item.arg == "key"]
        return _called(node) in BLIND and all(_tells_apart(key) for key in keys)

    def _is_alone(self, node: ast.expr) -> bool:
        """Whether this stands where the set has one element: under `len(x) == 1`."""
        wanted, at = f"len({ast.unparse(node)}) == 1", self.parents.get(id(node))
        while at is not None:
            if isinstance(at, ast.If | ast.IfExp) and wanted in ast.unparse(at.test):
                return True
            at = self.parents.get(id(at))
        return False


def _called(node: ast.Call) -> str:
    function = node.func.value if isinstance(node.func, ast.Subscript) else node.func
    return getattr(function, "id", "") or getattr(function, "attr", "")


def _is_keys(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _called(node) == "keys"


def _tells_apart(key: ast.expr) -> bool:
    """Whether no two elements have the same key: the element itself is part of it."""
    if not isinstance(key, ast.Lambda):
        return False
    own = key.args.args[0].arg
    parts = key.body.elts if isinstance(key.body, ast.Tuple) else [key.body]
    return any(isinstance(part, ast.Name) and part.id == own for part in parts)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """What is below a node, but for the insides of other functions."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, FUNCTIONS):
            yield from _inside(child)


def unordered(tree: ast.Module, names: Known) -> list[int]:
    """The lines of a file on which the order of a set matters."""
    top = Scope(tree, names, {})
    lines = [*top.found()]
    waiting: list[tuple[ast.AST, Mapping[str, bool]]] = [
        (node, top.local) for node in top.inside if isinstance(node, FUNCTIONS)
    ]
    while waiting:
        node, outer = waiting.pop()
        scope = Scope(node, names, outer)
        lines.extend(scope.found())
        waiting.extend(
            (inner, scope.local) for inner in scope.inside if isinstance(inner, FUNCTIONS)
        )
    return sorted(set(lines))
