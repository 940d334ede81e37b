"""What the names of a test file are given: the one value that each of them stands for."""

import ast
from collections.abc import Iterator

from codemods.inventory.symbols import FunctionNode
from codemods.inventory.walking import walk
from codemods.moves.patches.surroundings import Surroundings, is_own

Place = tuple[ast.AST | None, str]
"""Where a name is bound: the outermost function, the class or `None` for the file, and the name."""


class Given:
    """The values of names and of `self.NAME` that a file gives them once, or always the same."""

    def __init__(self, tests: Surroundings) -> None:
        self._tests = tests
        self._names: dict[Place, list[ast.expr | None]] = {}
        self._own: dict[str, list[ast.expr | None]] = {}
        self._always: dict[int, ast.expr | None] = {}
        """What each list of values comes to; a name that is set a thousand times is asked as often."""
        self._classes = {node.name for node in tests.parents if isinstance(node, ast.ClassDef)}
        for node in tests.parents:
            if isinstance(node, ast.Name | ast.Attribute):
                if isinstance(node.ctx, ast.Load):
                    continue
                value = self._assigned(node)
                if isinstance(node, ast.Name):
                    place = tests.function(node), node.id
                    self._names.setdefault(place, []).append(value)
                    if isinstance(place[0], ast.ClassDef):
                        self._own.setdefault(node.id, []).append(value)
                elif is_own(node):
                    self._own.setdefault(node.attr, []).append(value)
            elif isinstance(node, ast.arg | ast.ExceptHandler):
                name = node.arg if isinstance(node, ast.arg) else node.name
                self._names.setdefault((tests.function(node), name or ""), []).append(None)

    def value(self, node: ast.expr) -> ast.expr | None:
        """The expression that a name or `self.NAME` always stands for, `None` where that is open."""
        if isinstance(node, ast.Attribute):
            found = self._own.get(node.attr) if self._is_of_class(node) else None
        else:
            found = self._stores(node) if isinstance(node, ast.Name) else None
        if not found:
            return None
        if id(found) not in self._always:
            self._always[id(found)] = _only(found)
        return self._always[id(found)]

    def values(self, node: ast.expr) -> list[ast.expr]:
        """All the expressions that a name or `self.NAME` is given."""
        stores = self._own.get(node.attr, []) if isinstance(node, ast.Attribute) else []
        if isinstance(node, ast.Name):
            stores = self._stores(node) or []
        return [value for value in stores if value is not None]

    def is_given_once(self, node: ast.expr) -> bool:
        """Whether one statement alone gives a name, or `self.NAME`, its value."""
        return len(self.values(node)) == 1

    def is_bound_here(self, node: ast.expr) -> bool:
        """Whether a name is bound by something else than an import of the file."""
        return isinstance(node, ast.Name) and self._stores(node) is not None

    def _stores(self, node: ast.Name) -> list[ast.expr | None] | None:
        """What a name is given in the nearest place that binds it."""
        start = self._tests.function(node)
        for place in (start, self._tests.owner(node), None):
            found = self._names.get((place, node.id))
            if found is not None and (place is start or place is None or _is_outside(node, start)):
                return found
        return None

    def _is_of_class(self, node: ast.Attribute) -> bool:
        """Whether this is `self.NAME`, `cls.NAME` or `Class.NAME` of a class of the file."""
        owner = node.value
        return is_own(node) or (isinstance(owner, ast.Name) and owner.id in self._classes)

    def _assigned(self, target: ast.expr) -> ast.expr | None:
        parent = self._tests.parents.get(target)
        return parent.value if isinstance(parent, ast.Assign | ast.AnnAssign) else None

    def loads(self, node: ast.expr) -> list[ast.AST]:
        """Every place of the file that reads what bears this name; of a function's own name those in it."""
        start = self._tests.function(node)
        if isinstance(node, ast.Name) and isinstance(start, FunctionNode):
            if (start, node.id) in self._names:
                return [
                    part
                    for part in walk(start)
                    if isinstance(part, ast.Name)
                    and part.id == node.id
                    and isinstance(part.ctx, ast.Load)
                ]
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        return [
            part
            for part in self._tests.parents
            if isinstance(part, ast.Name | ast.Attribute)
            and isinstance(part.ctx, ast.Load)
            and (part.attr if isinstance(part, ast.Attribute) else part.id) == name
        ]

    def parameters(self, node: ast.expr) -> list[ast.expr] | None:
        """What `pytest.mark.parametrize` gives an argument of the test around, one after another."""
        start = self._tests.function(node)
        if not isinstance(node, ast.Name) or not isinstance(start, FunctionNode):
            return None
        owner = self._tests.owner(start)
        for part in (start, owner):
            for call in part.decorator_list if part is not None else ():
                found = _parameters(call, node.id)
                if found is not None:
                    return found
        return None


def _is_outside(node: ast.AST, start: ast.AST | None) -> bool:
    """Whether a node stands in the decorators of a function, where names of the class are seen."""
    decorators = start.decorator_list if isinstance(start, FunctionNode) else []
    return any(part is node for decorator in decorators for part in walk(decorator))


def _only(values: list[ast.expr | None]) -> ast.expr | None:
    """The value that all of these are."""
    first = values[0] if values else None
    if first is None or len(values) == 1 or any(value is None for value in values):
        return first if len(values) == 1 else None
    return first if len({ast.dump(value) for value in values if value is not None}) == 1 else None


def _parameters(call: ast.expr, name: str) -> list[ast.expr] | None:
    """The values that one decorator gives an argument of this name."""
    if not isinstance(call, ast.Call) or len(call.args) < 2:
        return None
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "parametrize":
        return None
    names = [word.strip() for word in _words(call.args[0])]
    rows = call.args[1]
    if name not in names or not isinstance(rows, ast.List | ast.Tuple):
        return None
    cells = [_cell(row, names.index(name), len(names)) for row in rows.elts]
    return None if None in cells else [cell for cell in cells if cell is not None]


def _cell(row: ast.expr, index: int, width: int) -> ast.expr | None:
    if (
        isinstance(row, ast.Call)
        and isinstance(row.func, ast.Attribute)
        and row.func.attr == "param"
    ):
        return row.args[index] if index < len(row.args) else None
    if width == 1:
        return row
    cells = row.elts if isinstance(row, ast.Tuple | ast.List) else []
    return cells[index] if index < len(cells) else None


def _words(node: ast.expr) -> Iterator[str]:
    """The names of arguments, given as one text with commas or as several."""
    for part in node.elts if isinstance(node, ast.Tuple | ast.List) else [node]:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield from part.value.split(",")
