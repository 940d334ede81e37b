"""Checks that beat and the router do after a step what they did before, but for what was decided."""

from collections.abc import Iterator, Mapping

from codemods import beat, routes
from codemods.in_force.routing import Side
from codemods.inventory.configuration.entries import Entry
from codemods.inventory.configuration.values import BOTH
from codemods.values import Decision
from migrate.pipeline import StepRun


def schedule_in_force(run: StepRun) -> list[str]:
    """On both sides of Celery 5.7 beat runs the same entries, each with the same content."""
    found: list[str] = []
    for side in BOTH:
        wanted = beat.expected(run.before, _made(run), side)
        value = run.after.schedule.values[side]
        if wanted is None or not isinstance(value, Mapping):
            if (wanted is None) != (not isinstance(value, Mapping)):
                found.append(f"the schedule on Celery {_shown(side)} is no table any more")
            continue
        have = {key: entry.content() for key, entry in value.items()}
        want = {key: _renamed(entry.content(), run.renames) for key, entry in wanted.items()}
        found.extend(f"{line} on Celery {_shown(side)}" for line in _differences(want, have))
    return found


def routes_in_force(run: StepRun) -> list[str]:
    """On both sides of Celery 5.7 each name has the route that it had, old names of tasks too."""
    found: list[str] = []
    made = _made(run)
    for side in BOTH:
        for name in sorted(run.before.known_names - run.drops - {*run.renames.values()}):
            wanted = routes.expected(run.before, made, name, side)
            for now in sorted({name, run.renames.get(name, name)}):
                have = run.after.answer(now, side)
                if have != wanted:
                    found.append(
                        f'"{now}" would be sent by {have} on Celery {_shown(side)}, and was by {wanted}'
                    )
    return found


SENT = frozenset({"send_task", "signature", "registry"})
"""Kinds of references that ask workers for a task by its name."""


def still_answered(run: StepRun) -> list[str]:
    """Whatever is sent by name is answered, if anything answered before: no name is new and unknown."""
    known = run.before.known_names
    unanswered = {r.text for r in run.before.references if r.kind in SENT and r.text not in known}
    return [
        f"'{r.path}' line {r.line} sends \"{r.text}\", and nothing answers to that"
        for r in run.after.references
        if r.kind in SENT and r.text not in run.after.known_names | unanswered | run.drops
    ]


def changed_entries(run: StepRun, side: Side) -> dict[str, Entry | None]:
    """The entries that the decisions of a step change, as they are to be; `None` for one that goes."""
    before = beat.expected(run.before, (), side) or {}
    after = beat.expected(run.before, _made(run), side) or {}
    keys = sorted(before.keys() | after.keys())
    return {key: after.get(key) for key in keys if before.get(key) != after.get(key)}


def changed_queues(run: StepRun, side: Side) -> dict[str, str]:
    """The names that the decisions of a step send elsewhere, each with its queue; `""`: the default."""
    found: dict[str, str] = {}
    for name in sorted(run.before.known_names):
        before = routes.expected(run.before, (), name, side)
        after = routes.expected(run.before, _made(run), name, side)
        if before != after:
            queue = after.get("queue") if isinstance(after, dict) else None
            found[name] = queue if isinstance(queue, str) else ""
    return found


def _made(run: StepRun) -> tuple[Decision, ...]:
    """The decisions that were carried out."""
    return tuple(item for item in run.decisions if item.id not in run.rewrite.undone)


def _shown(side: str) -> str:
    return "up to 5.6" if side == "5.6" else "from 5.7 on"


def _renamed(content: tuple[object, ...], renames: Mapping[str, str]) -> tuple[object, ...]:
    task = content[0]
    return (renames.get(task, task) if isinstance(task, str) else task, *content[1:])


def _differences(
    want: Mapping[str, tuple[object, ...]], have: Mapping[str, tuple[object, ...]]
) -> Iterator[str]:
    for key in sorted(want.keys() | have.keys()):
        if key not in have:
            yield f'beat entry "{key}" would not run'
        elif key not in want:
            yield f'beat entry "{key}" is new'
        elif want[key] != have[key]:
            yield f'beat entry "{key}" would be {have[key]}, and was to be {want[key]}'
