"""What a run found, in the shapes that JSON has it in."""

from typing import Any

import msgspec
from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.inventory.values import Reference
from codemods.notes.codes import code_of
from codemods.settings import Targets
from codemods.values import Note
from migrate.applying import Applied
from migrate.branches.state import State
from migrate.gates import Gates, is_held
from migrate.pipeline import StepRun
from migrate.shapes.apply import AppliedOut
from migrate.shapes.plan import (
    AppOut,
    BeatOut,
    DuplicateOut,
    NoteOut,
    NotUnderstoodOut,
    Place,
    PlannedStepOut,
    PlanOut,
    ReferenceOut,
    RootOut,
    RouteOut,
    TaskOut,
    UnparsedOut,
)
from migrate.shapes.status import ReportOut, StatusOut, StepStatus
from migrate.steps import Steps
from reports.progress import Metrics, Progress, measure

ACCEPT = "migrate apply --accept"


def note_out(note: Note) -> NoteOut:
    """A note as JSON has it."""
    cause = note.cause or note.message
    return NoteOut(note.code, note.path, note.line, note.message, cause, code_of(note.code).asks)


def plan_out(
    revision: str,
    inventory: Inventory,
    runs: list[StepRun],
    trees: dict[str, str],
    notes: list[Note],
) -> PlanOut:
    """A plan as JSON has it."""
    kept = _kept(inventory, runs)
    return PlanOut(
        revision=revision,
        god_files=inventory.god_files,
        tasks=[_convert(task, TaskOut) for task in inventory.tasks],
        duplicates=[
            DuplicateOut(
                d.name,
                d.difference,
                tuple(Place(c.path, c.line) for c in d.copies),
                kept.get(d.name),
            )
            for d in inventory.duplicates
        ],
        beat=[_convert(entry, BeatOut) for entry in inventory.beat],
        routes=[_convert(route, RouteOut) for route in inventory.routes],
        references=[_reference(item) for item in inventory.references],
        unparsed=[
            UnparsedOut(
                facts.path,
                facts.error.line,
                facts.error.message,
                facts.error.read,
                facts.error.needs,
            )
            for facts in inventory.unparsed
            if facts.error is not None
        ],
        notes=[note_out(note) for note in notes],
        steps=[
            PlannedStepOut(
                name=run.step.name,
                decisions=[msgspec.to_builtins(decision) for decision in run.decisions],
                files=run.files,
                tree=trees.get(run.step.name),
                waiting=[item.id for item in run.waiting],
            )
            for run in runs
        ],
        metrics=measure(inventory, notes=notes),
        import_roots=list(inventory.project.roots),
        roots=[RootOut(root.path, root.reason) for root in inventory.roots],
        apps=[AppOut(name, inventory.apps.reason(name)) for name in inventory.app_names],
        not_understood=[_convert(item, NotUnderstoodOut) for item in inventory.not_understood],
    )


def _kept(inventory: Inventory, runs: list[StepRun]) -> dict[str, Place]:
    """The copy of each duplicated name whose place stays, where that is decided."""
    merges = {
        item.asks.name: item.asks.place
        for run in runs
        for item in run.decisions
        if item.asks is not None and item.asks.name in run.merges
    }
    return {
        group.name: Place(copy.path, copy.line)
        for group in inventory.duplicates
        for copy in group.copies
        if merges.get(group.name) == copy.path
    }


def _convert(value: Struct, shape: Any) -> Any:  # noqa: ANN401 - any of the shapes above
    names = [item.name for item in msgspec.structs.fields(shape)]
    return shape(**{name: getattr(value, name) for name in names})


def _reference(item: Reference) -> ReferenceOut:
    return ReferenceOut(item.kind, item.path, item.line, item.text)


def applied_out(item: Applied) -> AppliedOut:
    """One applied step as JSON has it."""
    notes = [note_out(note) for note in item.notes]
    return AppliedOut(
        item.name,
        item.commit,
        item.files,
        item.seconds,
        item.proof,
        notes,
        item.waiting,
        item.gate,
    )


def deploy_before(state: State, known: Steps, runs: list[StepRun]) -> int | None:
    """The deploy that must come before anything more can be committed, if there is one."""
    changing = [run.step for run in runs if run.changes]
    held = [is_held(step, known, state.commits, Gates()) for step in changing]
    return changing[0].gate if changing and all(held) else None


def next_command(runs: list[StepRun], deploy: int | None) -> str | None:
    """What to type next, or `None` where nothing is left; a deploy may have to come first."""
    if any(run.changes for run in runs):
        return f"migrate apply --deployed {deploy}" if deploy else "migrate apply"
    waiting = [item for run in runs for item in run.waiting]
    if not waiting:
        return None
    return "migrate plan" if any(item.taken().waits for item in waiting) else ACCEPT


def left_out(runs: list[StepRun]) -> dict[str, list[str]]:
    """By step, the ids of decisions that the step would make and the plan leaves out."""
    found: dict[str, list[str]] = {}
    for run in runs:
        made = {item.id for item in run.decisions}
        if gone := [item.id for item in run.own if item.id not in made]:
            found[run.step.name] = gone
    return found


def status_out(
    state: State, known: Steps, runs: list[StepRun], behind: int = 0, noted: int = 0
) -> StatusOut:
    """Where the migration stands; `runs` are the steps as they would go on."""
    applied = state.applied
    pending = [run.step.name for run in runs if run.changes]
    deploy = deploy_before(state, known, runs)
    steps = [
        StepStatus(
            name=step.name,
            branch=step.branch.removeprefix("refs/heads/"),
            applied=step.name in applied,
            commit=applied[step.name].id if step.name in applied else None,
            gate=step.gate,
        )
        for step in known.all
    ]
    return StatusOut(
        branch="migrate/head" if state.head else None,
        base=state.base,
        head=state.head,
        steps=steps,
        next=pending[0] if pending else None,
        pending=pending,
        waiting={run.step.name: list(run.left_open) for run in runs if run.left_open},
        left_out=left_out(runs),
        deploy=deploy,
        next_command=next_command(runs, deploy),
        notes={r.step.name: len(r.notes) for r in runs if r.notes and not r.changes},
        behind=behind,
        noted=noted,
    )


def report_out(
    revision: str,
    metrics: Metrics,
    targets: Targets,
    history: list[Progress],
    waiting: int,
    commits: int,
) -> ReportOut:
    """Progress as JSON has it; `history` is of so many commits."""
    return ReportOut(
        revision=revision,
        metrics=metrics,
        targets=targets,
        history=history,
        waiting=waiting,
        commits=commits,
    )
