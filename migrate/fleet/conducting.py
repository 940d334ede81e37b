"""What is sent when: a few repositories ahead of the workers, those of dead workers again, each to its end.

No broker is trusted to give a message out again. A job that somebody has in hand has a file whose time is
renewed each second; where that stops, or nothing waits in the queue and nobody has begun, it is sent anew.
Sending one twice is harmless: the task is guarded, and finds the outcome.
"""

import math
import time
from collections.abc import Callable, Iterator

from msgspec import Struct

from migrate.errors import UsageError
from migrate.fleet.campaign import Campaign
from migrate.fleet.migrating import failed
from migrate.fleet.values import Job, Outcome

SILENT = 15.0
"""Seconds without a sign of life after which a worker is taken for dead."""
UNSEEN = 20.0
"""Seconds that a job may be in no queue and in nobody's hands."""
ASKED = 2.0
"""Seconds between two questions to the broker."""
MOST_DEATHS = 3
"""A repository whose workers died so often is not begun again: it may be what kills them."""
UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}

Send = Callable[[Job, int], None]


class Sent(Struct):
    """One job that was sent and has not ended."""

    job: Job
    round: int
    at: float
    deaths: int = 0
    missing: float = 0.0
    """Since when it is in no queue and in nobody's hands; 0 where it is in one of them."""


class Wanted(Struct, frozen=True):
    """A job that is to be done, and how often it was begun anew before."""

    job: Job
    round: int


def seconds_between(rate: str) -> float:
    """Seconds from one repository to the next at a rate as `30/m`. Raises `UsageError` for another."""
    number, mark, unit = rate.partition("/")
    try:
        count = float(number)
    except ValueError:
        count = 0.0
    if not mark or unit not in UNITS or not 0 < count < math.inf:
        raise UsageError(f"--rate takes N/s, N/m or N/h, as 30/m, not '{rate}'")
    return UNITS[unit] / count


def round_of(known: Outcome | None, *, only_failed: bool, fresh: bool) -> int | None:
    """In which round a job is to be run, `None` if not at all; it depends on how it ended before."""
    if known is None:
        return None if only_failed else 0
    again = fresh or (only_failed and known.state == "failed")
    return known.round + 1 if again else None


class Conductor:
    """Sends what is wanted and sees it to its end; `step` is called again and again."""

    def __init__(
        self,
        campaign: Campaign,
        wanted: Iterator[Wanted],
        send: Send,
        waiting: Callable[[], int],
        *,
        ahead: int,
        pause: float = 0.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`ahead` is how many may be sent and not ended, `waiting` how many messages are in queues."""
        self._campaign = campaign
        self._wanted = wanted
        self._send = send
        self._waiting = waiting
        self._ahead = ahead
        self._pause = pause
        self._next = self._asked = 0.0
        self._clock = clock
        self._all_sent = False
        self.sent: dict[str, Sent] = {}
        self.lost = 0

    def step(self) -> list[Outcome]:
        """The outcomes since the last step; sends what there is room for, and what was lost."""
        ended = self._ended()
        self._look_after()
        while not self._all_sent and len(self.sent) < self._ahead and self._clock() >= self._next:
            following = next(self._wanted, None)
            if following is None:
                self._all_sent = True
                break
            self._next = self._clock() + self._pause
            self._begin(following)
        return ended

    @property
    def is_done(self) -> bool:
        """Whether everything was sent and has ended."""
        return self._all_sent and not self.sent

    @property
    def running(self) -> list[str]:
        """The names of what somebody has in hand."""
        return [
            name for name, item in self.sent.items() if self._campaign.standing(name, item.job.key)
        ]

    def _begin(self, wanted: Wanted) -> None:
        self._campaign.keep_job(wanted.job)
        self._campaign.note("sent", wanted.job.name, wanted.job.key, wanted.round)
        self.sent[wanted.job.name] = Sent(wanted.job, wanted.round, self._clock())
        self._send(wanted.job, wanted.round)

    def _ended(self) -> list[Outcome]:
        found: list[Outcome] = []
        for name, item in list(self.sent.items()):
            outcome = self._campaign.outcome(name, item.job.key)
            if outcome is not None and outcome.round >= item.round:
                found.append(outcome)
                del self.sent[name]
        return found

    def _look_after(self) -> None:
        """Sends those again whose worker is dead, and those that are nowhere any more."""
        unseen: list[Sent] = []
        for name, item in self.sent.items():
            stands = self._campaign.standing(name, item.job.key)
            now = self._clock()
            if stands is None:
                unseen.append(item)
                continue
            item.missing = 0.0
            standing, alive = stands
            quiet = now - max(alive, standing.until)
            if quiet > SILENT and now - item.at > SILENT:
                item.deaths += 1
                self._lost(item, f"worker {standing.worker or '?'} died")
        now = self._clock()
        if not unseen or now - self._asked < ASKED:
            return
        self._asked, empty = now, self._waiting() == 0
        for item in unseen:
            # A worker that has just taken it has said nothing yet.
            item.missing = (item.missing or now) if empty else 0.0
            if empty and now - item.missing > UNSEEN:
                self._lost(item, "its message was lost")

    def _lost(self, item: Sent, why: str) -> None:
        job = item.job
        item.at, item.missing = self._clock(), 0.0
        self.lost += 1
        self._campaign.note("lost", job.name, job.key, item.round, message=why)
        self._campaign.forget_standing(job.name, job.key)
        if item.deaths <= MOST_DEATHS:
            self._send(job, item.round)
            return
        text = f"its workers died {item.deaths} times, the last time: {why}. Run it alone: --only-failed"
        outcome = failed(job, "workers died", text)
        place = self._campaign.place(job.name, job.key).relative_to(self._campaign.folder)
        self._campaign.keep_outcome(
            Outcome(
                outcome.name,
                outcome.key,
                outcome.state,
                outcome.cause,
                outcome.message,
                commit=job.commit,
                folder=place.as_posix(),
                round=item.round,
            )
        )
