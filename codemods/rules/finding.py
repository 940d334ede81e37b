"""What breaks each rule, told from declarations alone."""

from collections.abc import Iterator

from codemods.apps.sharing import unsafe
from codemods.inventory.expiry import may_expire
from codemods.inventory.facts import read_facts
from codemods.inventory.timetable import orphan_cause
from codemods.rules.values import Ground

Found = Iterator[tuple[str, int, str, str]]


def bound_to_an_app(ground: Ground) -> Found:
    """Tasks that belong to one app, but for those that the configuration lets be."""
    for task in ground.inventory.tasks:
        excused = ground.inventory.settings.exception_for(task.path, "app.task")
        if task.decorator == "app.task" and not excused:
            message = f"{task.qualname} is bound to one app: use @shared_task"
            why = unsafe(ground.inventory, task, ground.inventory.project.resolve(task.app))
            if why is not None:
                message = f"{message}, which takes more than that: it {why}"
            yield task.path, task.line, message, task.qualname


def defined_twice(ground: Ground) -> Found:
    """Each task that is defined in several places; a finding at each but the first."""
    for group in ground.inventory.duplicates:
        first = group.copies[0]
        for copy in group.copies[1:]:
            message = f'"{group.name}" is defined at {first.path}:{first.line} too ({group.difference}): which one runs is undefined'
            yield copy.path, copy.line, message, group.name


def declared_both_ways(ground: Ground) -> Found:
    """Files with tasks of both decorators, at the first one of an app."""
    kinds: dict[str, dict[str, int]] = {}
    for task in sorted(ground.inventory.tasks, key=lambda task: (task.path, task.line)):
        kinds.setdefault(task.path, {}).setdefault(task.decorator, task.line)
    for path, lines in sorted(kinds.items()):
        if {"shared_task", "app.task"} <= lines.keys():
            yield (
                path,
                lines["app.task"],
                "the file declares tasks by @app.task and by @shared_task",
                "",
            )


def not_understood(ground: Ground) -> Found:
    """What may declare a task and can't be read as one."""
    for item in ground.inventory.not_understood:
        message = f"this may declare a task and is not understood: {item.text}"
        yield item.path, item.line, message, item.text


def named_with_parentheses(ground: Ground) -> Found:
    """Tasks whose name ends in `()`."""
    for task in ground.inventory.tasks:
        if task.name is not None and task.name.endswith("()"):
            message = (
                f'beat entries and routes by function name miss "{task.name}": take the () out'
            )
            yield task.path, task.line, message, task.name


def pointing_at_nothing(ground: Ground) -> Found:
    """Beat entries whose task nothing registers."""
    for entry in ground.inventory.beat:
        if entry.orphan:
            cause = orphan_cause(entry, ground.inventory.known_names)
            yield entry.path, entry.line, cause, entry.key or cause


def beside_another_schedule(ground: Ground) -> Found:
    """Schedules beside that of the same app in the first file; several in one file may be parts of one.

    Calls of `add_periodic_task` add to whatever schedule there is, and replace none.
    """
    lines: dict[tuple[str, str], int] = {}
    for entry in ground.inventory.beat:
        lines.setdefault((entry.path, entry.holder), entry.line)
    for places in ground.inventory.schedules_by_app.values():
        holders: dict[str, str] = {}
        for path, holder in sorted(places, key=lambda place: (place[0], lines[place])):
            if holder != "add_periodic_task":
                holders.setdefault(path, holder)
        first, *others = [*holders] or [""]
        for path in others:
            message = f"{holders[path]} is another beat schedule beside that of {first}: keep all entries in one"
            yield path, lines[path, holders[path]], message, holders[path]


def waiting_for_ever(ground: Ground) -> Found:
    """Beat entries of the project's tasks that nothing gives an expiry."""
    for entry in ground.inventory.beat:
        if entry.state == "known" and entry.in_force is not False:
            if not may_expire(ground.inventory, entry):
                name = entry.key or entry.task or ""
                message = f'"{name}" has no expires: its messages pile up while no worker is free'
                yield entry.path, entry.line, message, name


OWN_QUEUE = ("queue", "exchange", "routing_key", "**")
"""How options begin that say where a task goes; what is behind `**x` may say so too."""


def without_a_route(ground: Ground) -> Found:
    """Tasks that neither their decorator nor a route gives a queue."""
    for task in ground.inventory.tasks:
        if task.name is None or any(option.startswith(OWN_QUEUE) for option in task.options):
            continue
        if ground.inventory.routed(task.name) is None:
            yield task.path, task.line, f'no route gives "{task.name}" a queue', task.name


def new_in_a_god_file(ground: Ground) -> Found:
    """Tasks in a god file that were not there before."""
    for path in ground.inventory.god_files:
        before = ground.before(path)
        if before == ground.inventory.files.read(path):
            continue
        known = (
            {function.name for function in read_facts(path, before).functions} if before else set()
        )
        for task in ground.inventory.tasks:
            if task.path == path and task.qualname not in known:
                message = f"{task.qualname} is new in a god file: put it in a file of its domain"
                yield path, task.line, message, task.qualname


def too_much_in_a_file(ground: Ground) -> Found:
    """God files."""
    for path in ground.inventory.god_files:
        count = sum(task.path == path for task in ground.inventory.tasks)
        lines = ground.inventory.facts[path].lines
        yield path, 1, f"{count} tasks in {lines:,} lines: take it apart by domain", ""


def nothing(ground: Ground) -> Found:  # noqa: ARG001 - remarks are looked at once all rules have been
    """Nothing: these rules are about the remarks that ignore others."""
    yield from ()
