"""The list of all tasks as Markdown, which `celery-audit --generate-report` writes."""

from codemods.inventory.link import Inventory
from codemods.notes.visible import visible
from reports.progress import measure, percent
from reports.words import plural


def task_list(inventory: Inventory) -> str:
    """The inventory as Markdown: figures, every task with its place, duplicates."""
    figures = measure(inventory)
    total, unique = figures.task_definitions, figures.unique_tasks
    lines = [
        "# Celery tasks",
        "",
        f"{total} {plural(total, 'definition')} of {unique} {plural(unique, 'task')}, {percent(figures)} by `@shared_task`, {figures.duplicated_names} defined more than once.",
        "",
        "| task | defined at | by | queue |",
        "|---|---|---|---|",
    ]
    for task in sorted(inventory.tasks, key=lambda task: (task.name or "", task.path)):
        name = task.name or task.like or "(computed)"
        queue = (inventory.routed(task.name) if task.name else None) or ""
        row = f"| `{name}` | {task.path}:{task.line} | {task.decorator} | {queue} |"
        lines.append(visible(row))
    if inventory.duplicates:
        lines += ["", "## Defined more than once", ""]
        for group in inventory.duplicates:
            places = ", ".join(f"{copy.path}:{copy.line}" for copy in group.copies)
            lines.append(visible(f"- `{group.name}` ({group.difference}): {places}"))
    return "\n".join(lines) + "\n"
