"""The statements of one file that set or change Celery's settings, each in its form."""

import ast
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from codemods.inventory.bindings import guarded
from codemods.inventory.configuration.words import conf_setting, holder_of, is_conf, setting_of
from codemods.inventory.expressions import text_of
from codemods.inventory.symbols import FunctionNode
from codemods.walking import walk

Form = Literal["name", "assign", "item", "update", "join", "make", "defaults", "source", "unclear"]
"""How a statement works on a setting.

`name`: binds a name of the module, as settings do. Of an app's configuration: `assign` sets it, `item`
one key of it, `update` and `join` (`|=`) several keys, `make` at `Celery(...)`, `defaults` by
`add_defaults`; `source` is `config_from_object`. `unclear`: only running it tells.
"""

SIGNALS = ("on_after_configure", "on_after_finalize")


class Statement(Struct, frozen=True):
    """One statement about one setting. `key` is that of an `item`; `within` the function around it.

    `when` is the signal after which that function runs, `guard` what the statement stands under.
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


def statements_of(tree: ast.Module) -> Iterator[Statement]:
    """The statements of a file about settings, in the order written."""
    yield from _in_body(tree.body, "", "", is_class=False)


def _in_body(
    body: list[ast.stmt], within: str, when: str, *, is_class: bool
) -> Iterator[Statement]:
    for node, guard in guarded(body, ""):
        if isinstance(node, FunctionNode):
            signal = _signal(node)
            yield from _in_body(node.body, node.name, signal or when, is_class=False)
        elif isinstance(node, ast.ClassDef):
            yield from _in_body(node.body, within, when, is_class=True)
        else:
            for found in _of_statement(node):
                plain = found.form == "name" and (within or is_class)
                yield _placed(found, guard or ("class" if plain else ""), within, when)


def _placed(found: Statement, guard: str, within: str, when: str) -> Statement:
    return Statement(
        found.line,
        found.setting,
        found.holder,
        found.form,
        found.value,
        found.node,
        found.key,
        guard,
        within,
        when,
    )


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
            name = conf_setting(target)
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
        if any(item.arg == "namespace" for item in value.keywords):
            yield Statement(node.lineno, "", "", "make", value, node)


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
