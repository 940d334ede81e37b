"""What one look at a broker saw: how often each name is in flight, where, and what can't be known."""

from collections import Counter, defaultdict

from msgspec import Struct

from reports.words import plural

WAITING, HELD, INSIDE, RUNNING = "waiting", "held", "inside", "running"
"""In a queue; taken by a worker and not acknowledged; named by another message; running now."""


class Sight(Struct, frozen=True, order=True):
    """How often one name was seen at one place in one way; `until` is the latest ETA among them."""

    name: str
    how: str
    place: str
    count: int
    until: str = ""


class Look(Struct, frozen=True):
    """One look at a broker and its workers.

    `messages` counts those of tasks; `running` are the ids of tasks that ran and whose messages could
    not be read; `doubts` are sentences, each of something that can't be known.
    """

    sights: tuple[Sight, ...] = ()
    messages: int = 0
    doubts: tuple[str, ...] = ()
    running: dict[str, str] = {}
    answered: tuple[str, ...] = ()
    scheduled: dict[str, tuple[str, ...]] = {}
    """By name the entries of a schedule that lies on the broker."""

    def of(self, name: str) -> tuple[Sight, ...]:
        """Where one name was seen."""
        return tuple(item for item in self.sights if item.name == name)


class Message(Struct, frozen=True):
    """One message of a task: its own name, the names inside of it, and why it can't be read whole.

    `name` is `""` where even that is unknown; `key` is the same for a message given out again.
    """

    key: tuple[str, int]
    name: str
    inside: frozenset[str] = frozenset()
    until: str = ""
    unread: str = ""


class Tally:
    """Counts what one look sees; a message seen twice on its way counts once."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        """The ids of all messages that were read."""
        self.scheduled: defaultdict[str, list[str]] = defaultdict(list)
        self._seen: set[tuple[str, int]] = set()
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._until: dict[tuple[str, str, str], str] = {}
        self._unread: Counter[tuple[str, str]] = Counter()
        self._doubts: list[str] = []
        self._messages = 0

    def add(self, message: Message, how: str, place: str) -> None:
        """Counts a message where it was found."""
        if message.key[0]:
            if message.key in self._seen:
                return
            self._seen.add(message.key)
            self.ids.add(message.key[0])
        self._messages += 1
        if message.name:
            self.see(message.name, how, place, message.until)
        for name in message.inside:
            self.see(name, INSIDE, place, message.until)
        if message.unread:
            self._unread[place, message.unread] += 1

    def see(self, name: str, how: str, place: str, until: str = "", count: int = 1) -> None:
        """Counts a name."""
        key = name, how, place
        self._counts[key] += count
        if until > self._until.get(key, ""):
            self._until[key] = until

    def doubt(self, sentence: str) -> None:
        """Takes note of what can't be known."""
        if sentence not in self._doubts:
            self._doubts.append(sentence)

    def look(self, running: dict[str, str], answered: tuple[str, ...] = ()) -> Look:
        """All that was counted."""
        unread = [
            f'{count} {why} {plural(count, "message")} in "{place}"'
            for (place, why), count in sorted(self._unread.items())
        ]
        sights = [
            Sight(name, how, place, count, self._until.get((name, how, place), ""))
            for (name, how, place), count in self._counts.items()
        ]
        doubts = (*unread, *self._doubts)
        known = {name: tuple(dict.fromkeys(found)) for name, found in self.scheduled.items()}
        return Look(tuple(sorted(sights)), self._messages, doubts, running, answered, known)
