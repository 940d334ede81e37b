"""What a commit of this step does, in a few words for its title."""

from collections.abc import Iterable

from codemods.beat.values import Expires, Expiry, Orphan, OwnQueue, Queue, Twice
from codemods.tables.choices import DeadTable, Winner
from codemods.tables.joins import Join
from codemods.tables.places import Placed
from codemods.values import Decision


def says(decisions: Iterable[Decision]) -> str:
    """Its parts, as in "one schedule, 3 entries expire"; `""` where nothing is done."""
    made = list(decisions)
    one = any(
        isinstance(item, Winner | Join) or (isinstance(item, DeadTable) and item.answer == "remove")
        for item in made
    )
    orphans = sum(isinstance(i, Orphan) and (i.answer == "remove" or bool(i.target)) for i in made)
    queues = sum(
        isinstance(item, Queue) or (isinstance(item, OwnQueue) and item.answer == "route")
        for item in made
    )
    expiring = sum(len(i.entries) for i in made if isinstance(i, Expires) and i.accepted)
    expiring += sum(isinstance(item, Expiry) and item.answer == "seconds" for item in made)
    gone = sum(isinstance(item, Twice) and bool(item.gone) for item in made)
    parts = (
        ["one schedule"] * one,
        [f"it stands in {item.to}" for item in made if isinstance(item, Placed)],
        _counted(orphans, "orphan settled", "orphans settled"),
        _counted(gone, "double entry gone", "double entries gone"),
        _counted(queues, "entry names its queue", "entries name their queues"),
        _counted(expiring, "entry expires", "entries expire"),
    )
    return ", ".join(text for part in parts for text in part)


def _counted(count: int, one: str, many: str) -> list[str]:
    return [f"{count} {one if count == 1 else many}"] if count else []
