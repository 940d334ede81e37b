"""The last drain, kept beside the plan: what it says of names, for as long as it is fresh."""

import shlex
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from migrate.drain.senders import shown_names
from migrate.errors import SafetyError
from migrate.shapes.drain import DrainedOut, DrainOut
from migrate.writing import check_own, write_own

FILE = "drain.json"
AHEAD = timedelta(minutes=2)
"""How far clocks may be apart."""


def keep(folder: Path, found: DrainOut) -> None:
    """Writes what a drain found beside the plan."""
    data = msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"
    write_own(folder, {".gitignore": b"*\n", FILE: data}, folder.parent)


def read_kept(folder: Path) -> DrainOut | None:
    """What the last drain found; `None` without one, or where its file is of another form."""
    check_own(folder, (FILE,), folder.parent)
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=DrainOut)
    except (OSError, msgspec.MsgspecError):
        return None


class Drained(Struct, frozen=True):
    """What a person may rely on: the last drain, how long it counts, and names known to be gone."""

    kept: DrainOut | None
    minutes: float
    known: frozenset[str] = frozenset()

    def doubts(self, names: Iterable[str], revision: str) -> dict[str, str]:
        """The names that may still be in flight, each with the reason."""
        stale = self._stale(revision)
        entries = {item.name: item for item in self.kept.names} if self.kept is not None else {}
        found: dict[str, str] = {}
        for name in names:
            if name in self.known:
                continue
            why = stale or self._why(entries.get(name))
            if why:
                found[name] = why
        return found

    def _stale(self, revision: str) -> str:
        """Why the last drain tells nothing of now."""
        if self.kept is None:
            return "no drain has looked"
        try:
            age = datetime.now(UTC) - datetime.fromisoformat(self.kept.at)
        except (ValueError, TypeError):
            return "the last drain has no time"
        if age < -AHEAD:
            return "the last drain is of a time to come"
        if age > timedelta(minutes=self.minutes):
            minutes = int(age.total_seconds() // 60)
            return f"the last drain is {minutes} minutes old, and {self.minutes:g} count"
        if self.kept.revision != revision:
            return "the last drain looked at another commit"
        return ""

    def _why(self, entry: DrainedOut | None) -> str:
        if entry is None:
            return "the last drain did not ask about it"
        if entry.may_go:
            return ""
        count = entry.waiting + entry.held + entry.inside + entry.running
        if count:
            return f"the last drain saw it {count} times in flight"
        if entry.still_sent:
            return f"it is still sent: {entry.still_sent[0]}"
        if self.kept is not None and not self.kept.cant_know:
            return "the last drain looked only once, since other names were in flight"
        return "the last drain could not tell"

    def saw(self, names: Collection[str]) -> bool:
        """Whether the last drain, however old, saw one of these names in flight."""
        return self.kept is not None and any(
            item.waiting + item.held + item.inside + item.running
            for item in (*self.kept.names, *self.kept.others)
            if item.name in names
        )

    def check_drops(self, names: Collection[str], revision: str) -> None:
        """Raises `SafetyError` unless a fresh drain lets these old names go."""
        doubts = self.doubts(sorted(names), revision)
        if doubts:
            raise SafetyError(
                f"{_told(doubts)}. Once workers no longer answer to a name, each message that bears it is thrown away. Type: migrate drain --broker URL, then within {self.minutes:g} minutes: migrate apply --step drop-aliases; or say that you know them to be gone: {_known(doubts)}"
            )

    def check_rollback(self, names: Collection[str], revision: str, *, to: str, both: bool) -> None:
        """Raises `SafetyError` unless a fresh drain lets these new names go; `both`: `names` is applied."""
        doubts = self.doubts(sorted(names), revision)
        if doubts:
            first = "migrate rollback --to names, deploy that (senders use the old names again), "
            last = f"migrate rollback --to {to}" if to else "migrate rollback"
            raise SafetyError(
                f"{_told(doubts)}, and workers of an older commit throw away each message that bears it. In this order: {first if both else ''}migrate drain --broker URL --before rollback, then within {self.minutes:g} minutes: {last}. Where all senders stand still, add --senders-stopped to drain and go back at once; or say that you know them to be gone: {_known(doubts)}"
            )


NOTHING = Drained(None, 0.0)
"""No drain, and no name that a person knows to be gone."""


def _told(doubts: dict[str, str]) -> str:
    """The names by reason, as the beginning of a sentence."""
    by_reason: dict[str, list[str]] = {}
    for name, why in doubts.items():
        by_reason.setdefault(why, []).append(name)
    parts = [f"{shown_names(names)} ({why})" for why, names in by_reason.items()]
    return f"these names may still be in flight: {'; '.join(parts[:3])}"


def _known(doubts: dict[str, str]) -> str:
    words = " ".join(f"--i-know {shlex.quote(name)}" for name in list(doubts)[:3])
    return f"{words} and so on" if len(doubts) > 3 else words
