"""The app becomes the one that every thread finds, so that its tasks can be shared.

app = Celery("shop", broker=URL)        app = Celery("shop", broker=URL)
                                        app.set_default()
"""

import ast

from msgspec.structs import replace

from codemods.apps.shared_app import SharedApp, shared_app
from codemods.apps.sharing import app_tasks, stays
from codemods.apps.without_app import without_app
from codemods.inventory.import_time import import_time_nodes
from codemods.inventory.link import Inventory
from codemods.inventory.walking import walk
from codemods.snapshot import Snapshot
from codemods.source import imports
from codemods.source.text import Source, Span
from codemods.values import Change, Decision, Decisions, Edit, Question, Rewrite


class MakeDefault(Decision, frozen=True, tag="make-default", forbid_unknown_fields=True):
    """`set_default()` is called below the app. Without `accepted` all stays as it is."""

    path: str
    app: str
    tasks: int
    diff: str
    accepted: bool = False

    @property
    def said(self) -> tuple[str, str]:
        """The app, and why it is made the default."""
        return self.because, self.app

    @property
    def asks(self) -> Question:
        """Whether every thread may find this app."""
        many = "1 task" if self.tasks == 1 else f"{self.tasks} tasks"
        suggestion = f"make it the default app, so that {many} can become @shared_task"
        return Question(self.app, "not the default app", suggestion, self.diff, self.path)

    @property
    def waits(self) -> bool:
        """Whether nobody has accepted it yet."""
        return not self.accepted

    def taken(self) -> "MakeDefault":
        """The line, accepted."""
        return replace(self, accepted=True)


def decide(inventory: Inventory) -> Decisions:
    """The line below the app, where tasks can't be shared for want of it alone."""
    app = shared_app(inventory)
    if not app.lacks_default:
        return Decisions()
    default = SharedApp(app.name)
    could = {
        path: len(tasks)
        for path, tasks in app_tasks(inventory)
        if stays(inventory, path, tasks, default) is None
    }
    count = sum(could[path] for path in without_app(inventory, app.name, could).paths)
    if not count:
        return Decisions()
    path = inventory.project.path_of[inventory.project.split(app.name)[0]]
    if not inventory.editable(path):
        return Decisions()
    if _with_line(inventory.files.read(path), app) is None:
        return Decisions()
    because = "a thread without a current app would send to amqp://localhost"
    diff = f"+{app.variable}.set_default()"
    return Decisions((MakeDefault(f"default:{app.name}", because, path, app.name, count, diff),))


def rewrite(snapshot: Snapshot, inventory: Inventory, decisions: tuple[Decision, ...]) -> Rewrite:
    """The app's file with the line below its construction."""
    app = shared_app(inventory)
    for decision in decisions:
        if isinstance(decision, MakeDefault) and decision.accepted and app.name == decision.app:
            before = snapshot.read(decision.path)
            after = _with_line(before, app) if app.lacks_default else None
            if after is not None:
                what, line = (
                    f"makes {app.variable} the default app",
                    f"{app.variable}.set_default()",
                )
                edit = Edit(decision.path, 0, what, new=line)
                return Rewrite((Change(decision.path, before, after),), (edit,))
    return Rewrite()


def _with_line(data: bytes, app: SharedApp) -> bytes | None:
    """The file with `set_default()` below the one statement that makes the app, `None` without one.

    A name that is bound twice, or under a condition, may hold something else below it.
    """
    try:
        source = Source(data)
    except ValueError:
        return None
    statement = _made_by(source.tree, app.variable)
    if statement is None:
        return None
    end = imports.whole_lines(source, statement)[1]
    lead = "" if source.data[:end].endswith(b"\n") else "\n"
    return source.edited([Span(end, end, f"{lead}{app.variable}.set_default()\n")])


def _made_by(tree: ast.Module, name: str) -> ast.stmt | None:
    """The one statement that binds a name, if it stands at the top and is bound to a call."""
    if any(isinstance(node, ast.Global) and name in node.names for node in walk(tree)):
        return None
    binding = [node for node in tree.body if name in _bound(node)]
    made = binding[0] if len(binding) == 1 else None
    plain = isinstance(made, ast.Assign | ast.AnnAssign) and isinstance(made.value, ast.Call)
    return made if plain else None


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a statement binds or deletes while the module is imported."""
    found: set[str] = set()
    for node in import_time_nodes([statement]):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
    return found
