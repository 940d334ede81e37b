"""The task inventory report: every task, file, schedule entry and queue, and what is to be settled."""

from collections import Counter
from collections.abc import Iterator

from codemods.inventory.link import Inventory
from reports.markdown_cells import cell, code, table
from reports.page import queue_rows
from reports.progress import mixed_files
from reports.task_list import task_list


def inventory_report(name: str, short: str, inventory: Inventory) -> str:
    """The inventory of one revision as Markdown."""
    tasks = task_list(inventory).replace("# Celery tasks\n", _title(name, short), 1).rstrip("\n")
    parts = [tasks]
    for lines in (_files(inventory), _queues(inventory), _beat(inventory), _open(inventory)):
        parts.append("\n".join(lines))
    return "\n\n".join(part for part in parts if part) + "\n"


def _title(name: str, short: str) -> str:
    return f"# {cell(name)}: task inventory at `{short}`\n"


def _files(inventory: Inventory) -> Iterator[str]:
    counts = Counter(task.path for task in inventory.tasks)
    if not counts:
        return
    yield "## Files\n"
    gods, mixed = set(inventory.god_files), set(mixed_files(inventory))
    rows = [
        (
            code(path),
            count,
            f"{inventory.facts[path].lines:,}",
            ", ".join(
                w for w, of in (("god file", gods), ("both decorators", mixed)) if path in of
            ),
        )
        for path, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    yield from table(("file", "tasks", "lines", ""), rows, "lrrl")


def _queues(inventory: Inventory) -> Iterator[str]:
    rows = [(code(row.queue), row.tasks) for row in queue_rows(inventory)]
    if rows:
        yield "## Queues\n"
        yield from table(("queue", "task names"), rows, "lr")


def _beat(inventory: Inventory) -> Iterator[str]:
    if not inventory.beat:
        return
    yield "## Schedule\n"
    rows = [
        (
            code(entry.key or "(computed)"),
            code(entry.task or "(computed)"),
            code(f"{entry.path}:{entry.line}"),
            "no task has this name" if entry.orphan else "",
        )
        for entry in inventory.beat
    ]
    yield from table(("entry", "task", "place", ""), rows, "llll")


def _open(inventory: Inventory) -> Iterator[str]:
    """What the source alone does not tell, and names that no sender would guess."""
    named = sorted(name for name in inventory.names if name.endswith("()"))
    rows = [(code(name), "a name with ()") for name in named]
    rows += [(code(f"{i.path}:{i.line}"), cell(i.text)) for i in inventory.not_understood]
    rows += [
        (code(f.path), cell(f.error.message)) for f in inventory.unparsed if f.error is not None
    ]
    if rows:
        yield "## To settle\n"
        yield from table(("what", "why"), rows, "ll")
