"""Steps applied: run, proved, committed and recorded, one after another, from a plan or from none."""

import time
from collections.abc import Callable

from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.values import Decision, Note
from migrate.branches.checks import check_checkout, check_own_branch
from migrate.branches.moving import record
from migrate.drain.kept import NOTHING, Drained
from migrate.errors import ProofError, SafetyError
from migrate.gates import Gates, is_held
from migrate.message import commit_message
from migrate.pipeline import MoreProof, StepRun, run_step, unmet
from migrate.plans.plan import Plan
from migrate.plans.planned import check_decisions, check_same, check_tree, left_out
from migrate.plans.sittings import further, smaller, still_planned
from migrate.project import Project
from migrate.proof import Proof, outcome, prove
from migrate.proving import Proved, proved
from migrate.steps import Step
from reports.words import plural

SHOWN = 5
"""Files that a message lists by name."""

Tell = Callable[[str], None]


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
    left: tuple[str, ...] = ()
    """The ids of decisions that are left out, since they could not be proved."""
    answers: int = 0
    """Those of them that wait for an answer of a person, which `--accept` does not give."""
    refused: int = 0
    """Those of them that are accepted and can't be carried out yet."""
    gate: int | None = None
    """The deploy that must come before it, where it waits for one."""

    @property
    def unproved(self) -> int:
        """How many decisions are left out, since they could not be proved."""
        return len(self.left)


def apply_steps(
    project: Project,
    steps: list[Step],
    plan: Plan | None,
    more: MoreProof,
    tell: Tell,
    *,
    dry: bool,
    accept: bool = False,
    gates: Gates,
    drained: Drained = NOTHING,
) -> list[Applied]:
    """Applies these steps in order; what of one can't be proved is left out, and told.

    With `dry` everything is run and proved, and no branch moves. With `accept` the suggestions of
    steps without a plan are taken; a plan says itself what is accepted. A step that waits for a deploy
    commits nothing; where it has changes to make, its result names the gate. Raises `SafetyError`
    before a name goes that may be in flight, as far as `drained` tells.
    """
    if not dry:
        check_checkout(project.repository)
    snapshot = project.snapshot(project.state.tip)
    inventory = project.load(snapshot)
    parent, results = project.state.tip, list[Applied]()
    for place, listed in enumerate(steps):
        project.begun(place, [item.name for item in steps])
        step = further(listed, project.state.commits)
        if step is None:
            results.append(Applied(listed.name, None, 0, 0.0, {}, ()))
            continue
        started = time.monotonic()
        tell(f"{step.name}: deciding and rewriting")
        made = {result.name for result in results if result.files}
        held = is_held(step, project.steps, project.state.commits, gates, made)
        required = "" if held else unmet(step, snapshot, inventory, project.load)
        unproved = {result.name for result in results if result.unproved}
        if required and required not in unproved and not left_out(plan, step):
            raise SafetyError(
                f"step '{step.name}' needs '{required}' first, which still has changes to make. Apply it: migrate apply --step {required}"
            )
        planned = _planned(project, plan, step, inventory, results)
        taken = accept and planned is None
        run = run_step(step, snapshot, inventory, project.load, planned, accept=taken)
        resumes = step.name in project.state.applied
        if not resumes and not held:
            check_same(project, plan, run)
        if held or not run.changes:
            results.append(_done(run, None, started, {}, held=held))
            continue
        if not dry:
            drained.check_drops(run.drops, parent)
        tree = project.repository.write_tree(parent, run.snapshot)
        if not resumes:
            check_tree(project, plan, step, tree)
        found = proved_step(project, run, parent, tree, more, tell)
        run = found.run
        if not run.changes:
            results.append(_done(run, None, started, {}, found))
            continue
        tree = project.repository.write_tree(parent, run.snapshot) if found.left else tree
        checks = found.proof.checks
        commit = None if dry else _commit(project, run, parent, tree, checks)
        parent = project.state.tip if dry else commit or parent
        results.append(_done(run, commit, started, checks, found))
        snapshot, inventory = run.snapshot, run.after
    return results


def _planned(
    project: Project, plan: Plan | None, step: Step, inventory: Inventory, results: list[Applied]
) -> tuple[Decision, ...] | None:
    """The planned decisions of a step that are not carried out yet; `None` where it decides again."""
    if plan is None or not step.consented:
        return None
    done = {*project.state.applied, *(result.name for result in results if result.gate is None)}
    done -= smaller(project.state.commits, plan.decisions)
    planned = plan.of(step, done - {result.name for result in results if result.unproved})
    if step.name in project.state.applied:
        planned = still_planned(planned, step, inventory)
    check_decisions(planned, step, inventory)
    return planned


def _commit(project: Project, run: StepRun, parent: str, tree: str, checks: dict[str, str]) -> str:
    """The commit of a proved step, recorded on its branches."""
    check_own_branch(project.repository, run.step.branch, run.step.name)
    commit = project.repository.commit_tree(tree, parent, commit_message(run, checks))
    project.state = record(project.repository, project.state, run.step, commit)
    return commit


def proved_step(
    project: Project, run: StepRun, parent: str, tree: str, more: MoreProof, tell: Tell
) -> Proved:
    """The step as far as it can be proved. Raises `ProofError` where not even the code as it is can."""
    files = len(run.files)
    tell(f"{run.step.name}: proving {files} {plural(files, 'file')}")

    def proof_of(made: StepRun) -> Proof:
        proof = prove(made, project.load)
        if not proof.holds or not made.changes:
            return proof
        whole = tree if made is run else project.repository.write_tree(parent, made.snapshot)
        return _with_more(proof, more(made, parent, whole))

    def again(decisions: tuple[Decision, ...]) -> StepRun:
        left = len(run.decisions) - len(decisions)
        tell(f"{run.step.name}: proving it without {left} {plural(left, 'decision')}")
        return run_step(run.step, run.before.files, run.before, project.load, decisions)

    found = proved(run, again, proof_of)
    if found.left and not found.run.changes:
        _check_as_it_is(found.run, parent, more)
    return found


def _with_more(proof: Proof, levels: dict[str, list[str] | None]) -> Proof:
    """A proof with what was found beyond the static one."""
    for level, findings in levels.items():
        added = tuple(f"{level}: {finding}" for finding in findings or ())
        proof = Proof(proof.checks | {level: outcome(findings)}, proof.findings + added)
    return proof


def _check_as_it_is(nothing: StepRun, parent: str, more: MoreProof) -> None:
    """Raises `ProofError` if the proofs fail without a change, so that they say nothing of a step."""
    proof = _with_more(Proof({}, ()), more(nothing, parent, f"{parent}^{{tree}}"))
    if not proof.holds:
        shown = "\n  ".join(proof.findings[:SHOWN])
        raise ProofError(
            f"step '{nothing.step.name}' could not be proved, so it was not committed; the code as it is can't be either:\n  {shown}\nWhat was committed before it stands. Mend that, or prove without it"
        )


def _done(
    run: StepRun,
    commit: str | None,
    started: float,
    checks: dict[str, str],
    found: Proved | None = None,
    *,
    held: bool = False,
) -> Applied:
    """What became of a step; one that is held changes nothing and leaves nothing behind."""
    if held:
        gate = run.step.gate if run.changes else None
        return Applied(run.step.name, None, 0, 0.0, {}, (), gate=gate)
    told = found.notes if found is not None else ()
    return Applied(
        name=run.step.name,
        commit=commit,
        files=len(run.files),
        seconds=round(time.monotonic() - started, 3),
        proof=checks,
        notes=tuple(sorted({*run.notes, *told})),
        changes=tuple((c.path, c.before, c.after) for c in run.changes),
        waiting=len(run.left_open),
        left=tuple(item.id for item, _ in found.left) if found is not None else (),
        answers=sum(item.taken().waits for item in run.waiting),
        refused=len(run.left_open) - len(run.waiting),
    )
