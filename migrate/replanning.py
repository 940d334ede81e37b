"""A plan made once more: a person's edits of the one before stay where they still fit."""

from pathlib import Path

from codemods.inventory.link import Inventory
from migrate.errors import UsageError
from migrate.pipeline import StepRun, accepted, run_step
from migrate.plan import Plan, read_plan
from migrate.project import Project
from migrate.sittings import carried_over
from migrate.steps import Step
from migrate.writing import check_own, write_own


def earlier_plan(project: Project) -> Plan | None:
    """The plan that is there, if a person edited it; one that can't be read holds no edits to keep."""
    own = project.repository.own_dir
    check_own(own, (".gitignore", "plan.toml", "plan.lock"), own.parent)
    if not (own / "plan.toml").exists():
        return None
    try:
        plan = read_plan(own / "plan.toml", project.steps)
    except UsageError:
        return None
    return plan if plan.edited and plan.lock is not None else None


def edited_runs(
    project: Project, plan: Plan, steps: list[Step], inventory: Inventory, *, accept: bool
) -> tuple[list[StepRun], list[str]]:
    """The steps with the edits of an earlier plan, and the ids of edits that fit nothing any more."""
    runs: list[StepRun] = []
    lost: list[str] = []
    snapshot = inventory.files
    for step in steps:
        made, gone = carried_over(plan, step, step.decide(inventory).decisions)
        made = accepted(made) if accept else made
        run = run_step(step, snapshot, inventory, project.load, made)
        runs.append(run)
        lost.extend(name for name in gone if step.name not in project.state.applied)
        snapshot, inventory = run.snapshot, run.after
    return runs, lost


def kept_plan(project: Project, plan: Plan | None, *, fresh: bool) -> None:
    """Keeps the plan file that is about to be written over beside it, where it holds a person's words."""
    folder = project.repository.own_dir
    path = folder / "plan.toml"
    if not path.exists() or (plan is None and not fresh and _is_read(project, path)):
        return
    number = 1
    while (folder / f"plan.toml.{number}").exists():
        number += 1
    write_own(folder, {f"plan.toml.{number}": path.read_bytes()}, folder.parent)


def _is_read(project: Project, path: Path) -> bool:
    try:
        return read_plan(path, project.steps).lock is not None
    except UsageError:
        return False
