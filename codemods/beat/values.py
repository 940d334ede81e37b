"""What is decided of the entries of a schedule."""

from typing import ClassVar, Self

from msgspec.structs import replace

from codemods.values import Answered, Decision, Offered, Question

POINT = "point-to "


class Orphan(Answered, frozen=True, tag="orphan", forbid_unknown_fields=True):
    """An entry whose task does not exist: `point-to NAME`, `remove` or `keep`."""

    key: str = ""
    task: str = ""
    near: str = ""

    @property
    def waits(self) -> bool:
        """Whether it has none of the answers that it takes yet."""
        return self.answer not in {"remove", "keep"} and not self.target

    @property
    def asks(self) -> Question:
        """What becomes of the entry."""
        named = self.near or "NAME"
        return Question(
            self.key, "points at nothing", f'answer = "{POINT}{named}", "remove" or "keep"'
        )

    @property
    def target(self) -> str:
        """The task that the entry is to run from now on, or `""`."""
        return self.answer.removeprefix(POINT) if self.answer.startswith(POINT) else ""


class Queue(Decision, frozen=True, tag="queue", forbid_unknown_fields=True):
    """The entry says which queue its messages go to, which is that of its task's route."""

    key: str
    queue: str


SHOWN = 4
"""How many different expiries a question names."""


def _some(keys: list[str]) -> str:
    """The first of some entries, and how many others there are."""
    others = len(keys) - 1
    return f"{keys[0]} and {others} {'other' if others == 1 else 'others'}" if others else keys[0]


class Expires(Decision, frozen=True, tag="expires", forbid_unknown_fields=True):
    """Runs that wait longer than this many seconds are dropped: by then the next one is due.

    `accepted = true` says yes. `expires = true` or `false` in `[tool.migrate.beat]` is an answer for good.
    """

    entries: dict[str, int]
    accepted: bool
    names: tuple[str, ...] = ("expires",)
    """The options that say so: `expire_seconds` too where the schedule lies in a database."""

    @property
    def together(self) -> dict[int, list[str]]:
        """The entries by their seconds."""
        found: dict[int, list[str]] = {}
        for key, seconds in self.entries.items():
            found.setdefault(seconds, []).append(key)
        return found

    @property
    def said(self) -> tuple[str, str]:
        """The seconds of each entry, those with the same ones together."""
        shown = "; ".join(
            f"{seconds:,} s for {', '.join(keys)}" for seconds, keys in self.together.items()
        )
        return f"{self.because}, so they expire:", shown

    @property
    def asks(self) -> Question:
        """Whether a run may be dropped."""
        groups = [
            f"{seconds:,} s ({_some(keys)})" for seconds, keys in sorted(self.together.items())
        ]
        shown = ", ".join(groups[:SHOWN])
        more = f" and {len(groups) - SHOWN} more" if len(groups) > SHOWN else ""
        return Question("expires", "no expiry yet", f"runs may expire after {shown}{more}")

    @property
    def waits(self) -> bool:
        """Whether nobody has accepted it yet."""
        return not self.accepted

    def taken(self) -> Self:
        """The expiries, accepted."""
        return replace(self, accepted=True)


class OwnQueue(Offered, frozen=True, tag="own-queue", forbid_unknown_fields=True):
    """The entry says another queue than the route of its task: it stays, or `route` takes the route's."""

    key: str = ""
    own: str = ""
    route: str = ""


class Expiry(Answered, frozen=True, tag="expiry", forbid_unknown_fields=True):
    """An `expires` that beat can't send with: `seconds` makes a number of it, `keep` leaves it."""

    takes: ClassVar[frozenset[str]] = frozenset({"seconds", "keep"})
    key: str = ""

    @property
    def asks(self) -> Question:
        """Whether the entry is to be sent from now on."""
        return Question(self.key, "is never sent", 'answer = "seconds" or "keep"')


REMOVE = "remove "


class Twice(Answered, frozen=True, tag="twice", forbid_unknown_fields=True):
    """Entries that run one task with the same arguments at the same times: one goes, or all stay."""

    task: str = ""
    keys: tuple[str, ...] = ()

    @property
    def gone(self) -> str:
        """The key of the entry that goes, or `""`."""
        key = self.answer.removeprefix(REMOVE)
        return key if self.answer.startswith(REMOVE) and key in self.keys else ""

    @property
    def waits(self) -> bool:
        """Whether it has none of the answers that it takes yet."""
        return self.answer != "keep" and not self.gone

    @property
    def asks(self) -> Question:
        """Which of the entries goes."""
        return Question(
            self.task, "runs twice at a time", f'answer = "{REMOVE}{self.keys[-1]}" or "keep"'
        )
