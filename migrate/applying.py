"""Steps applied: run, proved, committed and recorded, one after another, from a plan or from none."""

import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.values import Decision, Note
from codemods.visible import visible
from migrate import __version__
from migrate.branches import check_checkout, check_own_branch, record
from migrate.errors import ProofError, SafetyError, UsageError
from migrate.pipeline import StepRun, run_step, unmet
from migrate.plan import Plan, digest, moved_files, read_plan, settings_digest
from migrate.project import Project
from migrate.proof import Proof, outcome, prove
from migrate.sittings import TRAILER, decided_line, further, still_planned
from migrate.steps import Step
from migrate.writing import check_own
from reports.words import plural

Tell = Callable[[str], None]
MoreProof = Callable[[StepRun, str, str], dict[str, list[str] | None]]


class Applied(Struct, frozen=True):
    """What became of one step. `commit` is `None` where it had nothing to do."""

    name: str
    commit: str | None
    files: int
    seconds: float
    proof: dict[str, str]
    notes: tuple[Note, ...]
    changes: tuple[tuple[str, bytes | None, bytes | None], ...] = ()
    waiting: int = 0
    """Decisions that a person still has to accept."""
    gate: int | None = None
    """The deploy that must come before it, where it waits for one."""


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
            f"the plan speaks of revision '{plan.revision[:12]}', which is not here. {again}"
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
    decided = {decision.id: decision for decision in step.decide(inventory).decisions}
    for decision in planned or ():
        path = getattr(decision, "path", "")
        known = decided.get(decision.id)
        if known is None:
            raise SafetyError(
                f"nothing here matches the plan's entry '{decision.id}'. Plan again: migrate plan"
            )
        if path and path not in inventory.facts and path != getattr(known, "path", ""):
            raise SafetyError(
                f"the plan's entry '{decision.id}' speaks of '{path}', which is not here. Plan again: migrate plan"
            )


def held_by_gates(project: Project, steps: list[Step], deployed: int | None) -> frozenset[str]:
    """The steps that a deploy must come before; what has a commit beyond a gate has passed it."""
    known = project.steps.by_name
    passed = [known[name].gate for name in project.state.applied if name in known]
    open_to = max([deployed or 0, *passed])
    return frozenset(step.name for step in steps if step.gate > open_to)


def select(steps: list[Step], gate: int | None) -> list[Step]:
    """The steps that come before a deploy gate; all of them without one."""
    return [step for step in steps if gate is None or step.gate < gate]


def apply_steps(
    project: Project,
    steps: list[Step],
    plan: Plan | None,
    more: MoreProof,
    tell: Tell,
    *,
    dry: bool,
    accept: bool = False,
    held: frozenset[str] = frozenset(),
) -> list[Applied]:
    """Applies these steps in order. Raises `ProofError` at the first that can't be proved.

    With `dry` everything is run and proved, and no branch moves. With `accept` the suggestions of
    steps without a plan are taken; a plan says itself what is accepted. The steps `held` wait for a
    deploy: where they have changes to make, the run says so and makes none.
    """
    if not dry:
        check_checkout(project.repository)
    snapshot = project.snapshot(project.state.tip)
    inventory = project.load(snapshot)
    parent, results = project.state.tip, list[Applied]()
    for listed in steps:
        step, resumes = further(listed, project.state.commits), listed.name in project.state.applied
        if step is None:
            results.append(Applied(listed.name, None, 0, 0.0, {}, ()))
            continue
        if step.name in held:
            waits = run_step(step, snapshot, inventory, project.load).changes
            gate = step.gate if waits else None
            results.append(Applied(step.name, None, 0, 0.0, {}, (), gate=gate))
            continue
        required = unmet(step, snapshot, inventory, project.load)
        if required and not _left_out(plan, step):
            raise SafetyError(
                f"step '{step.name}' needs '{required}' first, which still has changes to make. Apply it: migrate apply --step {required}"
            )
        started = time.monotonic()
        tell(f"{step.name}: deciding and rewriting")
        done = {*project.state.applied, *(result.name for result in results)}
        planned = plan.of(step, done) if plan is not None and step.consented else None
        if resumes:
            planned = still_planned(planned, step, inventory)
        check_decisions(planned, step, inventory)
        taken = accept and planned is None
        run = run_step(step, snapshot, inventory, project.load, planned, accept=taken)
        if not resumes:
            _check_same(project, plan, run)
        if not run.changes:
            results.append(_done(run, None, started, {}))
            continue
        tree = project.repository.write_tree(parent, run.snapshot)
        if not resumes:
            _check_tree(project, plan, step, tree)
        proof = _proved(project, run, parent, tree, more, tell)
        commit = None if dry else _commit(project, run, parent, tree)
        parent = commit or parent
        results.append(_done(run, commit, started, proof.checks))
        snapshot, inventory = run.snapshot, run.after
        if dry:
            parent = project.state.tip
    return results


def _commit(project: Project, run: StepRun, parent: str, tree: str) -> str:
    """The commit of a proved step, recorded on its branches."""
    check_own_branch(project.repository, run.step.branch, run.step.name)
    commit = project.repository.commit_tree(tree, parent, message(run))
    project.state = record(project.repository, project.state, run.step, commit)
    return commit


def _left_out(plan: Plan | None, step: Step) -> bool:
    """Whether the plan leaves changes of a required step out on purpose."""
    return plan is not None and plan.edited and not step.only_named


def _check_same(project: Project, plan: Plan | None, run: StepRun) -> None:
    """On a newer revision, unedited decisions must be those that are made today."""
    if plan is None or plan.edited or run.step.only_named or _is_planned_revision(project, plan):
        return
    if run.step.decide(run.before).decisions != run.decisions:
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


def _check_tree(project: Project, plan: Plan | None, step: Step, tree: str) -> None:
    """Unchanged decisions on the planned revision must give the planned tree."""
    if plan is None or plan.lock is None or plan.edited or not _is_planned_revision(project, plan):
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


def _proved(
    project: Project, run: StepRun, parent: str, tree: str, more: MoreProof, tell: Tell
) -> Proof:
    tell(f"{run.step.name}: proving {len(run.files)} {plural(len(run.files), 'file')}")
    proof = prove(run, project.load)
    if proof.holds:
        for level, findings in more(run, parent, tree).items():
            added = tuple(f"{level}: {finding}" for finding in findings or ())
            proof = Proof(proof.checks | {level: outcome(findings)}, proof.findings + added)
    if not proof.holds:
        shown = "\n  ".join(proof.findings[:20])
        raise ProofError(
            f"step '{run.step.name}' could not be proved, so it was not committed:\n  {shown}\nWhat was committed before it stands. Leave that file out with exclude in [tool.migrate], or take its entry out of the plan: migrate plan"
        )
    return proof


def _done(run: StepRun, commit: str | None, started: float, checks: dict[str, str]) -> Applied:
    return Applied(
        name=run.step.name,
        commit=commit,
        files=len(run.files),
        seconds=round(time.monotonic() - started, 3),
        proof=checks,
        notes=tuple(sorted(set(run.notes))),
        changes=tuple((c.path, c.before, c.after) for c in run.changes),
        waiting=len(run.waiting)
        + sum(
            item.asks is not None and item.id in run.rewrite.kept
            for item in run.decisions
            if item not in run.waiting
        ),
    )


def message(run: StepRun) -> str:
    """The commit message of a step: what it did, why, and the trailers that record it."""
    count = len(run.files)
    head = f"{run.step.name}: {run.step.does} in {count} {plural(count, 'file')}"
    lines = [visible(head), ""]
    done = [decision for decision in run.decisions if decision.id not in run.rewrite.kept]
    lines.extend(visible(f"- {item.id}: {item.because}") for item in done[:40])
    if len(done) > 40:
        lines.append(f"- and {len(done) - 40} more")
    lines.extend(
        (
            "",
            f"Migrate-Step: {run.step.name}",
            f"Migrate-Plan: {digest({run.step.name: run.decisions})}",
            f"Migrate-Tool: {__version__}",
            *([f"{TRAILER}: {said}"] if (said := decided_line(run)) else []),
            "",
        )
    )
    return "\n".join(lines)
