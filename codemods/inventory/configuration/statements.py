"""The statements of one file that set or change Celery's settings, each in its form."""

import ast
from collections.abc import Iterator, Mapping
from typing import Literal
from weakref import WeakKeyDictionary

from msgspec import Struct, structs

from codemods.inventory.bindings import guarded
from codemods.inventory.configuration.changes import changes_of, other_names, renamed_change
from codemods.inventory.configuration.words import conf_setting, holder_of, is_conf, setting_of
from codemods.inventory.evaluation.modules import local_names
from codemods.inventory.expressions import text_of
from codemods.inventory.symbols import FunctionNode
from codemods.inventory.walking import walk

Form = Literal[
    "name", "assign", "item", "update", "join", "make", "defaults", "source", "changed", "unclear"
]
"""How a statement works on a setting.

`name`: binds a name of the module, as settings do. Of an app's configuration: `assign` sets it, `item`
one key of it, `update` and `join` (`|=`) several keys, `make` at `Celery(...)`, `defaults` by
`add_defaults`; `source` is `config_from_object`. `changed` changes a name's table in place as the
evaluator follows it in the file of the name. `unclear`: only running it tells.
"""

SIGNALS = ("on_after_configure", "on_after_finalize")


class Statement(Struct, frozen=True):
    """One statement about one setting. `key` is that of an `item`; `within` the function around it.

    `when` is the signal after which that function runs, `guard` what the statement stands under.
    `keys` are those that a change in place sets; none where it may change anything. `owner` is the
    class around it.
    """

    line: int
    setting: str
    holder: str
    form: Form
    value: ast.expr | None
    node: ast.stmt
    key: str | None = None
    guard: str = ""
    within: str = ""
    when: str = ""
    keys: tuple[str, ...] = ()
    owner: str = ""


_KNOWN: WeakKeyDictionary[ast.Module, tuple[Statement, ...]] = WeakKeyDictionary()


def statements_of(tree: ast.Module) -> tuple[Statement, ...]:
    """The statements of a file about settings, in the order written; known of a tree that was asked for."""
    found = _KNOWN.get(tree)
    if found is None:
        found = _KNOWN[tree] = tuple(_in_body(tree.body, Around(renamed=other_names(tree))))
    return found


class Around(Struct, frozen=True):
    """What stands around a statement: the function, its signal, its own names, a class."""

    within: str = ""
    when: str = ""
    local: frozenset[str] = frozenset()
    owner: str = ""
    renamed: Mapping[str, str] = {}
    """Other names of tables in this file."""


def _in_body(body: list[ast.stmt], around: Around) -> Iterator[Statement]:
    for node, guard in guarded(body, ""):
        if isinstance(node, FunctionNode):
            when = _signal(node) or around.when
            inner = Around(node.name, when, _locals(node), renamed=around.renamed)
            yield from _in_body(node.body, inner)
        elif isinstance(node, ast.ClassDef):
            yield from _in_body(node.body, structs.replace(around, owner=node.name))
        else:
            yield from _stated(node, guard, around)


def _stated(node: ast.stmt, guard: str, around: Around) -> Iterator[Statement]:
    """What one statement does to settings, and to tables in place."""
    for found in _of_statement(node):
        if found.form != "name":
            yield _placed(found, guard, around.within, around.when)
        elif around.owner:
            # An import that may fail stands around many settings of a class.
            inner = "class" if guard in {"", "try"} else guard
            placed = _placed(found, inner, around.within, around.when)
            yield structs.replace(placed, owner=around.owner)
        elif found.holder not in around.local:
            yield _placed(found, guard or around.within, around.within, around.when)
    changes = [*changes_of(node, around.local), *renamed_change(node, around.renamed)]
    for change in changes:
        plain = change.is_plain and not guard and not around.within
        form: Form = "changed" if plain else "unclear"
        setting = setting_of(change.holder)
        made = Statement(node.lineno, setting, change.holder, form, None, node)
        placed = _placed(made, guard, around.within, around.when)
        yield structs.replace(placed, keys=change.keys)


def _locals(node: FunctionNode) -> frozenset[str]:
    """The names that are a function's own."""
    shared = {n for part in walk(node) if isinstance(part, ast.Global) for n in part.names}
    return frozenset(local_names(node)) - shared


def _placed(found: Statement, guard: str, within: str, when: str) -> Statement:
    return structs.replace(found, guard=guard, within=within, when=when)


def _signal(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The signal that a function is connected to by its decorator."""
    words = {
        p.attr for part in node.decorator_list for p in walk(part) if isinstance(p, ast.Attribute)
    }
    return next((signal for signal in SIGNALS if signal in words), "")


def _of_statement(node: ast.stmt) -> Iterator[Statement]:
    """What one simple statement does; compound ones are gone through by their bodies."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _assigned(node, target, node.value)
        yield from _called(node, node.value)
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield from _assigned(node, node.target, node.value)
    elif isinstance(node, ast.AugAssign):
        yield from _joined(node)
    elif isinstance(node, ast.Expr):
        yield from _called(node, node.value)
    elif isinstance(node, ast.Delete):
        for target in node.targets:
            inner = target.value if isinstance(target, ast.Subscript) else target
            name = conf_setting(target) if setting_of(conf_setting(target)) else conf_setting(inner)
            if setting_of(name):
                yield Statement(node.lineno, setting_of(name), name, "unclear", None, node)


def _assigned(node: ast.stmt, target: ast.expr, value: ast.expr) -> Iterator[Statement]:
    holder = holder_of(target)
    setting = setting_of(holder)
    if isinstance(target, ast.Name) and setting:
        yield Statement(node.lineno, setting, holder, "name", value, node)
    elif setting and conf_setting(target):
        yield Statement(node.lineno, setting, holder, "assign", value, node)
    elif isinstance(target, ast.Subscript):
        owner = conf_setting(target.value)
        if setting_of(owner):
            key = text_of(target.slice)
            form: Form = "item" if key is not None else "unclear"
            yield Statement(node.lineno, setting_of(owner), owner, form, value, node, key)
        elif setting and not isinstance(target.value, ast.Name):
            yield Statement(node.lineno, setting, holder, "unclear", value, node)
    elif isinstance(target, ast.Attribute) and setting:
        yield Statement(node.lineno, setting, holder, "unclear", value, node)


def _joined(node: ast.AugAssign) -> Iterator[Statement]:
    holder = conf_setting(node.target)
    setting = setting_of(holder)
    if setting:
        form: Form = "join" if isinstance(node.op, ast.BitOr) else "unclear"
        yield Statement(node.lineno, setting, holder, form, node.value, node)


def _called(node: ast.stmt, value: ast.expr) -> Iterator[Statement]:
    if not isinstance(value, ast.Call):
        return
    function = value.func
    last = holder_of(function)
    owner = function.value if isinstance(function, ast.Attribute) else None
    if last == "config_from_object":
        yield Statement(node.lineno, "", "", "source", value, node)
    elif owner is not None and setting_of(conf_setting(owner)):
        yield from _on_table(node, value, conf_setting(owner), last)
    elif last == "update" and owner is not None and is_conf(owner):
        yield from _keywords(node, value, "assign")
    elif last == "add_defaults":
        yield from _keywords(node, value, "defaults")
    elif last.endswith("Celery"):
        yield from _keywords(node, value, "make")
        yield from _of_source(node, value)
        if any(item.arg == "namespace" for item in value.keywords):
            yield Statement(node.lineno, "", "", "make", value, node)


def _of_source(node: ast.stmt, call: ast.Call) -> Iterator[Statement]:
    """`Celery(config_source=...)`, which is `config_from_object` with the same namespace."""
    given = next((item.value for item in call.keywords if item.arg == "config_source"), None)
    if given is not None:
        spaces = [item for item in call.keywords if item.arg == "namespace"]
        made = ast.copy_location(ast.Call(call.func, [given], spaces), call)
        yield Statement(node.lineno, "", "", "source", made, node)


def _on_table(node: ast.stmt, call: ast.Call, holder: str, method: str) -> Iterator[Statement]:
    """`conf.beat_schedule.update(...)`; a method that only reads says nothing."""
    setting = setting_of(holder)
    if method == "update" and len(call.args) == 1 and not call.keywords:
        yield Statement(node.lineno, setting, holder, "update", call.args[0], node)
    elif method not in {"get", "items", "keys", "values", "copy"}:
        yield Statement(node.lineno, setting, holder, "unclear", call, node)


def _keywords(node: ast.stmt, call: ast.Call, form: Form) -> Iterator[Statement]:
    """The settings among the arguments of a call, by keyword or in a dict."""
    pairs = [(item.arg, item.value) for item in call.keywords]
    for argument in call.args:
        if isinstance(argument, ast.Dict):
            pairs += [
                (text_of(key), value)
                for key, value in zip(argument.keys, argument.values, strict=True)
            ]
    for name, value in pairs:
        setting = setting_of(name or "")
        if name and setting:
            yield Statement(node.lineno, setting, name, form, value, node)
