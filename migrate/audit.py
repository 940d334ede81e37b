"""`celery-audit`: the tasks of a project as its source declares them, for people, scripts and hooks.

Reads files as they lie there; needs no settings, no Django, and nothing of the project installed.
"""

import argparse
import sys
import warnings
from pathlib import Path

from codemods.inventory.link import Inventory
from codemods.notes.visible import visible, visible_lines
from codemods.rules.table import BY_CODE, BY_NAME, REASON, TABLE, UNUSED
from codemods.rules.values import Finding
from migrate.checking.reading import read_project
from migrate.checking.run import findings, ground_of
from migrate.errors import MigrateError
from migrate.memory import collect_rarely
from migrate.writing import write_file
from reports.progress import measure
from reports.task_list import task_list
from reports.words import plural

REPORT = "CELERY_TASK_INVENTORY_REPORT.md"
RULES = tuple(rule.name for rule in TABLE if rule.on and rule.code not in {REASON, UNUSED})
"""The rules that are on, without those about remarks."""


def main() -> int:
    """The exit code: 0, 1 with findings, 2 for wrong words, 3 where writing is not safe."""
    options = arguments()
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
    ground = ground_of(inventory, folder)
    if options.duplicates_only:
        found = findings(ground, [BY_NAME["duplicates"]])
        return _told(found, f"{_tasks(inventory)}, none defined twice")
    if options.rules is not None:
        wanted = options.rules or list(RULES)
        found = [item for name in wanted for item in findings(ground, [BY_NAME[name]])]
        return _told(
            found, f"{_tasks(inventory)}, {len(wanted)} {plural(len(wanted), 'rule')} kept"
        )
    text = task_list(inventory)
    if options.generate_report:
        target = folder / options.out
        write_file(target, text.encode("utf-8", "replace"), folder)
        sys.stdout.write(f"{target}: {_tasks(inventory)}\n")
    else:
        sys.stdout.write(text)
    return 0


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """What a command line asks for; without `words` the one that was typed."""
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
    return parser.parse_args(words)


def _tasks(inventory: Inventory) -> str:
    count = measure(inventory).unique_tasks
    return f"{count} {plural(count, 'task')}"


def _told(found: list[Finding], otherwise: str) -> int:
    for item in found:
        name = BY_CODE[item.code].name
        sys.stdout.write(visible(f"{item.path}:{item.line}: {name}: {item.message}") + "\n")
    if not found:
        sys.stdout.write(f"{otherwise}\n")
    return 1 if found else 0


def start() -> None:
    """The console script."""
    collect_rarely()
    warnings.simplefilter("ignore", SyntaxWarning)
    sys.exit(main())
