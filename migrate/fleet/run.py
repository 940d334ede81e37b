"""One run over a campaign: what it wants of the manifest, until all of that has ended."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from migrate.errors import UsageError
from migrate.fleet.campaign import Campaign
from migrate.fleet.conducting import Conductor, Wanted, round_of
from migrate.fleet.figures import FleetOut, figures
from migrate.fleet.manifest import Manifest
from migrate.fleet.pages import markdown, page
from migrate.fleet.processes import Workers
from migrate.fleet.pulls import open_one
from migrate.fleet.sources import jobs_of
from migrate.fleet.values import Job, Outcome

if TYPE_CHECKING:
    from migrate.fleet.app import Queues

PAUSE = 0.2
"""Seconds between two looks at what has ended."""
AHEAD = 2
"""Repositories in the queue for each worker of this machine."""
FAR_AHEAD = 200
"""The same for workers that only the broker knows."""
PAGES = 2.0
"""Seconds between two writings of the pages at the least."""
Tell = Callable[[Iterable[str]], None]


class Run:
    """One run over a campaign: what it wants, and what has ended."""

    def __init__(
        self,
        campaign: Campaign,
        asked: Manifest,
        limit: int | None,
        *,
        only_failed: bool,
        fresh: bool,
        dry: bool,
    ) -> None:
        self.campaign = campaign
        self.asked = asked
        self.limit = limit
        self.only_failed, self.fresh, self.dry = only_failed, fresh, dry
        self.outcomes: dict[str, Outcome] = {}
        self.conductor: Conductor | None = None
        self.opened = 0
        self._written = 0.0
        self._cost = 0.0

    def wanted(self) -> Iterator[Wanted]:
        """The jobs that are to be done, as many as asked; those that have ended are counted in."""
        taken = 0
        left = {repository.name for repository in self.asked.repositories}
        for job in jobs_of(self.asked.repositories, dry=self.dry):
            left.discard(job.name)
            following = self._following(job)
            if following is None:
                continue
            yield following
            taken += 1
            if taken == self.limit:
                break
        for name in sorted(left):
            if last := self.campaign.last_outcome(name):
                self.outcomes[name] = last

    def _following(self, job: Job) -> Wanted | None:
        known = self.campaign.outcome(job.name, job.key)
        number = round_of(known, only_failed=self.only_failed, fresh=self.fresh)
        if number is None and known is not None:
            self.outcomes[job.name] = known
        return None if number is None else Wanted(job, number)

    def conducted(
        self, broker: str, count: int, pause: float, view: Callable[[FleetOut], None], tell: Tell
    ) -> FleetOut:
        """Works until all has ended; what was begun is begun again by the next run if this is stopped.

        `view` is shown the campaign now and then, `tell` is told of workers that died.
        """
        queues = queues_of(self.campaign, broker)
        ahead = FAR_AHEAD if broker else AHEAD * count
        conductor = Conductor(
            self.campaign, self.wanted(), queues.send, queues.waiting, ahead=ahead, pause=pause
        )
        self.conductor = conductor
        try:
            with Workers(self.campaign.folder, broker, count, queues.names) as working:
                while True:
                    self.outcomes |= {item.name: item for item in conductor.step()}
                    tell(working.look())
                    if conductor.is_done:
                        break
                    if self.write(late=False):
                        view(self.figures())
                    time.sleep(PAUSE)
        finally:
            self.write(late=True)
        return self.figures(is_over=True)

    def figures(self, *, is_over: bool = False) -> FleetOut:
        """The campaign as it stands."""
        conductor = self.conductor
        return figures(
            self.asked.name,
            str(self.campaign.folder),
            len(self.asked.repositories),
            list(self.outcomes.values()),
            running=() if is_over or conductor is None else conductor.running,
            lost=conductor.lost if conductor is not None else 0,
            pull_requests=self.opened,
            is_over=is_over,
        )

    def write(self, *, late: bool) -> bool:
        """Writes the pages if they are due; a large one is written more rarely, at the end for good."""
        began = time.monotonic()
        if not late and began - self._written < max(PAGES, 20 * self._cost):
            return False
        found = self.figures(is_over=late)
        self.campaign.write(
            {
                "report.html": page(found).encode("utf-8", "replace"),
                "report.md": markdown(found).encode("utf-8", "replace"),
                "report.json": msgspec.json.format(msgspec.json.encode(found)) + b"\n",
            }
        )
        self._written = time.monotonic()
        self._cost = self._written - began
        return True

    def with_pull_requests(self, tell: Tell) -> FleetOut:
        """Runs the user's command for each result that it was not run for yet; what failed is told."""
        for repository in self.asked.repositories:
            outcome = self.outcomes.get(repository.name)
            if outcome is None or outcome.state == "failed":
                continue
            said = open_one(self.campaign, repository, outcome, self.asked.pull_request)
            if said:
                tell([said])
            self.opened += said == ""
        self.write(late=True)
        return self.figures(is_over=True)


def queues_of(campaign: Campaign, broker: str) -> "Queues":
    """The campaign's queues. Raises `UsageError` where the runtime is not installed."""
    try:
        from migrate.fleet.app import opened_queues
    except ImportError as error:
        raise UsageError(
            f"fleets run on the target runtime, and '{error.name}' is not installed. Install it beside the tool: pip install celery-converge-runtime"
        ) from None
    return opened_queues(campaign.folder, broker)
