"""The plan that an apply goes by, and what must still be as it was when that was made."""

from pathlib import Path

from codemods.inventory.link import Inventory
from codemods.values import Decision
from migrate import __version__
from migrate.errors import SafetyError, UsageError
from migrate.pipeline import StepRun, decided_by
from migrate.plans.plan import Plan, moved_files, settings_digest
from migrate.plans.read import read_plan
from migrate.project import Project
from migrate.steps import Step
from migrate.writing import check_own


def load_plan(project: Project, path: Path | None) -> Plan | None:
    """The plan to go by: the one named, else the one in `.migrate`, if there is one."""
    own = project.repository.own_dir
    check_own(own, (".gitignore", "plan.toml", "plan.lock", "notes.txt"), own.parent)
    target = path or own / "plan.toml"
    if path is None and not target.exists():
        return None
    plan = read_plan(target, project.steps)
    check_plan(project, plan)
    return plan


def check_plan(project: Project, plan: Plan) -> None:
    """Raises `SafetyError` where a file that the plan decides about is not as it was then."""
    again = "The plan's decisions may no longer fit it. Plan again: migrate plan"
    if plan.lock is not None and plan.lock.settings not in {"", settings_digest(project.settings)}:
        raise SafetyError(f"the configuration changed since the plan was made. {again}")
    if plan.revision in _own_commits(project):
        return
    try:
        project.repository.resolve(plan.revision)
    except UsageError:
        raise SafetyError(
            f"the plan names revision '{plan.revision[:12]}', which is not here. {again}"
        ) from None
    snapshot = project.snapshot(project.state.tip)
    blobs = plan.lock.blobs if plan.lock else {}
    contents: dict[str, bytes | None] = dict.fromkeys(blobs)
    contents.update(snapshot.read_many(path for path in blobs if path in snapshot))
    moved = moved_files(plan, contents)
    if moved or plan.lock is None:
        what = f"'{moved[0]}' changed" if moved else "the repository moved"
        now = project.state.tip[:7]
        raise SafetyError(
            f"{what} since the plan was made ({plan.revision[:7]}, now {now}). {again}"
        )


def check_decisions(planned: tuple[Decision, ...] | None, step: Step, inventory: Inventory) -> None:
    """Raises `SafetyError` for a planned decision on something that is not there."""
    decided = {decision.id: decision for decision in decided_by(step, inventory).decisions}
    for decision in planned or ():
        path = getattr(decision, "path", "")
        known = decided.get(decision.id)
        if known is None:
            raise SafetyError(
                f"nothing here matches the plan's entry '{decision.id}'. Plan again: migrate plan"
            )
        if path and path not in inventory.facts and path != getattr(known, "path", ""):
            raise SafetyError(
                f"the plan's entry '{decision.id}' names '{path}', which is not here. Plan again: migrate plan"
            )


def left_out(plan: Plan | None, step: Step) -> bool:
    """Whether the plan leaves changes of a required step out on purpose."""
    return plan is not None and plan.edited and not step.only_named


def check_same(project: Project, plan: Plan | None, run: StepRun) -> None:
    """On a newer revision, unedited decisions must be those that are made today."""
    if plan is None or plan.edited or run.step.only_named or _is_planned_revision(project, plan):
        return
    if decided_by(run.step, run.before).decisions != run.decisions:
        raise SafetyError(
            f"step '{run.step.name}' would decide otherwise today than when the plan was made ({plan.revision[:7]}). Plan again: migrate plan"
        )


def _is_planned_revision(project: Project, plan: Plan) -> bool:
    """Whether the branch stands on the plan's revision with nothing but steps since."""
    known = _own_commits(project)
    if plan.revision not in known:
        return False
    since = project.state.commits[known.index(plan.revision) :]
    return all(commit.step is not None for commit in since)


def _own_commits(project: Project) -> list[str]:
    """The commit that the migration began with, and those on its branch."""
    state = project.state
    return [state.base or state.start, *(commit.id for commit in state.commits)]


def check_tree(project: Project, plan: Plan | None, step: Step, tree: str) -> None:
    """Unchanged decisions on the planned revision must give the planned tree.

    Where a proof had an earlier step leave something out, no later tree can be as planned.
    """
    if plan is None or plan.lock is None or plan.edited or not _is_planned_revision(project, plan):
        return
    made = {commit.step: commit.tree for commit in project.state.commits}
    if any(made.get(name, known) != known for name, known in plan.lock.trees.items()):
        return
    planned = plan.lock.trees.get(step.name)
    earlier = {name for name in plan.lock.trees if _before(project, name, step)}
    everything = earlier == plan.lock.trees.keys() & project.state.applied.keys()
    if planned not in {None, tree} and everything and plan.lock.tool == __version__:
        raise SafetyError(
            f"step '{step.name}' gives other files than planned, though its decisions are unchanged. Look at what moved: migrate plan --diff"
        )


def _before(project: Project, name: str, step: Step) -> bool:
    return project.steps.by_name[name].order < step.order
