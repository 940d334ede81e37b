"""What breaks the rules on a project's Celery apps."""

from codemods.inventory.facts import read_facts
from codemods.inventory.link import Inventory
from codemods.inventory.testing import is_test
from codemods.rules.finding import Found
from codemods.rules.values import Ground


def beside_another_app(ground: Ground) -> Found:
    """Celery apps beside the one that workers run, or beside the first where that is not known."""
    inventory = ground.inventory
    main = next(
        (name for name in inventory.app_names if name == inventory.current_app.name),
        next(iter(inventory.app_names), ""),
    )
    for dotted in inventory.app_names:
        binding = inventory.project.binding(dotted)
        if dotted != main and binding is not None:
            path = inventory.project.path_of[inventory.project.split(dotted)[0]]
            yield path, binding.line, f"{dotted} is another Celery app beside {main}", dotted


def importing_the_app(ground: Ground) -> Found:
    """Imports of a Celery app outside of its own package, but for files that the configuration lets be."""
    inventory = ground.inventory
    apps = set(inventory.app_names)
    for path in inventory.facts:
        if is_test(path) or inventory.settings.exception_for(path, "app.task"):
            continue
        names = {name for name in _imported(inventory, path) if name in apps}
        if not names or all(_folder(inventory, name) == path.rpartition("/")[0] for name in names):
            continue
        # Facts of a glance have no lines, and a file that does not parse has only its headers.
        whole = read_facts(path, inventory.files.read(path)).imports
        for item in whole or inventory.facts[path].imports:
            dotted = inventory.project.resolve(f"{item.module}.{item.name}")
            if dotted in names:
                message = f"this imports the Celery app {dotted}: declare tasks by @shared_task, and let celery.current_app stand for the app"
                yield path, item.line or 1, message, f"{dotted} as {item.alias}"


def _imported(inventory: Inventory, path: str) -> set[str]:
    return {
        inventory.project.resolve(f"{item.module}.{item.name}")
        for item in inventory.facts[path].imports
        if item.name
    }


def _folder(inventory: Inventory, dotted: str) -> str:
    """The folder of the module that makes an app."""
    module = inventory.project.split(dotted)[0]
    return inventory.project.path_of[module].rpartition("/")[0]
