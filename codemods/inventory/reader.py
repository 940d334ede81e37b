"""One walk over a syntax tree that collects what it says about tasks."""

import ast

from msgspec import structs

from codemods.inventory import schedules
from codemods.inventory.configured import Configured
from codemods.inventory.declarations import class_fact, function_fact, maker_fact
from codemods.inventory.expressions import dict_keywords, keyword, text_of, use_of
from codemods.inventory.module_writes import may_set, names_set_by
from codemods.inventory.symbols import FunctionNode
from codemods.inventory.values import (
    Binding,
    Call,
    Class,
    Function,
    Maker,
)
from codemods.inventory.walking import children

CALLS = {
    "register_task": "register",
    "register": "register",
    "send_task": "send_task",
    "signature": "signature",
    "Signature": "signature",
    "subtask": "signature",
    "delay": "send",
    "apply_async": "send",
    "s": "canvas",
    "si": "canvas",
    "add_periodic_task": "periodic",
    "autodiscover_tasks": "autodiscover",
    "config_from_object": "config",
    "set_default": "set_default",
    "patch": "patch",
    "setattr": "patch",
    "object": "patch_object",
    "import_module": "import_module",
    "task": "task",
    "shared_task": "task",
    "periodic_task": "task",
    "Celery": "app",
    "include": "urlconf",
}
LEAVES = (ast.Name, ast.Constant, ast.alias, ast.Pass)
"""Most nodes of a file, which say nothing by themselves."""
CASTS = frozenset({"typing.cast", "typing_extensions.cast"})
TEXT_CALLS = frozenset({"send_task", "signature", "patch", "import_module", "urlconf"})


class Reader(Configured):
    """Collects the facts of one module; `read()` walks the tree once."""

    def __init__(self, tree: ast.Module, path: str, source: str) -> None:
        super().__init__(tree, path)
        self.source = source.splitlines(keepends=True)
        self.tree = tree
        self.where: list[str] = []
        self.bindings: dict[str, Binding] = {}
        self.functions: list[Function] = []
        self.makers: list[Maker] = []
        self.classes: list[Class] = []
        self.calls: list[Call] = []
        self.attributes: set[str] = set()
        self.assigned: set[str] = set()
        self._plain: set[int] = set()

    def read(self) -> None:
        """Walks the whole tree."""
        for node in self.tree.body:
            self._visit(node, "")
        for name in sorted(self.changed & self.bindings.keys()):
            self.bindings[name] = Binding("other", self.bindings[name].line)

    def _visit(self, node: ast.AST, guard: str) -> None:
        if isinstance(node, FunctionNode):
            self._function(node, guard)
            return
        if isinstance(node, ast.ClassDef):
            self._class(node, guard)
            return
        if isinstance(node, ast.Lambda):
            self.scopes.enter(node)
            self._children(node, guard)
            self.scopes.leave()
            return
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            self._assign(node, guard)
        elif isinstance(node, ast.Call):
            self._call(node)
        elif isinstance(node, ast.Dict):
            self.dict_entries(node, "")
        elif isinstance(node, ast.Subscript):
            self._subscript(node)
        elif isinstance(node, ast.Attribute):
            if self._outside(node):
                return
        elif isinstance(node, ast.Try):
            guard = "try"
        elif isinstance(node, ast.If):
            guard = guard or "if"
        self._children(node, guard)

    def _outside(self, node: ast.Attribute) -> bool:
        """Whether this is a chain that begins with an imported name; notes it, and whether it is set."""
        symbol = self.scopes.resolve(node)
        if symbol is None or symbol.startswith(self.scopes.module + "."):
            return False
        self.attributes.add(symbol)
        if not isinstance(node.ctx, ast.Load) and id(node) not in self._plain:
            self.assigned.add(symbol)
        return True

    def _children(self, node: ast.AST, guard: str) -> None:
        for child in children(node):
            if not isinstance(child, LEAVES):
                if may_set(child):
                    self.assigned.update(names_set_by(child, self.scopes))
                self._visit(child, guard)

    def _function(self, node: FunctionNode, guard: str) -> None:
        nested = self.scopes.kind if self.scopes.kind != "module" else ""
        qualname = ".".join([*self.where, node.name])
        if node.decorator_list:
            text = "".join(self.source[first_line(node) - 1 : node.end_lineno])
            self.functions.append(function_fact(node, qualname, nested, guard, text, self.scopes))
        if nested == "class":
            self.setting_method(node)
        if not nested:
            self.makers.extend(maker_fact(node, self.scopes))
        for part in (*node.decorator_list, node.args, *([node.returns] if node.returns else [])):
            self._visit(part, guard)
        self.scopes.enter(node)
        self.where.append(node.name)
        for statement in node.body:
            self._visit(statement, guard)
        self.where.pop()
        self.scopes.leave()

    def _class(self, node: ast.ClassDef, guard: str) -> None:
        nested = self.scopes.kind if self.scopes.kind != "module" else ""
        self.classes.append(
            class_fact(node, ".".join([*self.where, node.name]), nested, self.scopes)
        )
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self._visit(part, guard)
        self.scopes.enter(node)
        self.where.append(node.name)
        for statement in node.body:
            self._visit(statement, guard)
        self.where.pop()
        self.scopes.leave()

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, guard: str) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        value = node.value
        if value is None:
            return
        if isinstance(node, ast.Assign) and len(targets) == 1:
            self._plain.add(id(targets[0]))
        # What a call gives under two names is one thing: a later name stands for the first.
        is_one = isinstance(value, ast.Call) and isinstance(targets[0], ast.Name)
        later = targets[0] if is_one else value
        for target in targets:
            holder = schedules.holder_name(target)
            if isinstance(target, ast.Name) and self.scopes.kind == "module":
                self._bind(target.id, value if target is targets[0] else later, guard)
            self.setting(holder, target, value)
            if isinstance(value, ast.Call):
                self._call(value, assigned=self.scopes.resolve(target))

    def _bind(self, name: str, value: ast.expr, guard: str) -> None:
        if isinstance(value, ast.Call) and len(value.args) == 2 and not value.keywords:
            # What is cast is what it was.
            cast = self.scopes.resolve(value.func) in CASTS
            value = value.args[1] if cast else value
        text, line = text_of(value), value.lineno
        keywords = dict_keywords(value)
        if text is not None:
            fact = Binding("text", line, text, guard=guard)
        elif keywords is not None:
            fact = Binding("dict", line, None, keywords, guard)
        elif isinstance(value, ast.Call):
            fact = Binding("call", line, self.scopes.resolve(value.func), guard=guard)
        elif isinstance(value, ast.Name | ast.Attribute):
            fact = Binding("alias", line, self.scopes.resolve(value), guard=guard)
        else:
            fact = Binding("other", line, guard=guard)
        if name not in self.bindings or self.bindings[name].kind != "call":
            self.bindings[name] = fact

    def _subscript(self, node: ast.Subscript) -> None:
        text = text_of(node.slice)
        holder = node.value
        if (
            text is not None
            and isinstance(holder, ast.Attribute)
            and holder.attr in {"tasks", "_tasks"}
        ):
            self.refer("registry", node, text)

    def _call(self, node: ast.Call, assigned: str | None = None) -> None:
        function = node.func
        last = getattr(function, "attr", getattr(function, "id", ""))
        symbol = self.scopes.resolve(function)
        kind = CALLS.get(last) or (CALLS.get((symbol or "").rpartition(".")[2]) if symbol else None)
        if kind == "canvas" and not isinstance(function, ast.Attribute):
            kind = None
        if kind is None and last not in {"update", "create", "get_or_create", "update_or_create"}:
            if isinstance(function, ast.Call) and node.args:
                kind = "task"
            else:
                self.setting_call(node)
                return
        if id(node) in self._seen:
            return
        self._seen.add(id(node))
        if last in {"update", "setdefault", "create", "get_or_create", "update_or_create"}:
            self.setting_call(node)
            return
        self._task_call(kind or "", node, assigned)

    def _task_call(self, kind: str, node: ast.Call, assigned: str | None) -> None:
        text = text_of(node.args[0]) if node.args else None
        if kind == "periodic":
            fact = schedules.periodic_fact(node, self.scopes)
            if fact is not None:
                self.beat.append(fact)
        if kind in TEXT_CALLS and text is not None:
            self.refer(kind, node, text)
        if kind == "autodiscover":
            for argument in node.args:
                self.texts("discover", argument)
        if kind == "app":
            for name in ("include", "imports"):
                value = keyword(node, name)
                if value is not None:
                    self.include(value)
        use = use_of(node, self.scopes)
        if kind == "autodiscover":
            given = dict(
                zip(("packages", "related_name"), map(ast.unparse, node.args), strict=False)
            )
            use = structs.replace(use, keywords=given | use.keywords)
        function = node.func
        receiver = function.value if isinstance(function, ast.Attribute) else None
        inner = node.args[0] if node.args and isinstance(node.args[0], ast.Call) else None
        if isinstance(function, ast.Call):
            inner = function
        self.calls.append(
            Call(
                kind=kind,
                use=use,
                where=".".join(self.where),
                receiver=self.scopes.resolve(receiver),
                text=text,
                assigned=assigned,
                replaced=text_of(node.args[1]) if len(node.args) > 1 else None,
                inner=use_of(inner, self.scopes) if inner is not None else None,
            )
        )


def first_line(node: FunctionNode) -> int:
    """The line of a function's first decorator, or of `def`."""
    return min([node.lineno, *(part.lineno for part in node.decorator_list)])
