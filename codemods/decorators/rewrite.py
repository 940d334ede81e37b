"""The edits in one file: decorators, other uses of the app, and the imports that follow."""

import ast
from collections.abc import Iterator

from codemods import imports
from codemods.decorators.decide import Convert, Load
from codemods.inventory.link import Inventory
from codemods.inventory.symbols import FunctionNode, Scopes
from codemods.snapshot import Snapshot
from codemods.text import Source, Span
from codemods.values import Change, Decision, Edit, Note, Rewrite

CURRENT_APP_SAFE = frozenset({"send_task", "conf", "control", "signature", "tasks", "AsyncResult"})
"""Attributes of an app that are the same on `current_app` when a function body reads them."""


def rewrite(snapshot: Snapshot, inventory: Inventory, decisions: tuple[Decision, ...]) -> Rewrite:
    """Every decided file with its decorators converted."""
    changes, edits, notes = list[Change](), list[Edit](), list[Note]()
    for decision in decisions:
        if isinstance(decision, Convert):
            result = _converted(snapshot, inventory, decision)
        elif isinstance(decision, Load):
            result = _loading(snapshot, inventory, decision)
        else:
            continue
        changes.extend(result.changes)
        edits.extend(result.edits)
        notes.extend(result.notes)
    return Rewrite(tuple(changes), tuple(edits), tuple(notes))


def _converted(snapshot: Snapshot, inventory: Inventory, decision: Convert) -> Rewrite:
    data = snapshot.read(decision.path)
    try:
        conversion = Conversion(Source(data), inventory, decision)
        after = conversion.source.edited(conversion.spans())
    except (ValueError, UnicodeEncodeError) as error:
        note = Note(decision.path, 0, "not-converted", f"its text can't be edited safely: {error}")
        return Rewrite(notes=(note,))
    if conversion.refusal is not None:
        return Rewrite(notes=(conversion.refusal,))
    return Rewrite((Change(decision.path, data, after),), tuple(conversion.edits))


class Conversion:
    """One file on its way from `@app.task` to `@shared_task`."""

    def __init__(self, source: Source, inventory: Inventory, decision: Convert) -> None:
        self.source = source
        self.inventory = inventory
        self.path = decision.path
        self.app = decision.app
        self.tasks = set(decision.tasks)
        self.scopes = Scopes(source.tree, self.path)
        self.edits: list[Edit] = []
        self.refusal: Note | None = None
        self.uses: list[Use] = []
        self.reads: set[str] = set()
        self._collect(source.tree.body, "")

    def spans(self) -> list[Span]:
        """The replacements that convert the file; none, with `refusal` set, if it can't be done."""
        names = {name: self._local("celery", name) for name in ("shared_task", "current_app")}
        if names["shared_task"] is None:
            line = self.uses[0].node.lineno if self.uses else 0
            self.refusal = Note(
                self.path,
                line,
                "not-converted",
                "the name shared_task means something else in this file; rename it, then run the step again",
            )
            return []
        decorators = [use for use in self.uses if use.decorates]
        others = [use for use in self.uses if not use.decorates]
        follow = names["current_app"] is not None and all(use.safe for use in others)
        follow = follow and not self._patched(
            {names["current_app"] or "", *(u.root for u in others)}
        )
        kept = bool(others) and not follow
        result = [self._decorated(use, names["shared_task"]) for use in decorators]
        wanted = {"shared_task"}
        if follow and others:
            wanted.add("current_app")
            result.extend(self._followed(use, names["current_app"] or "") for use in others)
        gone = [] if kept else list(self._app_imports())
        if not kept:
            result.extend(self._marked())
        whole = [node for node, local in gone if local >= set(imports.bound_names(node))]
        added = self._added(wanted, whole)
        removed = [imports.without_names(self.source, node, local) for node, local in gone]
        self.edits.extend(
            Edit(self.path, line, "the app's import goes")
            for node, _ in gone
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        )
        return result + imports.settled(added, removed)

    def _decorated(self, use: "Use", name: str) -> Span:
        self.edits.append(Edit(self.path, use.node.lineno, f"@{use.text} to @{name}"))
        return self.source.replace(use.called, name)

    def _followed(self, use: "Use", name: str) -> Span:
        self.edits.append(Edit(self.path, use.node.lineno, f"{use.text} to {name}"))
        return self.source.replace(use.called, name)

    def _local(self, module: str, name: str) -> str | None:
        """The local name of `module.name`, the name itself if free, `None` if it is taken."""
        for local, symbol in self.scopes.frames[0].names.items():
            if symbol == f"{module}.{name}":
                return local
        taken = name in self.scopes.frames[0].names or any(
            isinstance(node, ast.arg) and node.arg == name for node in ast.walk(self.source.tree)
        )
        stored = any(
            isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
            for node in ast.walk(self.source.tree)
        )
        return None if taken or stored else name

    def _added(self, wanted: set[str], gone: list[imports.ImportNode]) -> Iterator[Span]:
        """The import of the names that the file does not have yet."""
        bound = set(self.scopes.frames[0].names.values())
        missing = {name for name in wanted if f"celery.{name}" not in bound}
        if not missing:
            return
        for node in imports.module_imports(self.source):
            if isinstance(node, ast.ImportFrom) and node.module == "celery" and not node.level:
                if not any(alias.name == "*" for alias in node.names):
                    yield imports.with_names(self.source, node, missing)
                    return
        first_party = frozenset(name.partition(".")[0] for name in self.inventory.project.path_of)
        yield imports.new_import(self.source, "celery", missing, first_party, gone)

    def _app_imports(self) -> Iterator[tuple[imports.ImportNode, set[str]]]:
        """The import statements whose names nothing uses any more, with those names."""
        roots = {use.root for use in self.uses}
        still = self.reads | self._read_elsewhere(roots)
        for node in imports.module_imports(self.source):
            local = {name for name in imports.bound_names(node) if name in roots - still}
            if local:
                yield node, local

    def _marked(self) -> Iterator[Span]:
        """A mark for linters on imports that stay only because others read them from here."""
        roots = {use.root for use in self.uses}
        names = self._read_elsewhere(roots) - self.reads
        for node in imports.module_imports(self.source):
            if names & set(imports.bound_names(node)):
                mark = imports.marked(self.source, node)
                if mark is not None:
                    yield mark

    def _read_elsewhere(self, names: set[str]) -> set[str]:
        """Those names that texts of this file, or other files, take from this module."""
        texts = {
            node.value
            for node in ast.walk(self.source.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        module = self.inventory.project.module_of[self.path]
        return {name for name in names if name in texts or self._imported_from(module, name)}

    def _patched(self, names: set[str]) -> bool:
        """Whether a test replaces one of these names in this module: it would hit other uses then."""
        module = self.inventory.project.module_of[self.path]
        wanted = {f"{module}.{name}" for name in names}
        for facts in self.inventory.facts.values():
            for reference in facts.references:
                if (
                    reference.kind == "patch"
                    and ".".join(reference.text.split(".")[: module.count(".") + 2]) in wanted
                ):
                    return True
            for call in facts.calls:
                if call.kind == "patch_object" and call.use.positional:
                    owner = self.inventory.project.resolve(call.use.positional[0])
                    if owner == module and call.replaced in names:
                        return True
        return False

    def _imported_from(self, module: str, name: str) -> bool:
        project = self.inventory.project
        for facts in self.inventory.facts.values():
            for item in facts.imports:
                if item.name in {name, "*"} and project.canonical(item.module) == module:
                    return True
            if any(
                r.kind == "patch" and r.text.startswith(f"{module}.{name}")
                for r in facts.references
            ):
                return True
        return False

    def _collect(self, body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            self._visit(node, prefix)

    def _visit(self, node: ast.AST, prefix: str) -> None:
        if isinstance(node, FunctionNode | ast.ClassDef | ast.Lambda):
            self._scope(node, prefix)
            return
        if isinstance(node, ast.Attribute | ast.Name) and self._is_app(node):
            self.uses.append(Use(self.source, node, None, False, safe=False))
            return
        if isinstance(node, ast.Attribute) and self._is_app(node.value):
            inside = self.scopes.kind == "function"
            safe = inside and node.attr in CURRENT_APP_SAFE and isinstance(node.ctx, ast.Load)
            self.uses.append(Use(self.source, node.value, node.attr, False, safe=safe))
            return
        if isinstance(node, ast.Name) and not self.scopes.is_local(node.id):
            self.reads.add(node.id)
        for child in ast.iter_child_nodes(node):
            self._visit(child, prefix)

    def _scope(self, node: FunctionNode | ast.ClassDef | ast.Lambda, prefix: str) -> None:
        name = "" if isinstance(node, ast.Lambda) else node.name
        qualname = f"{prefix}.{name}" if prefix else name
        decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
        for decorator in decorators:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            owner = called.value if isinstance(called, ast.Attribute) else None
            names_task = isinstance(called, ast.Attribute) and called.attr == "task"
            if owner is not None and names_task and qualname in self.tasks and self._is_app(owner):
                self.uses.append(Use(self.source, called, None, True, safe=True))
                if isinstance(decorator, ast.Call):
                    for part in (*decorator.args, *(key.value for key in decorator.keywords)):
                        self._visit(part, prefix)
            else:
                self._visit(decorator, prefix)
        self.scopes.enter(node)
        for child in ast.iter_child_nodes(node):
            if child not in decorators:
                self._visit(child, qualname)
        self.scopes.leave()

    def _is_app(self, node: ast.AST) -> bool:
        """Whether an expression is the app, reached through a name that this module binds."""
        symbol = self.scopes.resolve(node)
        if symbol is None:
            return False
        root: ast.AST = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and self.scopes.is_local(root.id):
            return False
        return self.inventory.project.resolve(symbol) == self.app


class Use:
    """One place that reads the app: `called` is the expression that an edit replaces."""

    def __init__(
        self,
        source: Source,
        node: ast.expr,
        attribute: str | None,
        decorates: bool,
        *,
        safe: bool,
    ) -> None:
        self.node = node
        self.called = node
        self.decorates = decorates
        self.safe = safe
        self.text = source.text(node) + (f".{attribute}" if attribute else "")
        self.root = source.text(node).partition(".")[0].strip()


def _loading(snapshot: Snapshot, inventory: Inventory, decision: Load) -> Rewrite:
    """The package's `__init__.py` with an import of the app below its docstring and imports."""
    data = snapshot.read(decision.path)
    source = Source(data)
    module, name = inventory.project.split(decision.app)
    package = inventory.project.module_of[decision.path]
    inner = module.removeprefix(package + ".")
    local = name[0] if name[0] == "celery_app" else f"{name[0]} as celery_app"
    line = f"from .{inner} import {local}  # noqa: F401\n"
    block = imports.top_block(source)
    if block:
        end = imports.whole_lines(source, block[-1])[1]
        span = Span(end, end, ("" if source.data[:end].endswith(b"\n") else "\n") + line)
    else:
        span = _below_head(source, line)
    edit = Edit(decision.path, 0, f"imports the Celery app of .{inner}")
    return Rewrite((Change(decision.path, data, source.edited([span])),), (edit,))


def _below_head(source: Source, line: str) -> Span:
    """Below a docstring or the comments on top, with blank lines between the parts."""
    body = source.tree.body
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        end = imports.whole_lines(source, first)[1]
        lead = "\n" if source.data[:end].endswith(b"\n") else "\n\n"
        return Span(end, end, lead + line)
    count = 0
    while count < len(source.lines) and source.lines[count].lstrip().startswith(b"#"):
        count += 1
    while count < len(source.lines) and not source.lines[count].strip():
        count += 1
    start = source.starts[count]
    lead = "" if source.data[:start].endswith(b"\n") or not start else "\n"
    return Span(start, start, lead + line + ("\n" if first is not None else ""))
