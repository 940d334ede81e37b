"""What a page says of a project without tasks: what was looked for, and what may be wrong."""

from collections.abc import Iterator

from codemods.inventory.link import Inventory
from reports.progress import has_tasks
from reports.words import plural


def absent_lines(inventory: Inventory) -> Iterator[str]:
    """Nothing where there are tasks; else that there are none, and the settings that may hide them."""
    if has_tasks(inventory):
        return
    files, settings = len(inventory.facts), inventory.settings
    app = "" if inventory.app_names else "no app (Celery(...)), "
    yield (
        f"no Celery tasks found: {app}no task (@shared_task, @app.task, a task class, a registration)"
        f" and nothing that may be one, in {files:,} Python {plural(files, 'file')}"
    )
    roots = ", ".join(root.path or "." for root in inventory.roots)
    left_out = ", ".join(settings.exclude) or "nothing"
    yield (
        "If there should be some, check the folder and the branch, and in [tool.migrate]"
        f" import_roots (imports start from {roots}), exclude ({left_out} is left out)"
        f" and app ({settings.app or 'not set'})"
    )
