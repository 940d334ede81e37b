"""The app that `@shared_task` finds in every thread of a project, or why that is not sure."""

from msgspec import Struct

from codemods.apps.own_class import why_unlike_celery
from codemods.apps.stand_ins import stand_in
from codemods.inventory.link import Inventory
from codemods.inventory.testing import is_test
from codemods.inventory.values import Import


class SharedApp(Struct, frozen=True):
    """A project's app and why its tasks can't be shared yet, or `""` for each.

    Where it `lacks_default`, nothing but `set_default()` below it stands against that.
    """

    name: str
    why_not: str = ""
    lacks_default: bool = False

    @property
    def variable(self) -> str:
        """The name that the app has in its module."""
        return self.name.rpartition(".")[2]


def shared_app(inventory: Inventory) -> SharedApp:
    """The app that workers and senders of this project use, with what stands against it."""
    app = SharedApp(inventory.current_app.name)
    if not app.name:
        return SharedApp("", inventory.current_app.reason)
    why = _why_unsure(inventory, app)
    if why:
        return SharedApp(app.name, why)
    if _sets_default(inventory):
        return app
    odd = sorted({"fixups", "set_as_current"} & keywords_of_app(inventory, app.name))
    line = f"write {app.variable}.set_default() below it"
    if odd:
        why = f"{app.name} is made with {odd[0]}=, so other threads may not find it: {line}"
        return SharedApp(app.name, why, lacks_default=True)
    if not inventory.is_django:
        why = f"{app.name} is not the default app, so other threads would send to amqp://localhost: {line}"
        return SharedApp(app.name, why, lacks_default=True)
    return app


def _why_unsure(inventory: Inventory, app: SharedApp) -> str:
    """What no line below the app would settle."""
    believed = inventory.settings.convert_own_app_class
    if not believed and not inventory.apps.is_plain(app.name):
        return f"the source doesn't show what makes {app.name}: if that gives an app of Celery's own class, write convert_own_app_class = true in [tool.migrate], else allow these files in [[tool.migrate.exceptions]]"
    other = None if inventory.settings.app else foreign_app(inventory)
    if other is not None:
        path, item = other
        module = inventory.project.split(app.name)[0]
        return f"'{path}' line {item.line} imports another app, {item.module}.{item.name}, which @shared_task may use instead of {app.name}: write app = \"{module}:{app.variable}\" in [tool.migrate] if it does not"
    own = inventory.apps.app_class(app.name)
    if own is not None and not believed:
        if why := why_unlike_celery(inventory, app.name):
            return f"{app.name} is made of the project's own class {own.name}, which {why}: if @shared_task does the same, write convert_own_app_class = true in [tool.migrate]"
    other_thing = None if believed else stand_in(inventory, app.name)
    if other_thing is not None:
        source, where, line = other_thing
        return f"{app.name} may be {source} ('{where}' line {line}), of which @{app.variable}.task makes no Celery task, as @shared_task always would: if it shall do so, write convert_own_app_class = true in [tool.migrate], else allow these files in [[tool.migrate.exceptions]]"
    return ""


def foreign_app(inventory: Inventory) -> tuple[str, Import] | None:
    """The file and import by which a process that loads tasks has the app of a library, too.

    from blueapps.core.celery import celery_app  # so that shared_task will use this app
    """
    project = inventory.project
    loaded = inventory.loaded_always | inventory.loaded_by_worker
    for path, facts in inventory.facts.items():
        if is_test(path) or project.module_of[path] not in loaded:
            continue
        for item in facts.imports:
            top, last = item.module.partition(".")[0], item.module.rpartition(".")[2]
            is_app = item.name == "celery_app" or (last == "celery" and item.name == "app")
            if is_app and top not in {"", "celery"} and not item.module.startswith("/"):
                if not project.has_top(top):
                    return path, item
    return None


def keywords_of_app(inventory: Inventory, app: str) -> set[str]:
    """The keywords that an app is made with."""
    module = inventory.project.split(app)[0]
    calls = inventory.facts[inventory.project.path_of[module]].calls
    resolve = inventory.project.resolve
    return {key for call in calls if resolve(call.assigned) == app for key in call.use.keywords}


def _sets_default(inventory: Inventory) -> bool:
    return any(
        call.kind == "set_default" for facts in inventory.facts.values() for call in facts.calls
    )
