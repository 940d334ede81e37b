"""`migrate status`: which steps are applied, what is next, what waits for a deploy."""

from pathlib import Path

from msgspec.structs import replace

from migrate.cli.bar import progress
from migrate.cli.console import JsonOption, out, print_json, shown
from migrate.cli.speaking import ProjectOption
from migrate.output import ACCEPT, status_out
from migrate.plans.needs import notes_of
from migrate.plans.outlook import outlook
from migrate.plans.page import noted
from migrate.plans.replanning import earlier_plan
from migrate.project import Project, opened
from migrate.shapes.status import StatusOut
from migrate.steps import Steps
from reports.terminal import DEPLOY, deploys_before
from reports.words import plural


def command(project: ProjectOption = Path(), as_json: JsonOption = False) -> int:
    """Shows a line a step: applied or not, its commit, and the deploys between."""
    with progress() as bar, opened(project, advance=bar.advance, begun=bar.step) as opened_project:
        found = status_of(opened_project)
        short = shortened(opened_project, found)
    tell(found, opened_project.steps, short, as_json=as_json)
    return 0


def status_of(project: Project) -> StatusOut:
    """Where the migration of an opened project stands."""
    runs, state = outlook(project), project.state
    noted = len(notes_of(project.inventory(state.tip), runs, begun=bool(state.applied)))
    found = status_out(state, project.steps, runs, behind(project), noted)
    return replace(found, plan_error=earlier_plan(project).error)


def behind(project: Project) -> int:
    """How many commits of what is checked out the migration does not stand on, where it could."""
    repository, state = project.repository, project.state
    if state.base is None or state.head is None:
        return 0
    here = repository.resolve("HEAD")
    if repository.is_ancestor(here, state.tip) or not repository.is_ancestor(state.base, here):
        return 0
    return len(repository.log(here, state.base))


def shortened(project: Project, found: StatusOut) -> dict[str, str]:
    """By step, its commit as people write it."""
    return {step.name: project.repository.short(step.commit) for step in found.steps if step.commit}


def tell(found: StatusOut, steps: Steps, short: dict[str, str], *, as_json: bool) -> None:
    """Prints it."""
    if as_json:
        print_json(found)
    else:
        show(found, steps, short)


def step_is_own(steps: Steps, name: str) -> bool:
    """Whether a step is a codemod of the repository, which is not run only to say how things are."""
    return bool(steps.by_name[name].suffix)


def rest(found: StatusOut, name: str) -> str:
    """What an applied step has left: decisions that wait, and changes to make."""
    if name in found.waiting:
        return bracketed(f"waits for you ({len(found.waiting[name])})")
    return " (has more to do)" if name in found.pending else ""


def bracketed(state: str) -> str:
    """A state in brackets, which has none inside of them."""
    words, count, _ = state.partition(" (")
    return f" ({words}: {state[len(words) + 2 : -1]})" if count else f" ({state})"


def state_of(found: StatusOut, steps: Steps, name: str) -> str:
    """Why a step is not applied."""
    if name in found.waiting:
        return f"waits for you ({len(found.waiting[name])})"
    if steps.by_name[name].only_named:
        return "only when named"
    if name in found.pending:
        gate = steps.by_name[name].gate
        return f"waits for deploy {gate}" if gate and gate == found.deploy else "would change files"
    if step_is_own(steps, name):
        return "plan and apply run it"
    return noted(found.notes.get(name, 0)) or "nothing to do"


def show(found: StatusOut, steps: Steps, short: dict[str, str]) -> None:
    """Prints the page."""
    console = out()
    width = max(map(len, short.values()), default=0)
    deploys = deploys_before((step.gate, True) for step in found.steps)
    for step, deploy in zip(found.steps, deploys, strict=True):
        if deploy:
            console.print(f"    {DEPLOY}", style="cyan")
        state = (
            rest(found, step.name) if step.applied else bracketed(state_of(found, steps, step.name))
        )
        room = console.width - 4 - 13 - width - 1 - len(state)
        does = shown(cut(steps.by_name[step.name].does, room))
        if step.applied:
            console.print(
                f"[green]\\[X][/green] {step.name:<12} {short[step.name]:<{width}} {does}{state}"
            )
        else:
            console.print(f"[dim]\\[ ] {step.name:<12} {'':<{width}} {does}{state}[/dim]")
    console.print()
    left = sum(map(len, found.left_out.values()))
    if left:
        console.print(
            f"{left} {plural(left, 'entry', 'entries')} left out of the plan; to decide everything again: migrate plan --fresh"
        )
    if found.plan_error:
        console.print(shown(f"apply can't go by the plan: {found.plan_error}"), style="yellow")
    if found.behind:
        count = f"{found.behind} {plural(found.behind, 'commit')}"
        console.print(f"what is checked out has {count} that the migration lacks: migrate rebase")
    console.print(advice(found, steps))


def cut(text: str, room: int) -> str:
    """A text that fits into so many columns, with what goes beyond them left out."""
    return text if len(text) <= room else text[: max(room - 1, 0)].rstrip() + "…"


def advice(found: StatusOut, steps: Steps) -> str:
    """What to type next, and what must come before it."""
    if found.head is None:
        return "nothing is applied yet; next: migrate plan, then migrate apply"
    if found.deploy:
        return (
            f"next: deploy migrate/head to every worker, then {found.next_command}"
            " (all commits at once: migrate apply --through-gates)"
        )
    if found.next:
        return f"next: {found.next_command}"
    if any(not s.applied and step_is_own(steps, s.name) for s in found.steps):
        return "next: migrate apply, which runs the codemods of your own that are left"
    if found.next_command:
        line = "next: migrate apply --interactive, which asks what waits one by one"
        return line + (f", or all at once: {ACCEPT}" if found.next_command == ACCEPT else "")
    if found.waiting:
        return "next: migrate plan --notes, which says why what was accepted can't be done yet"
    told = found.noted
    if found.notes:
        return f"every step has done what it can here; {told} {plural(told, 'note')}: migrate plan --notes | next: migrate report"
    return "every step is applied or had nothing to do; next: migrate report"
