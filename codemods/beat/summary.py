"""What a commit of this step does, in a few words for its title."""

from collections.abc import Iterable

from codemods.beat.values import Expires, Expiry, Orphan, OwnQueue, Queue, Twice
from codemods.tables.choices import DeadTable, Winner
from codemods.tables.joins import Join
from codemods.tables.places import Placed
from codemods.values import Decision


def says(decisions: Iterable[Decision]) -> str:
    """Its parts, as in "keep one schedule, give 3 entries an expiry"; `""` where nothing is done."""
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
        ["keep one schedule"] * one,
        [f"move it to {item.to}" for item in made if isinstance(item, Placed)],
        _counted(orphans, "settle {} orphan", "settle {} orphans"),
        _counted(gone, "drop {} double entry", "drop {} double entries"),
        _counted(queues, "name the queue of {} entry", "name the queues of {} entries"),
        _counted(expiring, "give {} entry an expiry", "give {} entries an expiry"),
    )
    return ", ".join(text for part in parts for text in part)


def _counted(count: int, one: str, many: str) -> list[str]:
    return [(one if count == 1 else many).format(count)] if count else []
