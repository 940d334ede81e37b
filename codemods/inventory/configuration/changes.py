"""Statements that change a table of settings in place, so that what it holds is told by running them."""

import ast
from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from codemods.inventory.configuration.words import conf_setting, holder_of, setting_of
from codemods.inventory.evaluation.modules import DICT_CHANGING, LIST_CHANGING, changed_name
from codemods.inventory.expressions import text_of
from codemods.inventory.symbols import target_names
from codemods.inventory.walking import walk

CHANGING = DICT_CHANGING | LIST_CHANGING | {"popitem", "__setitem__", "move_to_end"}
INNER = frozenset({"values", "items", "get", "setdefault"})
"""Methods that hand out what a table holds, so that a change of it is one of the table."""
READING = frozenset(
    {"print", "pprint", "len", "isinstance", "getattr", "hasattr", "debug", "info", "log", "append"}
)
"""Calls that leave their arguments as they are, as statements by themselves."""


class Changed(Struct, frozen=True):
    """A change of the table under a name; `is_plain` where following the name's statements tells it.

    `keys` are those that it sets; where it has none, it may change anything.
    """

    holder: str
    is_plain: bool = False
    keys: tuple[str, ...] = ()


def other_names(tree: ast.Module) -> dict[str, str]:
    """Names that a file gives to tables of settings: `import TABLE as t`, `t = settings.TABLE`."""
    found: dict[str, str] = {}
    for node in walk(tree):
        if isinstance(node, ast.alias) and node.asname and setting_of(node.name):
            found[node.asname] = node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name | ast.Attribute):
            holder = holder_of(node.value)
            names = (target.id for target in node.targets if isinstance(target, ast.Name))
            found.update({name: holder for name in names if setting_of(holder)})
    return {name: holder for name, holder in found.items() if not setting_of(name)}


def renamed_change(node: ast.stmt, names: Mapping[str, str]) -> Iterator[Changed]:
    """The tables that one statement changes under such names."""
    loop = isinstance(node, ast.For | ast.AsyncFor)
    parts = walk(node.iter) if isinstance(node, ast.For | ast.AsyncFor) else _changed_parts(node)
    for part in parts:
        root = _root(part) if isinstance(part, ast.expr) else None
        if not isinstance(root, ast.Name) or root.id not in names:
            continue
        if not loop or _changes_in_loop(node):
            yield Changed(names[root.id])


def _changes_in_loop(node: ast.stmt) -> bool:
    assert isinstance(node, ast.For | ast.AsyncFor)
    named = set(target_names(node.target))
    return any(_changes_any(inner, named) for inner in node.body)


def changes_of(node: ast.stmt, local: Collection[str]) -> Iterator[Changed]:
    """The tables of settings that one statement changes; `local` are names of the function around it."""
    if isinstance(node, ast.For | ast.AsyncFor):
        yield from _loop(node, local)
        return
    for part in _changed_parts(node):
        table = _table(part, local)
        if table is None:
            continue
        is_plain = isinstance(table, ast.Name) and changed_name(node) == table.id
        if is_plain or not _is_read_elsewhere(node, table):
            yield Changed(holder_of(table), is_plain, _keys(node, table))


def _changed_parts(node: ast.stmt) -> Iterator[ast.expr]:
    """What a simple statement assigns into, deletes, changes by a method, or hands to a function."""
    if isinstance(node, ast.Assign | ast.Delete):
        yield from (target.value for target in node.targets if isinstance(target, ast.Subscript))
    elif isinstance(node, ast.AugAssign):
        yield node.target
    call = node.value if isinstance(node, ast.Assign | ast.Expr) else None
    if not isinstance(call, ast.Call):
        return
    function = call.func
    if isinstance(function, ast.Attribute) and function.attr in CHANGING:
        yield function.value
    elif isinstance(node, ast.Expr) and holder_of(function) not in READING:
        yield from (part for part in call.args if isinstance(part, ast.Name | ast.Attribute))


def _keys(node: ast.stmt, table: ast.expr) -> tuple[str, ...]:
    """The keys that a statement sets, where it does nothing else: of `X["k"] = v` and `X.update({...})`."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        if isinstance(target, ast.Subscript) and target.value is table:
            return tuple(filter(None, [text_of(target.slice)]))
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        given = call.args[0] if len(call.args) == 1 and call.func.attr == "update" else None
        if call.func.value is table and isinstance(given, ast.Dict):
            keys = [text_of(key) if key is not None else None for key in given.keys]
            return tuple(key or "" for key in keys) if all(keys) else ()
    return ()


def _is_read_elsewhere(node: ast.stmt, table: ast.expr) -> bool:
    """Whether it is a change of an app's configuration in a form that has a place of its own."""
    if not conf_setting(table):
        return False
    targets = node.targets if isinstance(node, ast.Assign | ast.Delete) else []
    direct = any(isinstance(t, ast.Subscript) and t.value is table for t in targets)
    call = node.value if isinstance(node, ast.Expr | ast.Assign) else None
    called = isinstance(call, ast.Call) and getattr(call.func, "value", None) is table
    return direct or called or isinstance(node, ast.AugAssign)


def _loop(node: ast.For | ast.AsyncFor, local: Collection[str]) -> Iterator[Changed]:
    """A loop over what a table holds, in which that is changed."""
    named = set(target_names(node.target))
    for part in walk(node.iter):
        table = _table(part, local) if isinstance(part, ast.expr) else None
        if table is not None and any(_changes_any(inner, named) for inner in node.body):
            yield Changed(holder_of(table))
            return


def _changes_any(node: ast.stmt, names: Collection[str]) -> bool:
    """Whether code changes what one of some names stands for."""
    return any(
        isinstance(root := _root(part), ast.Name) and root.id in names
        for inner in walk(node)
        if isinstance(inner, ast.stmt)
        for part in _changed_parts(inner)
    )


def _table(node: ast.expr, local: Collection[str]) -> ast.expr | None:
    """The table of settings that an expression is, or is a part of."""
    root = _root(node)
    if isinstance(root, ast.Name):
        return root if setting_of(root.id) and root.id not in local else None
    return root if isinstance(root, ast.Attribute) and setting_of(root.attr) else None


def _root(node: ast.expr) -> ast.expr:
    """What a chain of `[...]`, `.get(...)` and `.values()` begins with."""
    while True:
        if isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr not in INNER:
                return node
            node = node.func.value
        else:
            return node
