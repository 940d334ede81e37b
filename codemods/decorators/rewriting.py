"""The edits in one file: decorators, other uses of the app, and the imports that follow."""

import ast
import re
from collections.abc import Iterator

from codemods.apps.uses import Use, Uses, annotation_texts, bound_names
from codemods.decorators.decisions import Convert, Load
from codemods.decorators.load import load_app
from codemods.inventory.link import Inventory
from codemods.inventory.outside import names_read_from, names_replaced_in
from codemods.snapshot import Snapshot
from codemods.source import import_lines, import_order, imports
from codemods.source.alignment import drawn_together, realigned
from codemods.source.import_lines import order_in
from codemods.source.long_lines import broken_where_long
from codemods.source.own_layout import layout_of
from codemods.source.text import Source, Span
from codemods.values import Change, Decision, Edit, Note, Rewrite

COMMAND_FILES = re.compile(
    r"(^|/)(Procfile\S*|Dockerfile\S*|Makefile|justfile|[^/]+\.(sh|yml|yaml|toml|cfg|ini|conf|service|json|md|rst|txt))$"
)
STARTS_APP = re.compile(rb"(?:-A|--app)[ =]+[\"']?([\w.]+)")


class Refused(Exception):  # noqa: N818 - a refusal is a result here, never an error of the tool
    """This file can't be converted whole; the words say why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


def rewrite(snapshot: Snapshot, inventory: Inventory, decisions: tuple[Decision, ...]) -> Rewrite:
    """Every decided file with its decorators converted."""
    changes, edits, notes = list[Change](), list[Edit](), list[Note]()
    started = modules_started(snapshot)
    for decision in decisions:
        if isinstance(decision, Load):
            loading = load_app(snapshot, inventory, decision.path, decision.app)
            changes.append(loading.change)
            edits.append(loading.edit)
        elif isinstance(decision, Convert):
            data = snapshot.read(decision.path)
            try:
                conversion = Conversion(Source(data), inventory, decision, started)
                after = conversion.source.edited(conversion.spans())
                after = broken_where_long(data, after, inventory.layout(decision.path))
            except (ValueError, UnicodeEncodeError) as error:
                why = f"its text can't be edited safely: {error}"
                notes.append(Note(decision.path, 0, "not-converted", why))
            except Refused as error:
                notes.append(Note(decision.path, error.line, "not-converted", str(error)))
            else:
                changes.append(Change(decision.path, data, after))
                edits.extend(conversion.edits)
    return Rewrite(tuple(changes), tuple(edits), tuple(notes))


def modules_started(snapshot: Snapshot) -> frozenset[str]:
    """The modules that a command line names as the place of the app: `celery -A shop.tasks`."""
    found: set[str] = set()
    paths = [path for path in snapshot.files if COMMAND_FILES.search(path)]
    for data in snapshot.holding(paths, [b"-A", b"--app"], [STARTS_APP.pattern]).values():
        found.update(name.decode() for name in STARTS_APP.findall(data))
    return frozenset(found)


class Conversion:
    """One file on its way from `@app.task` to `@shared_task`."""

    def __init__(
        self, source: Source, inventory: Inventory, decision: Convert, started: frozenset[str]
    ) -> None:
        self.source = source
        self.inventory = inventory
        self.path = decision.path
        self.module = inventory.project.module_of[decision.path]
        self.tasks = set(decision.tasks)
        self.uses = Uses(source.tree, self.path, decision.app, self.tasks, inventory.project)
        self.edits: list[Edit] = []
        self._started = self.module in started
        self._outside = names_read_from(inventory, self.module)

    def spans(self) -> list[Span]:
        """The replacements that convert the file. Raises `Refused` if it can't be done whole."""
        decorators = [use for use in self.uses.found if use.decorates]
        others = [use for use in self.uses.found if not use.decorates]
        if len(decorators) != len(self.tasks):
            raise Refused(
                0,
                "the app reaches a decorator in a way that can't be rewritten: write it as @app.task, then run the step again",
            )
        first = min(use.node.lineno for use in decorators)
        named = [use.node.lineno for use in decorators if not self._beside(use)]
        shared = self._local("shared_task", first)
        if shared is None and named:
            raise Refused(
                first,
                "the name shared_task means something else in this file; rename it, then run the step again",
            )
        current = self._local(
            "current_app", min((use.node.lineno for use in others), default=first)
        )
        replaced = names_replaced_in(self.inventory, self.module)
        follow = current is not None and all(use.safe for use in others)
        follow = follow and not replaced & {current or "", *(use.root for use in others)}
        names = {use: self._beside(use) or shared or "" for use in decorators}
        result = [self._replaced(use, "@", name) for use, name in names.items()]
        result.extend(span for use, name in names.items() for span in self._aligned(use, name))
        wanted = {"shared_task": min(named)} if named else {}
        if follow and others:
            wanted["current_app"] = min(use.node.lineno for use in others)
            result.extend(self._replaced(use, "", current or "") for use in others)
        stays = bool(others) and not follow
        return result + self._imports(wanted, stays=stays)

    def _aligned(self, use: Use, name: str) -> Iterator[Span]:
        """The arguments of a decorator where its name gets longer or shorter."""
        if use.call is None:
            return
        by = len(name) - (self.source.end(use.node) - self.source.start(use.node))
        width = layout_of(self.source, self.inventory.layout(self.path)).width
        together = drawn_together(self.source, use.call, by, width)
        yield from realigned(self.source, use.call, by) if together is None else [together]

    def _beside(self, use: Use) -> str:
        """What a decorator becomes that reaches Celery by its module: `celery.shared_task`; else `""`."""
        module = self.uses.scopes.frames[0].names.get(use.root) == "celery"
        old = use.dotted in {f"{use.root}.task", f"{use.root}.task.task"}
        return f"{use.root}.shared_task" if use.decorates and module and old else ""

    def _replaced(self, use: Use, mark: str, name: str) -> Span:
        for line in range(use.node.lineno, (use.node.end_lineno or use.node.lineno) + 1):
            self.edits.append(
                Edit(
                    self.path, line, f"{mark}{use.dotted} to {mark}{name}", old=use.dotted, new=name
                )
            )
        return self.source.replace(use.node, name)

    def _local(self, name: str, line: int) -> str | None:
        """The local name of `celery.<name>` above a line, the name itself if free, else `None`."""
        for node in imports.module_imports(self.source):
            if isinstance(node, ast.ImportFrom) and node.module == "celery" and node.lineno < line:
                for alias in node.names:
                    if alias.name == name:
                        return alias.asname or name
        symbol = self.uses.scopes.frames[0].names.get(name)
        if name in bound_names(self.source.tree):
            guarded = symbol == f"celery.{name}"
            return name if guarded and name not in self._rebound() else None
        return name if symbol in {None, f"celery.{name}"} else None

    def _rebound(self) -> set[str]:
        """Names that something else than an import binds or deletes."""
        tree = ast.Module(
            body=[n for n in self.source.tree.body if not isinstance(n, ast.If | ast.Try)],
            type_ignores=[],
        )
        return bound_names(tree)

    def _imports(self, wanted: dict[str, int], *, stays: bool) -> list[Span]:
        """What is imported now, and the app's import taken out or marked if nobody here reads it."""
        gone = self._imports_without_use(stays=stays)
        missing = self._missing(wanted)
        host = self._host(missing)
        added = list(self._added(missing, host, gone))
        layout = layout_of(self.source, self.inventory.layout(self.path))
        removed = [
            import_lines.without_names(self.source, node, local, layout)
            for node, local in gone
            if node is not host
        ]
        for node, _ in gone:
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                self.edits.append(Edit(self.path, line, "the app's import goes"))
        return imports.settled(added, removed) + ([] if stays else list(self._marked()))

    def _celery_imports(self) -> list[ast.ImportFrom]:
        return [
            node
            for node in imports.module_imports(self.source)
            if isinstance(node, ast.ImportFrom) and node.module == "celery" and not node.level
        ]

    def _missing(self, wanted: dict[str, int]) -> dict[str, int]:
        """The names that are not bound above their first use."""
        found: dict[str, int] = {}
        for name, line in wanted.items():
            above = (node for node in self._celery_imports() if node.lineno < line)
            if not any(alias.name == name for node in above for alias in node.names):
                found[name] = line
        return found

    def _host(self, missing: dict[str, int]) -> ast.ImportFrom | None:
        """The import of Celery's that takes what is missing."""
        first = min(missing.values(), default=0)
        for node in self._celery_imports():
            if node.lineno < first and not any(alias.name == "*" for alias in node.names):
                return node
        return None

    def _added(
        self,
        missing: dict[str, int],
        host: ast.ImportFrom | None,
        gone: list[tuple[imports.ImportNode, set[str]]],
    ) -> Iterator[Span]:
        """The import of what is missing, in its host's place or on a line of its own."""
        layout = self.inventory.layout(self.path)
        if host is not None:
            lost = next((local for node, local in gone if node is host), set[str]())
            order = order_in(layout_of(self.source, layout))
            yield imports.with_other_names(self.source, host, lost, missing, order)
        elif missing:
            whole = [node for node, local in gone if local >= set(imports.bound_names(node))]
            yield import_order.new_import(self.source, "celery", missing, layout, whole)

    def _kept(self) -> set[str]:
        """The names by which what is written now goes on reaching Celery."""
        return {use.root for use in self.uses.found if self._beside(use)}

    def _imports_without_use(self, *, stays: bool) -> list[tuple[imports.ImportNode, set[str]]]:
        """The import statements whose names nothing uses any more, with those names.

        Where the app `stays` it is used, unlike the `@task` of Celery 3 and 4.
        """
        roots = {use.root for use in self.uses.found}
        if stays:
            roots -= {use.root for use in self.uses.found if not use.old}
        free = roots - self._kept() - self._read(here=True, elsewhere=True)
        found: list[tuple[imports.ImportNode, set[str]]] = []
        for node in imports.module_imports(self.source):
            local = set(imports.bound_names(node)) & free
            if local and self._reaches_app(node):
                found.append((node, local))
        placed = {name for _, local in found for name in local}
        left = sorted(name for name in free - placed if name in self.uses.scopes.frames[0].names)
        own = f"/{self.path.removesuffix('.py').replace('/', '.')}."
        imported = [
            n for n in left if not (self.uses.scopes.frames[0].names[n] or own).startswith(own)
        ]
        if imported:
            raise Refused(
                0,
                f"the import of {imported[0]} stands under a condition or shares its line; give it a line of its own, then run the step again",
            )
        return found

    def _reaches_app(self, node: imports.ImportNode) -> bool:
        """Whether this statement is one through which the app is reached (`import a.b` binds `a`)."""
        if isinstance(node, ast.ImportFrom):
            return True
        dotted = {use.dotted for use in self.uses.found}
        return len(node.names) == 1 and any(
            text.startswith((node.names[0].asname or node.names[0].name) + ".") for text in dotted
        )

    def _read(self, *, here: bool, elsewhere: bool) -> set[str]:
        """The app's names that this file still reads, or that others take from it."""
        roots = {use.root for use in self.uses.found}
        found: set[str] = set()
        if here:
            texts = annotation_texts(self.source.tree)
            found |= self.uses.reads
            found |= {name for name in roots if any(re.search(rf"\b{name}\b", t) for t in texts)}
        if elsewhere:
            listed = self.uses.scopes.module_exports(self.source.tree)
            taken = self._outside | listed
            found |= roots if "*" in taken or self._started else roots & taken
        return found

    def _marked(self) -> Iterator[Span]:
        """A mark for linters on imports that stay only because others read them from here."""
        names = self._read(here=False, elsewhere=True) - self._kept()
        names -= self._read(here=True, elsewhere=False)
        for node in imports.module_imports(self.source):
            if names & set(imports.bound_names(node)):
                mark = imports.marked(self.source, node, self.inventory.layout(self.path).unread)
                if mark is not None:
                    yield mark
