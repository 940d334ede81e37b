"""Steps applied: run, proved, committed and recorded, one after another, from a plan or from none."""

import time
from collections.abc import Callable

from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.values import Decision, Note
from migrate.branches import check_checkout, check_own_branch, record
from migrate.drain.kept import NOTHING, Drained
from migrate.errors import ProofError, SafetyError
from migrate.gates import Gates, is_held
from migrate.message import commit_message
from migrate.pipeline import MoreProof, StepRun, run_step, unmet
from migrate.plan import Plan
from migrate.planned import check_decisions, check_same, check_tree, left_out
from migrate.project import Project
from migrate.proof import Proof, outcome, prove
from migrate.sittings import further, still_planned
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
    answers: int = 0
    """Those of them that wait for an answer of a person, which `--accept` does not give."""
    gate: int | None = None
    """The deploy that must come before it, where it waits for one."""


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
    """Applies these steps in order. Raises `ProofError` at the first that can't be proved.

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
    for listed in steps:
        step = further(listed, project.state.commits)
        if step is None:
            results.append(Applied(listed.name, None, 0, 0.0, {}, ()))
            continue
        started = time.monotonic()
        tell(f"{step.name}: deciding and rewriting")
        made = {result.name for result in results if result.files}
        held = is_held(step, project.steps, project.state.commits, gates, made)
        required = "" if held else unmet(step, snapshot, inventory, project.load)
        if required and not left_out(plan, step):
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
        proof = _proved(project, run, parent, tree, more, tell)
        commit = None if dry else _commit(project, run, parent, tree)
        parent = project.state.tip if dry else commit or parent
        results.append(_done(run, commit, started, proof.checks))
        snapshot, inventory = run.snapshot, run.after
    return results


def _planned(
    project: Project, plan: Plan | None, step: Step, inventory: Inventory, results: list[Applied]
) -> tuple[Decision, ...] | None:
    """The planned decisions of a step that are not carried out yet; `None` where it decides again."""
    if plan is None or not step.consented:
        return None
    done = {*project.state.applied, *(result.name for result in results if result.gate is None)}
    planned = plan.of(step, done)
    if step.name in project.state.applied:
        planned = still_planned(planned, step, inventory)
    check_decisions(planned, step, inventory)
    return planned


def _commit(project: Project, run: StepRun, parent: str, tree: str) -> str:
    """The commit of a proved step, recorded on its branches."""
    check_own_branch(project.repository, run.step.branch, run.step.name)
    commit = project.repository.commit_tree(tree, parent, commit_message(run))
    project.state = record(project.repository, project.state, run.step, commit)
    return commit


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
        files = blamed(run, proof.findings)
        listed = ", ".join(f'"{path}"' for path in files[:SHOWN])
        listed += f" and {len(files) - SHOWN} more" if files[SHOWN:] else ""
        raise ProofError(
            f"step '{run.step.name}' could not be proved, so it was not committed:\n  {shown}\nWhat was committed before it stands. Leave files out with exclude in [tool.migrate] ({listed}), or take their entries out of the plan: migrate plan"
        )
    return proof


def blamed(run: StepRun, findings: tuple[str, ...]) -> list[str]:
    """The changed files that findings name by path or module; every one where they name none."""
    words = {word.strip("'\",.:;()") for finding in findings for word in finding.split()}
    modules = run.after.project.module_of
    named = [path for path in run.files if path in words or modules.get(path, path) in words]
    return named or run.files


def _done(
    run: StepRun,
    commit: str | None,
    started: float,
    checks: dict[str, str],
    *,
    held: bool = False,
) -> Applied:
    """What became of a step; one that is held changes nothing and leaves nothing behind."""
    if held:
        gate = run.step.gate if run.changes else None
        return Applied(run.step.name, None, 0, 0.0, {}, (), gate=gate)
    return Applied(
        name=run.step.name,
        commit=commit,
        files=len(run.files),
        seconds=round(time.monotonic() - started, 3),
        proof=checks,
        notes=tuple(sorted(set(run.notes))),
        changes=tuple((c.path, c.before, c.after) for c in run.changes),
        waiting=len(run.left_open),
        answers=sum(item.taken().waits for item in run.waiting),
    )
