"""Which modules would lose the Celery app, and the package whose `__init__.py` can import it for them."""

import ast
from collections.abc import Iterable, Iterator

from codemods.apps.environments import lacks_celery
from codemods.apps.uses import Uses
from codemods.inventory.graph import AT_IMPORT, CERTAIN, closure, graph_without, no_longer_reaching
from codemods.inventory.import_time import import_time_nodes
from codemods.inventory.link import Inventory
from codemods.inventory.starts import settings_modules
from codemods.inventory.testing import is_test
from codemods.inventory.walking import children

SENDING = frozenset({"send", "send_task", "signature", "canvas"})
PATCHING = ("patch_", "monkey_patch")
"""How functions begin that put gevent or eventlet into other libraries: `patch_all`, `patch_psycopg`."""
LOCAL = "celery_app"
"""The name by which a package has its app."""


def app_lost(
    inventory: Inventory, app: str, converted: set[str], package: str = ""
) -> Iterator[str]:
    """The modules that send or hold tasks and would no longer load the app, or no longer for sure.

    `package` is one that imports the app from now on.
    """
    module, project = inventory.project.split(app)[0], inventory.project
    gone = {path: _app_names(inventory, path, app) for path in sorted(converted)}
    lost: set[str] = set()
    for before, guards in ((inventory.graph, AT_IMPORT), (inventory.certain_graph, CERTAIN)):
        after = graph_without(before, project, gone, guards)
        if package:
            after = {**after, package: frozenset({*after[package], module})}
        starts = inventory.always_starts
        lost |= no_longer_reaching((before, starts), (after, starts), module)
    holding = converted | {task.path for task in inventory.tasks}
    for path, facts in inventory.facts.items():
        if is_test(path) or not (path in holding or any(c.kind in SENDING for c in facts.calls)):
            continue
        if project.module_of[path] in lost:
            yield project.module_of[path]


def _app_names(inventory: Inventory, path: str, app: str) -> set[str]:
    """The names by which a file reaches the app, and that it needs for nothing else."""
    tree = inventory.tree(path)
    assert tree is not None  # a file that does not parse keeps its decorators
    uses = Uses(tree, path, app, set(), inventory.project)
    return {use.root for use in uses.found} - uses.reads


def load_place(inventory: Inventory, app: str) -> str | None:
    """The `__init__.py` that every process loads and that can import the app."""
    fit = (p for p in _packages(inventory, app) if not _unfit(inventory, p, app))
    return next((inventory.project.path_of[package] for package in fit), None)


def by_hand(inventory: Inventory, app: str) -> str:
    """What a person can do where no package can import the app as it is."""
    module, name = inventory.project.split(app)
    local = LOCAL if name[0] == LOCAL else f"{name[0]} as {LOCAL}"
    line = f"from {module} import {local}"
    reasons = {package: _unfit(inventory, package, app) for package in _packages(inventory, app)}
    shown = "; ".join(f"{package} {why}" for package, why in reasons.items() if why)
    place = "in a module that every process imports" + (f" ({shown})" if shown else "")
    if not inventory.settings.load_app and not all(reasons.values()):
        package = next(package for package, why in reasons.items() if not why)
        place = f"in {inventory.project.path_of[package]}"
    return f"Write {line} {place}"


def _packages(inventory: Inventory, app: str) -> Iterable[str]:
    """The package above the app, and the one that holds a Django project's settings."""
    project = inventory.project
    module = project.split(app)[0]
    tops = {name.partition(".")[0] for name in settings_modules(project)}
    own = module.partition(".")[0]
    candidates = [own] if own != module else []
    if len(tops) == 1:
        candidates.extend(tops - {own})
    return [name for name in candidates if name in project.path_of]


def _unfit(inventory: Inventory, package: str, app: str) -> str:
    """Why a package's `__init__.py` can't import the app, or `""`."""
    module = inventory.project.split(app)[0]
    path = inventory.project.path_of[package]
    facts = inventory.facts[path]
    loaded = closure(inventory.explicit_graph, [module])
    if not path.endswith("__init__.py"):
        return "is no package"
    if facts.error is not None:
        return "can't be read"
    if inventory.is_django and package not in inventory.loaded_always:
        return "is not loaded by every process"
    if LOCAL in facts.bindings:
        return f"has another {LOCAL}"
    if package in loaded:
        return "is imported by the app itself"
    others = len(loaded - {module})
    if not inventory.is_django and others:
        # Who only wants the package would run all of them: connections are opened, settings read.
        return f"would load {others} more of the project's modules in every process"
    lacking = lacks_celery(inventory, package, module)
    if lacking:
        return lacking
    patching = _patches(inventory, module)
    if patching:
        return f"would run {patching}() of the app's module in every process"
    # Django refuses models before its apps are ready.
    if inventory.is_django and any(f"{name}.".count(".models.") for name in loaded):
        return "is imported before the models that the app imports can be"
    if _is_loaded_by_settings(inventory, package) and _reads_settings(inventory, module):
        return "is imported by the settings, which are half made then, and the app reads them"
    return ""


def _patches(inventory: Inventory, module: str) -> str:
    """What an app's module calls to patch libraries, which other processes may not want; `""` for nothing."""
    tree = inventory.tree(inventory.project.path_of[module])
    calls = (
        (n.func for n in import_time_nodes(tree.body) if isinstance(n, ast.Call)) if tree else ()
    )
    words = (ast.unparse(function).rpartition(".")[2] for function in calls)
    return next((word for word in words if word.startswith(PATCHING)), "")


def _is_loaded_by_settings(inventory: Inventory, package: str) -> bool:
    """Whether a module of settings has begun to run when it imports a package, or is that package."""
    project = inventory.project
    settings = set(settings_modules(project))
    for path, name in project.module_of.items():
        if any(project.canonical(star) in settings for star in inventory.facts[path].stars):
            settings.add(name)
    outside = [name for name in sorted(settings) if not name.startswith(package + ".")]
    return package in closure(inventory.graph, outside)


def _reads_settings(inventory: Inventory, module: str) -> bool:
    """Whether importing a module reads Django's settings; what a lambda reads is read later."""
    return any(
        _has_settings(inventory, inventory.project.path_of[name], own=name == module)
        for name in closure(inventory.graph, [module])
    )


def _has_settings(inventory: Inventory, path: str, *, own: bool) -> bool:
    """Whether a file reads the settings while it is imported; the app's own file also in functions."""
    names = {
        item.alias
        for item in inventory.facts[path].imports
        if (item.module, item.name) == ("django.conf", "settings")
    }
    tree = inventory.tree(path) if names else None
    if tree is None:
        return False
    nodes = _outside_lambdas(tree) if own else import_time_nodes(tree.body)
    return any(isinstance(node, ast.Name) and node.id in names for node in nodes)


def _outside_lambdas(tree: ast.Module) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.Lambda):
            yield node
            waiting.extend(children(node))
