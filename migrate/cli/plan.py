"""`migrate plan`: what is there, what each step would do, and a plan that a person may edit."""

import time
from pathlib import Path
from typing import Annotated

import typer

from migrate.cli import completing
from migrate.cli.ahead import keep_status
from migrate.cli.bar import progress
from migrate.cli.console import JsonOption, err, print_json, print_lines, print_text, prose, shown
from migrate.cli.notes import check_code, listed
from migrate.cli.options import AcceptOption, TrustOption, consent
from migrate.cli.plan_screen import show
from migrate.cli.speaking import ProjectOption
from migrate.diffs import unified
from migrate.errors import UsageError
from migrate.output import plan_out
from migrate.plans.page import plan_page
from migrate.plans.planning import Wanted, planned
from migrate.plans.replanning import Earlier
from migrate.project import Project, opened
from migrate.trust import waits
from reports.words import plural


def command(
    code: Annotated[
        str,
        typer.Argument(
            metavar="CODE",
            autocompletion=completing.codes,
            help="With --notes: only the notes of this kind.",
        ),
    ] = "",
    project: ProjectOption = Path(),
    out_file: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the plan there.")
    ] = None,
    rev: Annotated[
        str, typer.Option("--rev", metavar="REV", help="Plan for this revision.")
    ] = "HEAD",
    check: Annotated[
        bool, typer.Option("--check", help="Exit 1 if anything would change; write nothing.")
    ] = False,
    accept: AcceptOption = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Drop the edits of the plan; its old file is kept.")
    ] = False,
    trust: TrustOption = False,
    live: Annotated[
        bool, typer.Option("--live", help="Ask running workers which copy of a task they have.")
    ] = False,
    python: Annotated[
        Path | None,
        typer.Option("--python", metavar="PATH", help="The project's own interpreter, for --live."),
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show what would change.")] = False,
    notes: Annotated[
        bool, typer.Option("--notes", help="Show every note, or those of one kind.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Show the page with all details, however long.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Inventories, decides, runs every step in memory, and writes .migrate/plan.toml."""
    if code:
        check_code(code, notes=notes)
    started = time.monotonic()
    with (
        progress() as bar,
        opened(project, rev, bar.advance, consent(bar, trust), bar.step) as found,
    ):
        if live:
            bar.tell("asking the workers")
            ask(found, python)
        wanted = Wanted(rev, out_file, accept, fresh, writes=not check)
        plan = planned(found, wanted, started)
        page = plan_page(found, plan)
        keep_status(found)
    if not fresh:
        tell_edits(plan.earlier, plan.lost, out_file)
    if as_json:
        print_json(plan_out(plan.revision, plan.inventory, plan.runs, plan.trees, plan.notes))
    elif diff:
        print_text(
            "".join(unified(f"{run.step.name}: {run.step.does}", run.changes) for run in plan.runs)
        )
    elif notes:
        print_lines(listed(plan.notes, code))
    else:
        show(prose(), page, everything=everything)
    return 1 if check and (waits(plan.notes) or plan.changes) else 0


def tell_edits(earlier: Earlier, lost: list[str], path: Path | None) -> None:
    """Says on stderr what became of a person's edits of the plan."""
    name = shown(str(path or ".migrate/plan.toml"))
    if earlier.plan is not None:
        err().print(f"your edits of {name} stay; to decide everything again: migrate plan --fresh")
    elif earlier.keep:
        err().print(f"{name} could not be read as a plan, so it is kept beside the new one")
    if lost:
        several = len(lost) > 1
        err().print(
            shown(
                f"{len(lost)} of them {'fit' if several else 'fits'} nothing here any more, and"
                f" {'stay' if several else 'stays'} only in the old file, which is kept beside the new one: {', '.join(lost)}"
            )
        )


def ask(project: Project, python: Path | None) -> None:
    """Asks the workers which copies they run; the answers weigh in what is suggested."""
    from migrate.verify.live import running_copies

    if python is None:
        raise UsageError("--live asks through the project's own Celery app: say --python PATH")
    folder = project.repository.work_tree
    if folder is None:
        raise UsageError("--live needs a work tree, from which the project's app can be imported")
    inventory = project.inventory(project.state.tip)
    project.running, workers = running_copies(inventory, folder, python)
    known = sum(item.name in project.running for item in inventory.duplicates)
    err().print(
        f"{workers} {plural(workers, 'worker')} answered, for {known} of {len(inventory.duplicates)} {plural(len(inventory.duplicates), 'duplicate')}"
    )
