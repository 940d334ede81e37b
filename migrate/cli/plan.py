"""`migrate plan`: what is there, what each step would do, and a plan that a person may edit."""

import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding

from codemods.inventory.link import Inventory
from codemods.inventory.task import NotUnderstood
from codemods.notes.unused_settings import unused_settings
from codemods.values import Note
from migrate.cli import completing
from migrate.cli.ahead import keep_status
from migrate.cli.bar import progress
from migrate.cli.console import JsonOption, err, out, print_json, print_text, shown
from migrate.cli.notes import check_code, listed
from migrate.cli.options import AcceptOption, TrustOption, consent
from migrate.cli.speaking import ProjectOption
from migrate.diffs import unified
from migrate.errors import UsageError
from migrate.needs import needs_of
from migrate.output import deploy_before, plan_out
from migrate.pipeline import StepRun
from migrate.plan import write_plan
from migrate.project import Project, opened
from migrate.replanning import Earlier, earlier_plan
from migrate.sittings import going_on
from migrate.trust import waits
from reports.absent import absent_lines
from reports.notes import NotesTable
from reports.progress import aims_of, measure
from reports.terminal import StepRow, aims_table, needs_lines, steps_table
from reports.unread import unread_lines, word_for_reached
from reports.words import plural


def command(
    code: Annotated[
        str,
        typer.Argument(
            metavar="[CODE]",
            autocompletion=completing.codes,
            help="With --notes: only the notes of this kind.",
        ),
    ] = "",
    project: ProjectOption = Path(),
    out_file: Annotated[Path | None, typer.Option("--out", help="Write the plan there.")] = None,
    rev: Annotated[str, typer.Option("--rev", help="Plan for this revision.")] = "HEAD",
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
        Path | None, typer.Option("--python", help="The project's own interpreter, for --live.")
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show what would change.")] = False,
    notes: Annotated[
        bool, typer.Option("--notes", help="Show every note, or those of one kind.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Inventories, decides, runs every step in memory, and writes .migrate/plan.toml."""
    if code:
        check_code(code, notes=notes)
    started = time.monotonic()
    with progress() as bar, opened(project, rev, bar.advance, consent(bar, trust)) as found:
        # Once steps are applied, what is left is planned on top of them.
        goes_on = rev == "HEAD" and found.state.head is not None
        revision = found.state.tip if goes_on else found.state.start
        applied = set(found.state.applied) if goes_on else set[str]()
        done = found.state.commits if goes_on else ()
        steps = going_on(found.steps.chosen(()), done)
        inventory = found.inventory(revision)
        read = time.monotonic() - started
        writes = rev == "HEAD" or out_file is not None
        bar.tell("running the steps in memory")
        if live:
            bar.tell("asking the workers")
            ask(found, inventory, python)
            inventory = found.inventory(revision)
        earlier = earlier_plan(found, out_file) if writes else Earlier()
        choose = None if fresh else earlier.choose
        runs = found.run(steps, inventory, choose=choose, accept=accept)
        trees = found.trees(revision, runs)
        # A god file or a winner may be gone once its tasks moved.
        idle = () if applied else unused_settings(inventory)
        told = (note for run in runs for note in run.notes)
        everything = sorted({*inventory.notes, *idle, *told})
        if writes and not check:
            write_plan(
                found.repository.own_dir,
                revision,
                runs,
                trees,
                out_file,
                settings=found.settings,
                accept=accept,
                keep=earlier.keep,
            )
        if not fresh:
            tell_edits(earlier, earlier.lost(found, runs), out_file)
        deploy = deploy_before(found.state, found.steps, runs) if goes_on else None
        page = Page(found, inventory, runs, everything, read, sorted(applied), deploy)
        keep_status(found)
    if as_json:
        print_json(plan_out(revision, inventory, runs, trees, everything))
    elif diff:
        print_text("".join(unified(run) for run in runs))
    elif notes:
        print_text(listed(everything, code))
    else:
        page.show(revision)
    return 1 if check and (waits(everything) or any(run.changes for run in runs)) else 0


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


def not_understood_line(found: list[NotUnderstood]) -> str:
    """How much may be a task and was not understood, with the commonest spellings."""
    count, files = len(found), len({item.path for item in found})
    spellings = ", ".join(text for text, _ in Counter(i.text for i in found).most_common(3))
    return (
        f"{count} {plural(count, 'place')} not understood, in {files} {plural(files, 'file')}: {spellings}."
        " No figure counts as reached before they are (migrate plan --json, not_understood)"
    )


def ask(project: Project, inventory: Inventory, python: Path | None) -> None:
    """Asks the workers which copies they run; the answers weigh in what is suggested."""
    from migrate.verify.live import running_copies

    if python is None:
        raise UsageError("--live asks through the project's own Celery app: say --python PATH")
    folder = project.repository.work_tree
    if folder is None:
        raise UsageError("--live needs a work tree, from which the project's app can be imported")
    project.running, workers = running_copies(inventory, folder, python)
    known = sum(item.name in project.running for item in inventory.duplicates)
    err().print(
        f"{workers} {plural(workers, 'worker')} answered, for {known} of {len(inventory.duplicates)} {plural(len(inventory.duplicates), 'duplicate')}"
    )


def row_needs(run: StepRun) -> str:
    """What a step waits for where it changes nothing."""
    if waits(run.notes):
        return "waits for your consent: migrate trust"
    return f"waits for you ({len(run.waiting)})" if run.waiting else ""


class Page:
    """What `plan` shows on a terminal."""

    def __init__(
        self,
        project: Project,
        inventory: Inventory,
        runs: list[StepRun],
        notes: list[Note],
        seconds: float,
        applied: list[str],
        deploy: int | None = None,
    ) -> None:
        self.name = project.repository.name
        self.branch = project.repository.branch or "a detached HEAD"
        self.short = project.repository.short
        self.inventory = inventory
        self.runs = runs
        self.notes = notes
        self.seconds = seconds
        self.applied = applied
        self.deploy = deploy
        if applied:
            self.branch = "migrate/head"
        self.settings = project.settings

    def show(self, revision: str) -> None:
        """Prints the page."""
        console = out()
        files = len(self.inventory.facts)
        roots = shown(", ".join(root or "." for root in self.inventory.project.roots))
        console.print(
            f"[bold]{shown(self.name)}[/bold] at {revision[:7]} on {shown(self.branch)}    {files:,} Python {plural(files, 'file')}, read in {self.seconds:.1f} s"
        )
        tasks, names, beat = (
            len(found)
            for found in (self.inventory.tasks, self.inventory.names, self.inventory.beat)
        )
        console.print(
            f"{tasks} task {plural(tasks, 'definition')}, {names} {plural(names, 'name')}, {beat} beat {plural(beat, 'entry', 'entries')}; imports start from {roots}",
            style="dim",
        )
        for line in unread_lines(facts.error for facts in self.inventory.unparsed):
            console.print(shown(line), style="yellow")
        self._app_line(console)
        for line in absent_lines(self.inventory):
            console.print(shown(line), style="yellow")
        if self.inventory.not_understood:
            text = shown(not_understood_line(self.inventory.not_understood))
            console.print(text, style="yellow")
        console.print()
        metrics = measure(self.inventory)
        gods = self.inventory.god_files
        found = aims_of(self.inventory, metrics, self.settings.targets, gods)
        console.print(aims_table(found, word_for_reached(self.inventory)))
        console.print()
        if self.applied:
            console.print(
                f"applied: {shown(', '.join(self.applied))} (migrate status)", style="dim"
            )
        if self.runs:
            console.print(steps_table(self.rows()))
        console.print()
        needs = list(needs_of(self.runs))
        if needs:
            console.print(needs_lines(needs))
            console.print()
        if self.notes:
            console.print(NotesTable(tuple(self.notes)))
            console.print()
        console.print(Padding(self.advice(), 0))

    def _app_line(self, console: Console) -> None:
        """Says which Celery app counts as the one that workers run, and why."""
        app = self.inventory.current_app
        if app.name:
            made = self.inventory.apps.reason(app.name)
            text = shown(f"Celery app {app.name}: {made}; {app.reason}")
            console.print(text, style="dim")
        elif self.inventory.has_celery:
            console.print(shown(f"Celery app: {app.reason}"), style="yellow")

    def rows(self) -> list[StepRow]:
        """The steps as the table shows them."""
        return [
            StepRow(
                number=run.step.number,
                name=run.step.name,
                does=f"{run.step.does} ({len(run.decisions)})",
                files=len(run.files),
                gate=run.step.gate,
                needs=row_needs(run),
            )
            for run in self.runs
        ]

    def advice(self) -> str:
        """What to type next."""
        if not any(run.changes for run in self.runs):
            if waits(self.notes):
                return "next: read the codemods that wait, then migrate trust"
            if any(run.waiting for run in self.runs):
                return "next: accept what waits in .migrate/plan.toml, then migrate apply"
            if not self.inventory.tasks and self.inventory.not_understood:
                return "next: nothing; no task here could be read, see what is not understood (migrate plan --json)"
            if not self.inventory.tasks:
                return "next: nothing; there are no Celery tasks to migrate"
            return "next: nothing; every step has done what it can here"
        if self.deploy is not None:
            return f"next: deploy migrate/head to every worker, then migrate apply --deployed {self.deploy}"
        return "next: migrate apply, or look first: migrate plan --diff | edit .migrate/plan.toml"
