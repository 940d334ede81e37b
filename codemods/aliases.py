"""Deploy gate 1: workers learn the new name of each task beside the old one; senders don't change.

app = Celery("shop")                    app = Celery("shop")
                                        register_task_aliases(app)
"""

import ast

from codemods.inventory.link import Inventory
from codemods.inventory.symbols import target_names
from codemods.renaming.alias_module import HOOK, alias_module, made_anew
from codemods.renaming.wanted import wanted
from codemods.snapshot import Snapshot
from codemods.source import import_order, imports
from codemods.source.text import Source, Span
from codemods.values import Change, Decision, Decisions, Edit, Note, Rewrite

MODULE = "task_aliases"
OTHER_MODULE = "celery_task_aliases"
"""Where a file system that does not tell case apart takes the first name for another file."""


class Alias(Decision, frozen=True, tag="alias", forbid_unknown_fields=True):
    """Workers answer to `new` beside `old`, by the alias module at `path`."""

    old: str
    new: str
    path: str
    app: str

    @property
    def said(self) -> tuple[str, str]:
        """Old names with their new ones, by the reason."""
        return f"{self.because}:", f"{self.old} -> {self.new}"


def decide(inventory: Inventory) -> Decisions:
    """The new names that workers don't know yet."""
    renamings, notes = wanted(inventory)
    missing = [item for item in renamings if inventory.aliases.get(item.old) != item.new]
    if not missing:
        return Decisions((), tuple(notes))
    app = app_to_extend(inventory)
    if app is not None and _hook_taken(inventory, app):
        app = None
    if app is None:
        task = next(t for t in inventory.tasks if t.name == missing[0].old)
        message = f'"{missing[0].old}" would become "{missing[0].new}", and workers have to answer to both names. The project has no single Celery app, made at the top of its module, that can be extended so: make it there with one statement, app = Celery(...){_closed(inventory)}'
        return Decisions((), (*notes, Note(task.path, task.line, "alias-without-app", message)))
    path = alias_path(inventory, app)
    decisions = [
        Alias(f"alias:{item.old}", item.because, item.old, item.new, path, app) for item in missing
    ]
    return Decisions(tuple(decisions), tuple(notes))


def app_to_extend(inventory: Inventory) -> str | None:
    """The one app that stands at the top level of its module, which can be edited."""
    app = inventory.current_app.name
    module, rest = inventory.project.split(app)
    if not app or len(rest) != 1 or not inventory.apps.is_plain(app):
        return None
    path = inventory.project.path_of[module]
    binding, tree = inventory.facts[path].bindings.get(rest[0]), inventory.tree(path)
    if binding is None or binding.guard or not inventory.editable(path) or tree is None:
        return None
    # A name may be bound where no statement of its own does it, as by `:=` or `__getattr__`.
    return app if last_use(tree, rest[0]) is not None else None


def _closed(inventory: Inventory) -> str:
    """Why the app's module can't be edited, as the end of a sentence."""
    paths = [inventory.project.path_of[inventory.project.split(n)[0]] for n in inventory.app_names]
    closed = next((path for path in paths if not inventory.editable(path)), None)
    return f": {inventory.why_not_edited(closed)}" if closed is not None else ""


def _hook_taken(inventory: Inventory, app: str) -> bool:
    """Whether the app's module binds the hook's name to something of its own."""
    path = inventory.project.path_of[inventory.project.split(app)[0]]
    taken = HOOK in inventory.facts[path].bindings
    return taken and not _has_hook(inventory, path, alias_path(inventory, app))


def alias_path(inventory: Inventory, app: str) -> str:
    """Where the alias module stands: as configured, where it is already, or beside the app."""
    for path, facts in inventory.facts.items():
        if facts.aliases:
            return path
    if inventory.settings.alias_module:
        return inventory.settings.alias_module
    app_path = inventory.project.path_of[inventory.project.split(app)[0]]
    folder = app_path.rpartition("/")[0]
    places = [f"{folder}/{name}.py" if folder else f"{name}.py" for name in (MODULE, OTHER_MODULE)]
    return next((path for path in places if not inventory.files.alike(path)), places[0])


def rewrite(snapshot: Snapshot, inventory: Inventory, decisions: tuple[Decision, ...]) -> Rewrite:
    """The alias module with the new pairs, and the app's module with the hook."""
    found = [item for item in decisions if isinstance(item, Alias)]
    if not found:
        return Rewrite()
    path, app = found[0].path, found[0].app
    table = dict(inventory.facts[path].aliases) if path in inventory.facts else {}
    taken = path in snapshot and not table
    if taken:
        note = Note(
            path,
            0,
            "alias-module-taken",
            'the module of old task names would be written here, and another file stands in its place: write alias_module = "path/to/another.py" in [tool.migrate]',
        )
        return Rewrite(notes=(note,))
    alike = "" if path in snapshot else snapshot.alike(path)
    if alike:
        message = f"it is the same as {alike} where a file system does not tell case apart: set alias_module in [tool.migrate]"
        return Rewrite(notes=(Note(path, 0, "alias-module-taken", message),))
    table.update({item.old: item.new for item in found})
    before = snapshot.read(path) if path in snapshot else None
    changes = [Change(path, before, alias_module(table, before or b""))]
    hooked = _hooked(snapshot, inventory, path, app)
    if hooked is not None:
        changes.append(hooked)
    edits = [
        Edit(item.path, 0, f"calls {HOOK}", new=f"{HOOK}({inventory.project.split(app)[1][0]})")
        for item in changes[1:]
    ]
    edits.extend(made_anew(path, before))
    return Rewrite(tuple(changes), tuple(edits))


def _hooked(snapshot: Snapshot, inventory: Inventory, alias: str, app: str) -> Change | None:
    """The app's module with an import of the hook and a call of it, unless they are there."""
    module, rest = inventory.project.split(app)
    path = inventory.project.path_of[module]
    data = snapshot.read(path)
    source = Source(data)
    if _has_hook(inventory, path, alias):
        return None
    alias_name = inventory.project.module_name(alias)
    spans = [import_order.new_import(source, alias_name, [HOOK], inventory.layout(path))]
    statement = last_use(source.tree, rest[0])
    assert statement is not None
    end = imports.whole_lines(source, statement)[1]
    lead = "" if source.data[:end].endswith(b"\n") else "\n"
    spans.append(Span(end, end, f"{lead}{HOOK}({rest[0]})\n"))
    return Change(path, data, source.edited(spans))


def _has_hook(inventory: Inventory, path: str, alias: str) -> bool:
    """Whether the app's module imports the hook of this alias module."""
    binding = inventory.facts[path].bindings.get(HOOK)
    wanted = f"{inventory.project.module_name(alias)}.{HOOK}"
    return binding is not None and inventory.project.canonical(binding.target or "") == wanted


def last_use(tree: ast.Module, name: str) -> ast.stmt | None:
    """The assignment of the app, or the last of the calls on it that follow at once; `None` without one."""
    made = [
        index
        for index, node in enumerate(tree.body)
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.With | ast.Expr)
        and name in target_names(node)
    ]
    if not made:
        return None
    last = tree.body[made[-1]]
    for node in tree.body[made[-1] + 1 :]:
        call = node.value if isinstance(node, ast.Expr) else None
        called = call.func if isinstance(call, ast.Call) else None
        owner = called.value if isinstance(called, ast.Attribute) else None
        if not (isinstance(owner, ast.Name) and owner.id == name):
            break
        last = node
    return last
