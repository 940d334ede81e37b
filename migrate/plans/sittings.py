"""What commits of a step did and left, so that another sitting goes on from there."""

import json
from collections.abc import Collection, Iterable, Mapping
from functools import partial

import msgspec

from codemods.inventory.link import Inventory
from codemods.values import Decision, Decisions
from migrate.git.opened import Commit
from migrate.pipeline import StepRun, decided_by
from migrate.plans.plan import convert_decisions
from migrate.steps import Step

TRAILER = "Migrate-Decided"


def decided_line(run: StepRun) -> str:
    """How what was done differs from what the step decides by itself, as JSON; `""` if it doesn't.

    `out` are ids left out, `open` those that waited or could not be carried out, `taken` those that
    were accepted, `own` what a person wrote otherwise: of each entry its id and the fields that differ.
    """
    made = {item.id: item for item in run.decisions}
    known = {item.id: item for item in run.own}
    same = [name for name in made if name in known and made[name] == known[name]]
    taken = [n for n in made if n in known and n not in same and made[n] == known[n].taken()]
    own = [made[name] for name in made if name not in same and name not in taken]
    found: dict[str, object] = {
        "out": [name for name in known if name not in made],
        "open": list(run.left_open),
        "taken": taken,
        "own": [_difference(item, known.get(item.id)) for item in own],
    }
    told = {name: value for name, value in found.items() if value}
    return json.dumps(told, sort_keys=True) if told else ""


def _difference(item: Decision, known: Decision | None) -> dict[str, object]:
    """The fields of a decision that a person wrote otherwise; all of them for one of their own."""
    written: dict[str, object] = msgspec.to_builtins(item)
    plain = msgspec.to_builtins(known) if known is not None else {}
    return {k: v for k, v in written.items() if k == "id" or k not in plain or plain[k] != v}


def recorded(commit: Commit) -> dict[str, list[object]]:
    """What a commit's trailer says of its decisions; empty without one, or for one of another form."""
    try:
        found = json.loads(commit.trailers.get(TRAILER, "{}"))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(k): v for k, v in found.items() if isinstance(v, list)}


def decisions_of(
    commit: Commit, step: Step, own: tuple[Decision, ...]
) -> tuple[Decision, ...] | None:
    """The decisions that a commit carried out, by its trailer; `None` where it does not say."""
    if TRAILER not in commit.trailers:
        return None
    said = recorded(commit)
    out, taken = said.get("out", []), said.get("taken", [])
    known = {item.id: msgspec.to_builtins(item) for item in own}
    entries = [entry for entry in said.get("own", []) if isinstance(entry, dict)]
    try:
        written = convert_decisions(
            step, [known.get(str(entry.get("id")), {}) | entry for entry in entries]
        )
    except msgspec.ValidationError:
        return None
    edited = {item.id: item for item in written}
    found = [
        edited.pop(item.id, item.taken() if item.id in taken else item)
        for item in own
        if item.id not in out
    ]
    return (*found, *edited.values())


def asked_in(commit: Commit) -> list[str]:
    """The ids that a person accepted or wrote, as a commit's trailer has them."""
    said = recorded(commit)
    written = [entry.get("id") for entry in said.get("own", []) if isinstance(entry, dict)]
    return [str(name) for name in (*said.get("taken", []), *written)]


def done_by(commits: Iterable[Commit], step: Step) -> set[str]:
    """The ids that a person accepted or wrote and that commits of a step carried out."""
    done: set[str] = set()
    for commit in commits:
        if commit.step == step.name:
            done.update(asked_in(commit))
            done.difference_update(str(name) for name in recorded(commit).get("open", []))
    return done


def left_by(commits: Iterable[Commit], step: Step) -> set[str]:
    """The ids that commits of a step left out or waiting."""
    left: set[str] = set()
    for commit in commits:
        if commit.step == step.name:
            said = recorded(commit)
            left.update(str(name) for name in (*said.get("out", []), *said.get("open", [])))
    return left


def smaller(
    commits: Iterable[Commit], planned: Mapping[str, Collection[Decision]]
) -> frozenset[str]:
    """The steps of which commits left out what was planned, since it could not be proved."""
    return frozenset(
        commit.step
        for commit in commits
        if commit.step is not None
        and {item.id for item in planned.get(commit.step, ())} & {*recorded(commit).get("out", [])}
    )


def further(step: Step, commits: Iterable[Commit]) -> Step | None:
    """The step as it goes on after its commits: the step itself, one that finishes them, or none."""
    own = list(commits)
    if not any(commit.step == step.name for commit in own):
        return step
    if step.suffix:
        return None
    if not step.once:
        return step
    left = left_by(own, step)
    return msgspec.structs.replace(step, decide=partial(_among, step, left)) if left else None


def going_on(steps: Iterable[Step], commits: Iterable[Commit]) -> list[Step]:
    """The steps that have something left, each as it goes on after its commits."""
    known = list(commits)
    found = (further(step, known) for step in steps)
    return [step for step in found if step is not None]


def _among(step: Step, left: set[str], inventory: Inventory) -> Decisions:
    found = decided_by(step, inventory)
    return Decisions(tuple(item for item in found.decisions if item.id in left), found.notes)


def still_planned(
    planned: tuple[Decision, ...] | None, step: Step, inventory: Inventory
) -> tuple[Decision, ...] | None:
    """Those of a step's planned decisions that are not carried out yet."""
    if planned is None:
        return None
    ids = {item.id for item in decided_by(step, inventory).decisions}
    return tuple(item for item in planned if item.id in ids)
