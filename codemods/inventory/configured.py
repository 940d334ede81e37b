"""What a file says in settings: beat entries, routes, included modules, installed apps."""

import ast
import re

from codemods.inventory import schedules
from codemods.inventory.expressions import keyword, text_of
from codemods.inventory.symbols import Scopes
from codemods.inventory.values import BeatFact, Reference, RouteFact, Scheduled
from codemods.inventory.walking import walk

INCLUDES = ("celery_imports", "celery_include", "imports", "include")

ADDING = frozenset({"append", "extend", "insert"})
"""Methods that add to a list."""

ROW_VALUES = ("defaults", "create_defaults")
"""Keywords of Django's queries that have a dict of what is written into a row."""


def is_row_call(node: ast.Call) -> bool:
    """Whether a call asks for rows of `PeriodicTask`, or makes one, by whatever way that model is had."""
    function = ast.unparse(node.func)
    return re.search(r"\bPeriodicTask\b", function) is not None


def row_tasks(node: ast.Call) -> list[str]:
    """The names of tasks that such a call has as texts."""
    given = [keyword(node, "task")]
    for value in (keyword(node, name) for name in ROW_VALUES):
        if isinstance(value, ast.Dict):
            pairs = zip(value.keys, value.values, strict=True)
            given.extend(inner for key, inner in pairs if text_of(key) == "task")
        elif isinstance(value, ast.Call):
            given.append(keyword(value, "task"))
    return [text for text in map(text_of, given) if text]


def _is_of_self(target: ast.AST) -> bool:
    """Whether an attribute of the object itself is set: `self.include = include`."""
    return (
        isinstance(target, ast.Attribute)
        and isinstance(target.value, ast.Name)
        and target.value.id in {"self", "cls"}
    )


class Configured:
    """Collects what assignments, dicts and calls give to Celery's settings."""

    def __init__(self, tree: ast.Module, path: str) -> None:
        self.path = path
        self.scopes = Scopes(tree, path)
        self.beat: list[BeatFact] = []
        self.scheduled: list[Scheduled] = []
        self.routes: list[RouteFact] = []
        self.references: list[Reference] = []
        self.changed: set[str] = set()
        self._seen: set[int] = set()
        self._entries: set[int] = set()

    def setting(self, holder: str, target: ast.AST, value: ast.expr) -> None:
        """Beat entries, routes and module lists that an assignment gives to a setting."""
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            self.changed.add(target.value.id)
        if isinstance(target, ast.Subscript):
            self.add_beat(text_of(target.slice), value, schedules.holder_name(target.value))
            owner = schedules.holder_name(target.value)
            if schedules.is_beat_holder(owner) and not isinstance(value, ast.Dict):
                self._by_expression(text_of(target.slice) or "", value, owner)
            pattern = text_of(target.slice)
            if pattern is not None and schedules.is_route_holder(owner):
                queue = schedules.queue_source(value)
                self.routes.append(RouteFact(pattern, target.lineno, queue, owner))
        own = isinstance(target, ast.Name) and self.scopes.kind == "function"
        if schedules.is_beat_holder(holder) and not isinstance(target, ast.Subscript) and not own:
            self._by_expression(None, value, holder)
        if schedules.is_route_holder(holder):
            self.routes.extend(schedules.route_facts(value, holder))
        if holder.lower().endswith(INCLUDES):
            self.include(value, settled=not own and not _is_of_self(target))
        if holder.lower().endswith("_apps"):
            self.texts("installed_app", value)
        for part in walk(value):
            if isinstance(part, ast.Dict):
                self.dict_entries(part, holder)

    def setting_method(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """The installed apps that a property of a settings class lists, or adds one by one."""
        if not node.name.lower().endswith("_apps"):
            return
        for part in walk(node):
            if isinstance(part, ast.List | ast.Tuple | ast.Set):
                self.texts("installed_app", part)
            elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
                if part.func.attr in {"append", "insert"}:
                    for item in part.args:
                        self.texts("installed_app", item)

    def _by_expression(self, key: str | None, value: ast.expr, holder: str) -> None:
        """Remembers a schedule that is not wholly written out where it is set."""
        plain = isinstance(value, ast.Dict) and all(
            key is not None and schedules.entry_values(entry) is not None
            for key, entry in zip(value.keys, value.values, strict=True)
        )
        if not plain:
            self.scheduled.append(Scheduled(key, value.lineno, ast.unparse(value), holder))

    def dict_entries(self, node: ast.Dict, holder: str) -> None:
        """The beat entries, routes and includes that a dict literal holds."""
        if id(node) in self._seen:
            return
        self._seen.add(id(node))
        for key, value in zip(node.keys, node.values, strict=True):
            name = text_of(key)
            self.add_beat(name, value, holder)
            if name is not None and schedules.is_route_holder(name):
                self.routes.extend(schedules.route_facts(value, name))
            if name is not None and name.lower() in INCLUDES:
                self.include(value, settled=self.scopes.kind != "function")

    def add_beat(self, key: str | None, value: ast.AST, holder: str) -> None:
        """Remembers an expression as a beat entry, once, if it has the shape of one."""
        fact = schedules.beat_fact(key, value, holder, self.scopes)
        if fact is not None and id(value) not in self._entries:
            self._entries.add(id(value))
            self.beat.append(fact)

    def include(self, value: ast.AST, *, settled: bool = True) -> None:
        """The modules that a setting tells workers to import, and the names that stand for more of them.

        A function's own `imports` is no setting for sure, but may be handed on to one.
        """
        self.texts("include", value)
        if isinstance(value, ast.expr) and any(isinstance(part, ast.Name) for part in walk(value)):
            kind = "include_of" if settled else "may_include"
            self.refer(kind, value, ast.unparse(value))

    def texts(self, kind: str, value: ast.AST) -> None:
        """The dotted names in a list of modules."""
        for part in walk(value):
            text = text_of(part)
            if text and all(word.isidentifier() for word in text.split(".")):
                self.refer(kind, part, text)

    def _apps_added(self, node: ast.Call) -> None:
        """Installed apps that a call adds: `INSTALLED_APPS.append("shop")`; `*` for those it computes."""
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in ADDING:
            return
        if not schedules.holder_name(node.func.value).lower().endswith("_apps"):
            return
        item = node.args[-1] if node.args else None
        if item is not None:
            self.texts("installed_app", item)
            if not isinstance(item, ast.Constant | ast.List | ast.Tuple):
                self.refer("installed_app", node, "*")

    def setting_call(self, node: ast.Call) -> None:
        """`conf.update(beat_schedule=..., task_routes=...)`, `PeriodicTask.objects.create(task=...)`."""
        self._apps_added(node)
        of_conf = isinstance(node.func, ast.Attribute) and (
            schedules.holder_name(node.func.value) == "conf"
        )
        for item in node.keywords:
            if item.arg and schedules.is_beat_holder(item.arg):
                self._by_expression(None, item.value, item.arg)
            if item.arg and schedules.is_route_holder(item.arg):
                self.routes.extend(schedules.route_facts(item.value, item.arg))
            if item.arg and item.arg.lower() in INCLUDES:
                self.include(item.value, settled=self.scopes.kind != "function" or of_conf)
            if item.arg:
                self.add_beat(item.arg, item.value, schedules.holder_name(node.func))
            if isinstance(item.value, ast.Dict):
                self.dict_entries(item.value, item.arg or "")
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            if node.func.attr in {"update", "setdefault", "pop"}:
                self.changed.add(node.func.value.id)
        if is_row_call(node):
            for text in row_tasks(node):
                self.refer("periodic_task", node, text)

    def refer(self, kind: str, node: ast.AST, text: str) -> None:
        """Remembers a place that names a task or a module by text."""
        self.references.append(Reference(self.path, schedules.node_line(node), kind, text))
