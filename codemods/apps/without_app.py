"""Which of some files can do without their import of the app, so that every process goes on loading it."""

from collections.abc import Collection

from msgspec import Struct

from codemods.apps.loading import app_lost, load_place
from codemods.inventory.graph import closure
from codemods.inventory.link import Inventory


class WithoutApp(Struct, frozen=True):
    """The files that can, those that have to keep it, and what loads the app for the former.

    `place` is the `__init__.py` that imports the app from now on for `lost` modules; `""` where none has to.
    """

    paths: tuple[str, ...]
    staying: tuple[str, ...] = ()
    place: str = ""
    lost: int = 0


def without_app(inventory: Inventory, app: str, paths: Collection[str]) -> WithoutApp:
    """What comes of it if none of these files imports the app for its decorators any more."""
    lost = list(app_lost(inventory, app, set(paths)))
    if not lost:
        return WithoutApp(tuple(paths))
    place = load_place(inventory, app) if inventory.settings.load_app else None
    package = inventory.project.module_of[place] if place is not None else ""
    if place is not None and not any(app_lost(inventory, app, set(paths), package)):
        return WithoutApp(tuple(paths), (), place, len(lost))
    going, staying = list(paths), list[str]()
    while lost and going:
        for path in _needed_by(inventory, lost, going):
            going.remove(path)
            staying.append(path)
        lost = list(app_lost(inventory, app, set(going)))
    return WithoutApp(tuple(going), tuple(staying))


def _needed_by(inventory: Inventory, lost: list[str], going: list[str]) -> list[str]:
    """The files whose import of the app these modules live on; all where none is seen."""
    module_of = inventory.project.module_of
    own = [path for path in going if module_of[path] in lost]
    if own:
        return _deepest(inventory, own) or own
    loaded = closure(inventory.graph, lost)
    return [path for path in going if module_of[path] in loaded] or list(going)


def _deepest(inventory: Inventory, own: list[str]) -> list[str]:
    """Those that load none of the others, whose import of the app is enough for those that load them."""
    module_of = inventory.project.module_of
    modules = {module_of[path] for path in own}
    return [
        path
        for path in own
        if closure(inventory.certain_graph, [module_of[path]]) & modules == {module_of[path]}
    ]
