"""Who is sent when, and who again: a clock that is turned by hand, and no process."""

from collections.abc import Iterator

import pytest

from migrate.errors import UsageError
from migrate.fleet.campaign import Campaign, job_of
from migrate.fleet.conducting import (
    MOST_DEATHS,
    SILENT,
    UNSEEN,
    Conductor,
    Wanted,
    round_of,
    seconds_between,
)
from migrate.fleet.values import Job, Outcome, Repository, Standing


class House:
    """A conductor, what it sent, and its clock."""

    def __init__(
        self, campaign: Campaign, count: int = 3, *, ahead: int = 2, pause: float = 0.0
    ) -> None:
        self.campaign = campaign
        self.jobs = [job_of(Repository(f"r{n}", f"/r{n}"), "") for n in range(count)]
        self.sent: list[tuple[str, int]] = []
        self.messages = 0
        self.now = 0.0
        self.conductor = Conductor(
            campaign,
            self.wanted(),
            lambda job, number: self.sent.append((job.name, number)),
            lambda: self.messages,
            ahead=ahead,
            pause=pause,
            clock=lambda: self.now,
        )

    def wanted(self) -> Iterator[Wanted]:
        yield from (Wanted(job, 0) for job in self.jobs)

    def end(self, job: Job, state: str = "done") -> None:
        self.campaign.keep_outcome(Outcome(job.name, job.key, state))

    def begin(self, job: Job) -> None:
        """A worker takes a job, and is alive at this moment."""
        import os

        self.campaign.stand(job.name, Standing(job.key, worker="1"))
        place = self.campaign.place(job.name, job.key) / "standing.json"
        os.utime(place, (self.now, self.now))

    def later(self, seconds: float) -> list[str]:
        self.now += seconds
        return [item.name for item in self.conductor.step()]


def test_only_a_few_are_sent_ahead(campaign: Campaign) -> None:
    house = House(campaign)
    assert house.later(0) == []
    assert house.sent == [("r0", 0), ("r1", 0)]
    house.end(house.jobs[1])
    assert house.later(1) == ["r1"]
    assert house.sent[2:] == [("r2", 0)]
    house.end(house.jobs[0])
    house.end(house.jobs[2])
    assert sorted(house.later(1)) == ["r0", "r2"]
    house.later(0)
    assert house.conductor.is_done


def test_a_rate_spaces_them_out(campaign: Campaign) -> None:
    house = House(campaign, ahead=3, pause=10.0)
    house.later(1)
    house.later(5)
    assert len(house.sent) == 1
    house.later(5)
    assert len(house.sent) == 2


def test_one_whose_worker_lives_is_waited_for(campaign: Campaign) -> None:
    house = House(campaign, 1)
    house.later(0)
    for _ in range(5):
        house.begin(house.jobs[0])
        house.later(SILENT - 1)
    assert house.sent == [("r0", 0)]


def test_one_whose_worker_died_is_sent_again_and_at_last_given_up(campaign: Campaign) -> None:
    house = House(campaign, 1)
    house.later(0)
    for times in range(1, MOST_DEATHS + 1):
        house.begin(house.jobs[0])
        house.later(SILENT + 1)
        assert len(house.sent) == 1 + times
    house.begin(house.jobs[0])
    house.later(SILENT + 1)
    assert len(house.sent) == 1 + MOST_DEATHS
    assert house.later(0) == ["r0"]
    found = campaign.outcome("r0", house.jobs[0].key)
    assert found is not None
    assert (found.state, found.cause) == ("failed", "workers died")
    assert [event.event for event in campaign.journal()].count("lost") == MOST_DEATHS + 1


def test_one_that_is_tried_again_later_is_waited_for(campaign: Campaign) -> None:
    house = House(campaign, 1)
    house.later(0)
    house.begin(house.jobs[0])
    campaign.stand("r0", Standing(house.jobs[0].key, "retries", until=house.now + 40))
    import os

    os.utime(campaign.place("r0", house.jobs[0].key) / "standing.json", (0, 0))
    house.later(40 + SILENT - 1)
    assert len(house.sent) == 1
    house.later(2)
    assert len(house.sent) == 2


def test_a_message_that_is_nowhere_is_sent_again_one_in_a_queue_is_not(campaign: Campaign) -> None:
    house = House(campaign, 1)
    house.later(0)
    house.messages = 1
    house.later(UNSEEN * 10)
    assert len(house.sent) == 1
    house.messages = 0
    house.later(3)
    house.later(UNSEEN - 1)
    assert len(house.sent) == 1
    house.later(2)
    assert len(house.sent) == 2
    for _ in range(2 * MOST_DEATHS):
        house.later(UNSEEN + 1)
    # A worker that is busy may have taken it ahead: that is no death.
    assert campaign.outcome("r0", house.jobs[0].key) is None


@pytest.mark.parametrize(
    ("state", "only_failed", "fresh", "number"),
    [
        (None, False, False, 0),
        (None, True, False, None),
        ("done", False, False, None),
        ("failed", False, False, None),
        ("failed", True, False, 1),
        ("waits", True, False, None),
        ("done", False, True, 1),
    ],
)
def test_what_has_ended_stays(
    state: str | None, only_failed: bool, fresh: bool, number: int | None
) -> None:
    known = Outcome("x", "k", state) if state else None
    assert round_of(known, only_failed=only_failed, fresh=fresh) == number


def test_rates() -> None:
    assert [seconds_between(word) for word in ("2/s", "30/m", "1/h")] == [0.5, 2.0, 3600.0]
    for word in ("", "3", "0/m", "-1/s", "x/m", "3/d", "inf/s", "nan/s"):
        with pytest.raises(UsageError, match="--rate takes N/s, N/m or N/h"):
            seconds_between(word)
