"""`migrate explain roots` and `explain app`: what the reading of a project stands on, and why."""

from codemods.inventory.link import Inventory

TOPICS = {
    "roots": "Where the imports of this project start. Automatic task names depend on it.",
    "app": "The Celery apps of this project, and the one that workers run.",
}


def reasons(topic: str, inventory: Inventory) -> list[str]:
    """One line a root, or an app, each with the reason it counts; then what to type to change it."""
    if topic == "roots":
        lines = [f"{root.path or '.'}: {root.reason}" for root in inventory.roots]
        return [*lines, 'to change it: import_roots = ["folder", ""] in [tool.migrate]']
    lines = [f"{name}: {inventory.apps.reason(name)}" for name in inventory.app_names]
    current = inventory.current_app
    lines.append(
        f"workers run {current.name}: {current.reason}" if current.name else current.reason
    )
    return [*lines, 'to change it: app = "package.module:name" in [tool.migrate]']
