"""A campaign in figures: how far it is, what failed by cause, what waits for people."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from migrate.fleet.values import Outcome

FORMAT = 1
TODO = {
    "clone": "check source and revision in the manifest, then: --only-failed",
    "settings": "mend [tool.migrate] there, or settings in the manifest, then: --only-failed",
    "refused": "read the message, mend the repository, then: --only-failed",
    "proof": "the code as it is can't be proved: read the message",
    "time": "allow more in the manifest: seconds",
    "memory": "allow more in the manifest: memory_mb",
    "machine": "mend the machine, then: --only-failed",
    "workers died": "look at its log.txt and workers/, then: --only-failed",
    "decisions": "look at them; accept = true in the manifest, or answer them in its settings",
    "consent": "read the codemods, then trust = true in the manifest",
    "unproved": "read the notes: migrate apply --dry-run -C CLONE",
    "deploy": "deploy what is there, then deployed = N in the manifest",
    "lost": "look at log.txt, then: --only-failed",
    "fault": "this is a fault of the tool: please report it",
}


class CauseOut(Struct, frozen=True):
    """One cause for which repositories failed or wait, how many, and what to do about it."""

    cause: str
    state: str
    count: int
    do: str
    repositories: tuple[str, ...]
    message: str
    """What was said of the first of them."""


class FleetOut(Struct, frozen=True):
    """`migrate fleet --json`, also kept as `report.json`; `pending` are those that have not ended."""

    name: str
    folder: str
    total: int
    ended: int
    done: int
    nothing: int
    waits: int
    failed: int
    running: tuple[str, ...]
    pending: int
    lost: int
    """How often a worker died with a repository in hand, or a message was lost, in this run."""
    commits: int
    patches: int
    files: int
    tasks: int
    shared_task_before: float
    shared_task_after: float
    cpu_seconds: float
    seconds: float
    """Of all repositories together."""
    causes: tuple[CauseOut, ...]
    repositories: tuple[Outcome, ...]
    pull_requests: int = 0
    is_over: bool = False
    format: int = FORMAT


def what_to_do(cause: str) -> str:
    """What a person does about a cause."""
    first = cause.split(" ")[0]
    return TODO.get(cause) or TODO.get(first, "read the message")


def causes_of(outcomes: Iterable[Outcome]) -> tuple[CauseOut, ...]:
    """The causes of what failed, then of what waits, the most frequent first."""
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for item in outcomes:
        if item.state in {"failed", "waits"}:
            groups.setdefault((item.state, item.cause), []).append(item)
    ordered = sorted(groups.items(), key=lambda group: (group[0][0], -len(group[1]), group[0][1]))
    return tuple(
        CauseOut(
            cause,
            state,
            len(items),
            what_to_do(cause),
            tuple(item.name for item in items),
            items[0].message,
        )
        for (state, cause), items in ordered
    )


def figures(
    name: str,
    folder: str,
    total: int,
    outcomes: Sequence[Outcome],
    *,
    running: Sequence[str] = (),
    lost: int = 0,
    pull_requests: int = 0,
    is_over: bool = False,
) -> FleetOut:
    """The campaign as it stands."""
    states = Counter(item.state for item in outcomes)
    tasks = sum(item.tasks for item in outcomes)
    return FleetOut(
        name=name,
        folder=folder,
        total=total,
        ended=len(outcomes),
        done=states["done"],
        nothing=states["nothing"],
        waits=states["waits"],
        failed=states["failed"],
        running=tuple(sorted(running)),
        pending=total - len(outcomes),
        lost=lost,
        commits=sum(item.commits for item in outcomes),
        patches=sum(item.patches for item in outcomes),
        files=sum(item.files for item in outcomes),
        tasks=tasks,
        shared_task_before=_mean(((item.before, item.tasks) for item in outcomes), tasks),
        shared_task_after=_mean(((item.after, item.tasks) for item in outcomes), tasks),
        cpu_seconds=round(sum(item.cpu_seconds for item in outcomes), 3),
        seconds=round(sum(item.seconds for item in outcomes), 3),
        causes=causes_of(outcomes),
        repositories=tuple(sorted(outcomes, key=lambda item: item.name)),
        pull_requests=pull_requests,
        is_over=is_over,
    )


def _mean(parts: Iterable[tuple[float, int]], whole: int) -> float:
    """A percentage over all, each repository weighing as many as it has tasks."""
    return round(sum(value * weight for value, weight in parts) / whole, 1) if whole else 0.0
