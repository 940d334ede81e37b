"""`celery-audit`: the tasks of a project as its source declares them, for people, scripts and hooks.

Reads files as they lie there; needs no settings, no Django, and nothing of the project installed.
"""

import argparse
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from codemods.inventory.declared import load_declared
from codemods.inventory.facts import read_facts
from codemods.inventory.link import Inventory
from codemods.inventory.timetable import orphan_cause
from codemods.notes.visible import visible, visible_lines
from codemods.snapshot import snapshot_of
from codemods.values import Note
from migrate.config import read_settings
from migrate.errors import MigrateError
from migrate.git.committed import committed, common_dir
from migrate.memory import collect_rarely
from migrate.reading import FactReader
from migrate.writing import write_file
from reports.progress import measure, percent
from reports.words import plural

REPORT = "CELERY_TASK_INVENTORY_REPORT.md"
SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "build", "dist"})
RULES = (
    "orphaned-tasks",
    "forbidden-decorators",
    "parentheses",
    "second-schedule",
    "god-file",
    "duplicates",
)


def main() -> int:
    """The exit code: 0, 1 with findings, 2 for wrong words, 3 where writing is not safe."""
    options = _arguments()
    folder = Path(options.project)
    if not folder.is_dir():
        sys.stderr.write(f"'{folder}' is no folder. Give the project's root: --project DIR\n")
        return 2
    try:
        return tell(options, read_project(folder), folder)
    except MigrateError as error:
        sys.stderr.write(f"{visible_lines(str(error))}\n")
        return error.exit_code


def tell(options: argparse.Namespace, inventory: Inventory, folder: Path) -> int:
    """Prints or writes what was asked for; the exit code."""
    for facts in inventory.unparsed:
        assert facts.error is not None
        where = f"{facts.path}:{facts.error.line}"
        unknown = "" if facts.is_read else "its tasks are unknown: "
        sys.stderr.write(f"{visible(where)}: {unknown}{facts.error.message}\n")
    if options.duplicates_only:
        return _told(list(duplicates(inventory)), f"{_tasks(inventory)}, none defined twice")
    if options.rules is not None:
        wanted = options.rules or list(RULES)
        found = [note for rule in wanted for note in findings(rule, inventory, folder)]
        return _told(
            found, f"{_tasks(inventory)}, {len(wanted)} {plural(len(wanted), 'rule')} kept"
        )
    text = report(inventory)
    if options.generate_report:
        target = folder / options.out
        write_file(target, text.encode("utf-8", "replace"), folder)
        sys.stdout.write(f"{target}: {_tasks(inventory)}\n")
    else:
        sys.stdout.write(text)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="celery-audit", description=__doc__)
    parser.add_argument("--project", default=".", help="the project's root (the current folder)")
    parser.add_argument("--generate-report", action="store_true", help=f"writes {REPORT}")
    parser.add_argument("--out", default=REPORT, help="another file for the report")
    parser.add_argument(
        "--duplicates-only", action="store_true", help="exit 1 if a task is defined twice"
    )
    parser.add_argument(
        "--rules",
        nargs="*",
        choices=RULES,
        metavar="RULE",
        help=f"exit 1 if a rule is broken: {', '.join(RULES)}",
    )
    return parser.parse_args()


def read_project(folder: Path) -> Inventory:
    """The inventory of the files below a folder, hidden and installed ones left out."""
    snapshot = snapshot_of(dict(sorted(_python_files(os.fspath(folder)))))
    settings = read_settings(snapshot, folder)
    reader = FactReader(common_dir(folder), limits=settings.limits, project=folder)
    try:
        return load_declared(snapshot, settings, reader.read, reader.tree)
    finally:
        reader.close()


def _python_files(top: str) -> Iterator[tuple[str, bytes]]:
    """Each file's path in the project and content; without `Path`, which takes its time for thousands."""
    for parent, folders, names in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in SKIPPED]
        if "pyvenv.cfg" in names:
            folders.clear()
            continue
        for name in names:
            if name.endswith(".py"):
                path = f"{parent}/{name}"
                if not os.path.isfile(path):  # noqa: PTH113 - a link to a device would never end
                    continue
                with open(path, "rb") as file:  # noqa: PTH123
                    yield path[len(top) + 1 :], file.read()


def _tasks(inventory: Inventory) -> str:
    count = measure(inventory).unique_tasks
    return f"{count} {plural(count, 'task')}"


def _told(found: list[Note], otherwise: str) -> int:
    for note in found:
        sys.stdout.write(visible(f"{note.path}:{note.line}: {note.code}: {note.message}") + "\n")
    if not found:
        sys.stdout.write(f"{otherwise}\n")
    return 1 if found else 0


def findings(rule: str, inventory: Inventory, folder: Path) -> Iterator[Note]:
    """What breaks one of the rules."""
    if rule == "duplicates":
        yield from duplicates(inventory)
    elif rule == "orphaned-tasks":
        for entry in inventory.beat:
            if entry.orphan:
                cause = orphan_cause(entry, inventory.known_names)
                yield Note(entry.path, entry.line, rule, cause)
    elif rule == "forbidden-decorators":
        for task in inventory.tasks:
            if task.decorator == "app.task" and not inventory.settings.exception_for(
                task.path, "app.task"
            ):
                message = f"{task.qualname} is bound to one app: use @shared_task"
                yield Note(task.path, task.line, rule, message)
    elif rule == "parentheses":
        for task in inventory.tasks:
            if task.name is not None and task.name.endswith("()"):
                message = (
                    f'beat entries and routes by function name miss "{task.name}": take the () out'
                )
                yield Note(task.path, task.line, rule, message)
    elif rule == "second-schedule":
        yield from _second_schedules(inventory)
    else:
        yield from _new_in_god_files(inventory, folder)


def duplicates(inventory: Inventory) -> Iterator[Note]:
    """Each task that is defined in several places; a finding at each but the first."""
    for group in inventory.duplicates:
        first = group.copies[0]
        for copy in group.copies[1:]:
            message = f'"{group.name}" is defined at {first.path}:{first.line} too ({group.difference}): which one runs is undefined'
            yield Note(copy.path, copy.line, "duplicates", message)


def _second_schedules(inventory: Inventory) -> Iterator[Note]:
    """Schedules beside that of the first file; several in one file may be parts of one."""
    places: dict[str, tuple[int, str]] = {}
    for entry in inventory.beat:
        places.setdefault(entry.path, (entry.line, entry.holder))
    first, *others = [*sorted(places.items())] or [("", (0, ""))]
    for path, (line, holder) in others:
        message = (
            f"{holder} is another beat schedule beside that of {first[0]}: keep all entries in one"
        )
        yield Note(path, line, "second-schedule", message)


def _new_in_god_files(inventory: Inventory, folder: Path) -> Iterator[Note]:
    """Tasks in a god file that were not there at the last commit."""
    for path in inventory.god_files:
        before = committed(folder, path)
        if before == inventory.files.read(path):
            continue
        known = (
            {function.name for function in read_facts(path, before).functions} if before else set()
        )
        for task in inventory.tasks:
            if task.path == path and task.qualname not in known:
                message = f"{task.qualname} is new in a god file: put it in a file of its domain"
                yield Note(path, task.line, "god-file", message)


def report(inventory: Inventory) -> str:
    """The inventory as Markdown: figures, every task with its place, duplicates."""
    figures = measure(inventory)
    total = figures.task_definitions
    lines = [
        "# Celery tasks",
        "",
        f"{total} {plural(total, 'definition')} of {_tasks(inventory)}, {percent(figures)} by `@shared_task`, {figures.duplicated_names} defined more than once.",
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


def start() -> None:
    """The console script."""
    collect_rarely()
    warnings.simplefilter("ignore", SyntaxWarning)
    sys.exit(main())
