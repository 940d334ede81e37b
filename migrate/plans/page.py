"""What the page of a plan says, as a value that renderers draw: what will happen, why, what it needs."""

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.inventory.task import NotUnderstood
from codemods.values import Note
from migrate.pipeline import StepRun
from migrate.plans.needs import needs_of
from migrate.plans.planning import Planned
from migrate.project import Project
from migrate.trust import waits
from reports.absent import absent_lines
from reports.progress import Aim, aims_of, measure
from reports.terminal import Need, StepRow
from reports.unread import unread_lines, word_for_reached
from reports.words import plural

SPELLED = 50
"""Characters of a place that is not understood, beyond which it is cut."""


class PlanPage(Struct, frozen=True):
    """The page of one plan. `warnings` come before all figures, since these hang on them."""

    title: str
    place: str
    read: str
    counts: str
    stands_on: str
    reasons: tuple[str, ...]
    """What the reading stands on, each with its reason."""
    warnings: tuple[str, ...]
    rows: tuple[StepRow, ...]
    aims: tuple[Aim, ...]
    reached: str
    """The word for a target that is reached."""
    applied: tuple[str, ...]
    needs: tuple[Need, ...]
    notes: tuple[Note, ...]
    next: tuple[tuple[str, str], ...]
    """What to type next, and what that does; where nothing is to be typed, a sentence alone."""


def plan_page(project: Project, plan: Planned) -> PlanPage:
    """The page of a plan."""
    inventory, settings = plan.inventory, project.settings
    files = len(inventory.facts)
    branch = "migrate/head" if plan.applied else project.repository.branch or "a detached HEAD"
    app, roots = inventory.current_app, ", ".join(root or "." for root in inventory.project.roots)
    reason = f"{inventory.apps.reason(app.name)}; {app.reason}" if app.name else app.reason
    named = f"Celery app {app.name}; " if app.name else ""
    needs = tuple(needs_of(plan.runs))
    return PlanPage(
        title=project.repository.name,
        place=f"at {plan.revision[:7]} on {branch}",
        read=f"{files:,} Python {plural(files, 'file')}, read in {plan.read_seconds:.1f} s",
        counts=_counts(inventory),
        stands_on=f"{named}imports start from {roots}",
        reasons=(
            *([f"Celery app {app.name}: {reason}"] if app.name else []),
            *(f"imports start from {root.path or '.'}: {root.reason}" for root in inventory.roots),
        ),
        warnings=tuple(_warnings(inventory)),
        rows=tuple(map(step_row, plan.runs)),
        aims=tuple(aims_of(inventory, measure(inventory), settings.targets, inventory.god_files)),
        reached=word_for_reached(inventory),
        applied=tuple(plan.applied),
        needs=needs,
        notes=tuple(plan.notes),
        next=tuple(next_lines(plan, needs)),
    )


def _counts(inventory: Inventory) -> str:
    tasks, names, beat = len(inventory.tasks), len(inventory.names), len(inventory.beat)
    return f"{tasks:,} task {plural(tasks, 'definition')}, {names:,} {plural(names, 'name')}, {beat:,} beat {plural(beat, 'entry')}"


def _warnings(inventory: Inventory) -> Iterator[str]:
    """What no figure is sure without: files that can't be read, an app that is open, what may be a task."""
    yield from unread_lines(facts.error for facts in inventory.unparsed)
    app = inventory.current_app
    if not app.name and inventory.has_celery:
        yield f"Celery app: {app.reason}"
    yield from absent_lines(inventory)
    if inventory.not_understood:
        yield not_understood_line(inventory.not_understood)


def not_understood_line(found: list[NotUnderstood]) -> str:
    """How much may be a task and was not understood, with the commonest spellings."""
    count, files = len(found), len({item.path for item in found})
    texts = (text for text, _ in Counter(item.text for item in found).most_common(3))
    spellings = ", ".join(t if len(t) <= SPELLED else f"{t[:SPELLED].rstrip()}…" for t in texts)
    return (
        f"{count} {plural(count, 'place')} not understood, in {files} {plural(files, 'file')}: {spellings}."
        " No figure counts as reached before they are (migrate plan --json, not_understood)"
    )


def step_row(run: StepRun) -> StepRow:
    """A step as the table shows it."""
    return StepRow(
        number=run.step.number,
        name=run.step.name,
        does=run.step.does,
        files=len(run.files),
        gate=run.step.gate,
        needs=_waits_for(run),
        decisions=len(run.decisions),
    )


def _waits_for(run: StepRun) -> str:
    """What a step waits for where it changes nothing."""
    if waits(run.notes):
        return "waits for your consent: migrate trust"
    if run.waiting:
        return f"waits for you ({len(run.waiting)})"
    return noted(len(run.notes))


def noted(notes: int) -> str:
    """What is said of a step that changes nothing and has so many notes; `""` where it has none."""
    return f"nothing it can do by itself ({notes} {plural(notes, 'note')})" if notes else ""


def next_lines(plan: Planned, needs: tuple[Need, ...]) -> Iterator[tuple[str, str]]:
    """What to type next, the likeliest first."""
    if not plan.changes:
        yield nothing_left(plan), ""
        return
    if plan.deploy is not None:
        yield (
            f"deploy migrate/head to every worker, then migrate apply --deployed {plan.deploy}",
            "",
        )
        return
    count = len(needs)
    yield "migrate apply", "commits what is decided"
    if count:
        yield (
            "migrate apply --interactive",
            f"asks the {count} questions first" if count > 1 else "asks the question first",
        )
    yield "migrate plan --diff | --notes | --all", "changes, notes, details"


def nothing_left(plan: Planned) -> str:
    """What to do where no step would change anything."""
    inventory = plan.inventory
    if waits(plan.notes):
        return "read the codemods that wait, then migrate trust"
    if any(run.waiting for run in plan.runs):
        return "migrate apply --interactive, or answer in .migrate/plan.toml, then migrate apply"
    if not inventory.tasks and inventory.not_understood:
        return (
            "nothing; no task here could be read, see what is not understood (migrate plan --json)"
        )
    if not inventory.tasks:
        return "nothing; there are no Celery tasks to migrate"
    return "nothing; every step has done what it can here"
