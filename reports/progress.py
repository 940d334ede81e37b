"""The measures of one revision, counted on the syntax tree."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from codemods.inventory.gathered import GOD_FILE_TASKS
from codemods.inventory.link import Inventory
from codemods.settings import Targets
from codemods.values import Note
from reports.words import plural


class Metrics(Struct, frozen=True):
    """The figures of one revision. Counts but for `shared_task_percent` (0 to 100)."""

    task_definitions: int
    unique_tasks: int
    duplicated_names: int
    duplicate_definitions: int
    shared_task: int
    app_task: int
    other_task: int
    shared_task_percent: float
    god_file_lines: int
    god_file_tasks: int
    names_with_parentheses: int
    mixed_decorator_files: int
    beat_entries: int
    orphaned_beat_entries: int
    beat_sources: int
    """The schedules of one app, of the one that has most."""
    unrouted_tasks: int
    aliases: int
    unparsed_files: int
    notes: int
    not_understood: int = 0


class Progress(Struct, frozen=True):
    """One revision's measures, and the step that made it, if one did."""

    revision: str
    date: datetime
    step: str | None
    metrics: Metrics


def measure(
    inventory: Inventory, god_files: Iterable[str] | None = None, notes: Iterable[Note] = ()
) -> Metrics:
    """The figures of an inventory; `god_files` are those of the base, so that lines keep falling."""
    tasks = inventory.tasks
    shared = sum(task.decorator == "shared_task" for task in tasks)
    app = sum(task.decorator == "app.task" for task in tasks)
    old = sum(task.old for task in tasks)
    # A name computed at run time can't be known to equal another, so it counts as one of its own.
    unique = len(inventory.names) + sum(task.name is None for task in tasks)
    gods = inventory.god_files if god_files is None else inventory.standing(god_files)
    return Metrics(
        task_definitions=len(tasks),
        unique_tasks=unique,
        duplicated_names=len(inventory.duplicates),
        duplicate_definitions=len(tasks) - unique,
        shared_task=shared,
        app_task=app,
        other_task=len(tasks) - shared - app,
        shared_task_percent=round(100 * shared / (shared + app + old), 2)
        if shared + app + old
        else 100.0,
        god_file_lines=sum(inventory.facts[path].lines for path in gods if path in inventory.facts),
        god_file_tasks=sum(task.path in gods for task in tasks),
        names_with_parentheses=sum(name.endswith("()") for name in inventory.names),
        mixed_decorator_files=len(mixed_files(inventory)),
        beat_entries=len(inventory.beat),
        orphaned_beat_entries=sum(entry.orphan for entry in inventory.beat),
        beat_sources=max(map(len, inventory.schedules_by_app.values()), default=0),
        unrouted_tasks=sum(inventory.routed(name) is None for name in inventory.names),
        aliases=len(inventory.aliases),
        unparsed_files=len(inventory.unparsed),
        notes=len({*inventory.notes, *notes}),
        not_understood=len(inventory.not_understood),
    )


def mixed_files(inventory: Inventory) -> list[str]:
    """Files that declare tasks both ways."""
    kinds: dict[str, set[str]] = {}
    for task in inventory.tasks:
        kinds.setdefault(task.path, set()).add(task.decorator)
    return sorted(path for path, found in kinds.items() if {"shared_task", "app.task"} <= found)


NONE = "-"
"""A target, or a share, that there is none of."""


class Aim(Struct, frozen=True):
    """One line of the report: a figure, its target (`-`: none), and how near it is (0 to 1)."""

    label: str
    now: str
    target: str
    share: float
    reached: bool


def percent(metrics: Metrics) -> str:
    """The share of `@shared_task` as pages show it: `-` where there is no task to have one."""
    nothing = not (metrics.task_definitions or metrics.not_understood)
    return NONE if nothing else f"{metrics.shared_task_percent:.1f} %"


def has_tasks(inventory: Inventory) -> bool:
    """Whether there is a task, or anything that may be one or schedule one."""
    return bool(inventory.tasks or inventory.not_understood)


def aims_of(
    inventory: Inventory, metrics: Metrics, targets: Targets, god_files: list[str]
) -> list[Aim]:
    """The figures with their targets; without any in a project without tasks, where nothing is reached."""
    found = aims(metrics, targets, god_files)
    # Lines that went from a god file may have made another file as long.
    other = largest_file(inventory, god_files) if god_files else None
    if other is not None and inventory.facts[other].lines >= targets.god_file_lines:
        found.insert(2, _lines_aim(other, inventory.facts[other].lines, targets, sure=True))
    if has_tasks(inventory):
        return found
    return [replace(aim, target=NONE, share=0.0, reached=False) for aim in found]


def largest_file(inventory: Inventory, god_files: Iterable[str]) -> str | None:
    """The longest file of tasks beside the god files: one that is named for them, or has as many as a god file."""
    counts = Counter(task.path for task in inventory.tasks)
    for path in inventory.standing(god_files):
        counts.pop(path, None)
    own = [
        p for p, n in counts.items() if n >= GOD_FILE_TASKS or "task" in "/".join(p.split("/")[-2:])
    ]
    return max(sorted(own), key=lambda path: inventory.facts[path].lines, default=None)


def _lines_aim(label: str, lines: int, targets: Targets, *, sure: bool) -> Aim:
    """The line of a file, or of several, that should be short."""
    return Aim(
        label,
        f"{lines:,} {plural(lines, 'line')}",
        f"< {targets.god_file_lines:,}",
        min(1.0, targets.god_file_lines / lines) if lines else 1.0,
        lines < targets.god_file_lines and sure,
    )


def aims(metrics: Metrics, targets: Targets, god_files: list[str]) -> list[Aim]:
    """The figures that have targets, in the order that people ask for them.

    None counts as reached while something may be a task and could not be understood.
    """
    share = metrics.shared_task_percent
    sure = not metrics.not_understood
    found = [
        Aim(
            "shared_task",
            percent(metrics),
            f"> {targets.shared_task_percent:g} %",
            share / 100,
            share >= targets.shared_task_percent and sure,
        )
    ]
    if god_files:
        label = god_files[0] if len(god_files) == 1 else f"{len(god_files)} god files"
        found.append(_lines_aim(label, metrics.god_file_lines, targets, sure=sure))
    counts = [
        ("names defined twice", metrics.duplicated_names, targets.duplicated_names),
        ("names with ()", metrics.names_with_parentheses, targets.names_with_parentheses),
        (
            "beat entries pointing at nothing",
            metrics.orphaned_beat_entries,
            targets.orphaned_beat_entries,
        ),
    ]
    if metrics.beat_entries:
        counts.append(("beat schedules", metrics.beat_sources, targets.beat_sources))
    if targets.unrouted_tasks is not None:
        counts.append(("tasks without a route", metrics.unrouted_tasks, targets.unrouted_tasks))
    for label, value, target in counts:
        found.append(
            Aim(
                label,
                f"{value:,}",
                f"{target:,}",
                1.0 if value <= target else 0.0,
                value <= target and sure,
            )
        )
    return found
