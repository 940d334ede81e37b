"""The time between two runs, against the figures of Celery's own clock."""

import datetime as dt
import itertools
import random
import time
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from codemods.in_force import gaps
from codemods.in_force.gaps import DAYS, START, Crontab, Gaps, gaps_of
from codemods.in_force.routing import Refused
from tests.celeries import VERSIONS, answers

RUNNER = Path(__file__).with_name("gaps_runner.py")


@pytest.mark.parametrize(
    ("cron", "zone", "shortest", "longest"),
    [
        (Crontab(minute="*/15"), "UTC", 900, 900),
        (Crontab(minute=0, hour="*/7"), "UTC", 10_800, 25_200),
        (Crontab(minute="*/25"), "UTC", 600, 1_500),
        (Crontab(minute="*/40"), "UTC", 1_200, 2_400),
        (Crontab(minute=0, hour="9-17", day_of_week="mon-fri"), "UTC", 3_600, 230_400),
        (Crontab(minute=0, hour=0), "UTC", 86_400, 86_400),
        (Crontab(minute=30, hour=4), "Europe/Berlin", 82_800, 90_000),
        (Crontab(minute=0, hour=0, day_of_month="1"), "UTC", 2_419_200, 2_678_400),
        (Crontab(minute=0, hour=0, day_of_month="13", day_of_week="fri"), "UTC", 36_892_800, 36_892_800),
        (Crontab(month_of_year=1), "UTC", 60, 60 + 335 * 86_400),
        (Crontab(), "UTC", 60, 60),
        (Crontab(), "Europe/Berlin", 60, 3_660),
        (Crontab(minute="0"), "Asia/Kathmandu", 3_600, 3_600),
        (Crontab(minute=[0, 10], hour=[6, 18]), "UTC", 600, 42_600),
    ],
)  # fmt: skip
def test_the_gaps_of_a_crontab(cron: Crontab, zone: str, shortest: float, longest: float) -> None:
    found = gaps_of(cron, zone)
    assert found == Gaps(shortest, longest)
    assert isinstance(found, Gaps)
    assert found.is_regular is (shortest == longest)


def test_celery_passes_over_the_hour_that_the_clock_shows_twice() -> None:
    # The runs of 2:00 to 2:45 in winter time are none; those of summer time have been.
    assert gaps_of(Crontab(minute="*/15"), "Europe/Berlin") == Gaps(900, 4_500)


@pytest.mark.parametrize(
    "schedule",
    [Crontab(minute=0, hour=0, day_of_month="29", month_of_year="2"), timedelta(0), 0],
)
def test_without_a_second_run_there_is_no_gap(schedule: Crontab | timedelta | float) -> None:
    assert gaps_of(schedule) is None


def test_an_interval_is_its_own_gap() -> None:
    assert gaps_of(timedelta(hours=1)) == Gaps(3_600, 3_600)
    assert gaps_of(0.5) == Gaps(0.5, 0.5)


@pytest.mark.parametrize(
    ("cron", "zone"),
    [
        (Crontab(minute="61"), "UTC"),
        (Crontab(minute="never"), "UTC"),
        (Crontab(day_of_month="31", month_of_year="2"), "UTC"),
        (Crontab(), "Mars/Base"),
        (Crontab(), "../etc"),
    ],
)
def test_what_celery_does_not_take_is_refused(cron: Crontab, zone: str) -> None:
    assert isinstance(gaps_of(cron, zone), Refused)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Australia/Lord_Howe"])
def test_a_schedule_of_all_minutes_takes_no_second(zone: str) -> None:
    start = time.process_time()
    gaps_of(Crontab(), zone)
    assert time.process_time() - start < 2


FIELDS: dict[str, tuple[str, ...]] = {
    "minute": ("0", "30", "*/20", "5,55", "59"),
    "hour": ("0", "2", "*/7", "1-3", "23", "*/12"),
    "day_of_week": ("*", "*", "mon-fri", "sun"),
    "day_of_month": ("*", "*", "1", "*/10", "31"),
    "month_of_year": ("*", "*", "*/5", "3,10"),
}
ZONES = ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "America/St_Johns")


def made(seed: int) -> tuple[Crontab, str]:
    chance = random.Random(seed)
    fields = {name: chance.choice(written) for name, written in FIELDS.items()}
    return Crontab(**fields), chance.choice(ZONES)


def one_by_one(cron: Crontab, zone: str) -> Gaps | None:
    clock = gaps._Clock(cron, ZoneInfo(zone))
    runs = [clock.first()]
    while runs[-1] <= clock.at(START + timedelta(days=DAYS), dt.time()):
        runs.append(clock.after(runs[-1]))
    found = [(b - a).total_seconds() for a, b in itertools.pairwise(runs[:-1])]
    return Gaps(min(found), max(found)) if found else None


@pytest.mark.parametrize("seed", range(40))
def test_days_that_are_alike_are_passed_over_rightly(seed: int) -> None:
    assert gaps_of(*made(seed)) == one_by_one(*made(seed))


# 5.4.0 stands still at times that the clocks pass over (2:30 where it is 3:00 after 1:59).
@pytest.mark.parametrize("version", VERSIONS[1:])
def test_celery_has_these_gaps_on_both_sides_of_5_7(version: str) -> None:
    cases = [made(seed) for seed in range(60)]
    assert answers(version, RUNNER, cases) == [gaps_of(*case) for case in cases]
