"""Whether names may go: none in flight in any look, nobody sends them, and nothing is unknown."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from migrate.drain.values import HELD, INSIDE, RUNNING, WAITING, Look, Sight
from migrate.shapes.drain import DrainedOut, DrainOut, DrainPlace


def verdict(
    looks: Sequence[Look],
    asked: Sequence[str],
    senders: Mapping[str, Sequence[str]],
    doubts: Iterable[str] = (),
    *,
    at: datetime,
    broker: str,
    revision: str,
    before: str,
    senders_stopped: bool = False,
) -> DrainOut:
    """What the looks say of the names asked, and how often all others are in flight."""
    unknown = [*doubts, *(doubt for look in looks for doubt in look.doubts)]
    unknown = list(dict.fromkeys(unknown))
    names = []
    for name in asked:
        sights = [item for look in looks for item in look.of(name)]
        sent = [*senders.get(name, ())] if not senders_stopped else []
        sent.extend(place for look in looks for place in look.scheduled.get(name, ()))
        made = _drained(name, sights, list(dict.fromkeys(sent)))
        # What one look alone does not see may have moved behind it.
        made.may_go = len(looks) > 1 and not sights and not sent and not unknown
        names.append(made)
    last = looks[-1]
    others = sorted({item.name for item in last.sights} - set(asked))
    return DrainOut(
        broker=broker,
        revision=revision,
        at=at.isoformat(timespec="seconds"),
        before=before,
        names=names,
        others=[_drained(name, last.of(name), []) for name in others],
        cant_know=unknown,
        messages=last.messages,
        looks=len(looks),
        workers=list(last.answered),
        senders_stopped=senders_stopped,
    )


def _drained(name: str, sights: Sequence[Sight], sent: list[str]) -> DrainedOut:
    """The counts of a name; of several looks the highest of each place counts."""
    most: dict[tuple[str, str], int] = {}
    for item in sights:
        key = item.how, item.place
        most[key] = max(most.get(key, 0), item.count)
    counts: Counter[str] = Counter()
    for (how, _), count in most.items():
        counts[how] += count
    until = max((item.until for item in sights), default="")
    return DrainedOut(
        name=name,
        waiting=counts[WAITING],
        held=counts[HELD],
        inside=counts[INSIDE],
        running=counts[RUNNING],
        places=[DrainPlace(place, how, count) for (how, place), count in sorted(most.items())],
        until=until or None,
        still_sent=sent,
    )


def is_zero(found: DrainOut) -> bool:
    """Whether every name asked may go, and nothing is unknown."""
    return all(item.may_go for item in found.names) and not found.cant_know
