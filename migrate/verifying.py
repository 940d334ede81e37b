"""Applied steps proved again, each from its commit and the one before it."""

import time
from collections.abc import Callable

from migrate.applying import Applied
from migrate.git.opened import Commit
from migrate.pipeline import MoreProof, StepRun, accepted, decided_by, run_step
from migrate.plans.plan import digest
from migrate.plans.sittings import decisions_of, further
from migrate.project import Project
from migrate.proof import outcome, prove


def verify_tip(
    project: Project, more: MoreProof, tell: Callable[[str], None]
) -> tuple[list[Applied], list[str]]:
    """Each applied step with its proof, and every finding.

    A step is run again on its parent; where it gives another tree than its commit, from edited
    decisions or a hand's work, that is a finding too.
    """
    results, findings = list[Applied](), list[str]()
    parent = project.state.base or project.state.start
    names = [commit.step or "" for commit in project.state.commits]
    for place, commit in enumerate(project.state.commits):
        if commit.step in project.steps.by_name:
            project.begun(place, names)
            applied, found = _verified(project, commit, parent, more, tell)
            results.append(applied)
            findings.extend(f"{commit.step}: {finding}" for finding in found)
        parent = commit.id
    return results, findings


def _verified(
    project: Project, commit: Commit, parent: str, more: MoreProof, tell: Callable[[str], None]
) -> tuple[Applied, list[str]]:
    started = time.monotonic()
    step = project.steps.by_name[commit.step or ""]
    tell(f"{step.name}: proving again")
    before = project.snapshot(parent)
    inventory = project.load(before)
    # The trailer tells whether the step's suggestions were all accepted when it was applied.
    earlier = project.state.commits[: project.state.commits.index(commit)]
    step = further(step, earlier) or step
    decided = decided_by(step, inventory).decisions
    made = decisions_of(commit, step, decided)
    accept = commit.trailers.get("Migrate-Plan") == digest({step.name: accepted(decided)})
    run: StepRun = run_step(
        step, before, inventory, project.load, made, accept=accept and made is None
    )
    if not step.consented:
        seconds = round(time.monotonic() - started, 3)
        why = [note.message for note in run.notes]
        return Applied(step.name, commit.id, 0, seconds, {}, run.notes), why
    tree = project.repository.write_tree(parent, run.snapshot)
    proof = prove(run, project.load)
    findings = list(proof.findings)
    if tree != commit.tree:
        findings.append(
            f"commit {commit.id[:7]} holds other files than the step gives for the decisions that it records: someone changed the commit, or the configuration is another"
        )
    checks = dict(proof.checks)
    for level, found in more(run, parent, commit.tree).items():
        checks[level] = outcome(found)
        findings.extend(f"{level}: {finding}" for finding in found or ())
    seconds = round(time.monotonic() - started, 3)
    return Applied(step.name, commit.id, len(run.files), seconds, checks, run.notes), findings
