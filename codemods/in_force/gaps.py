"""The shortest and the longest time between two runs of a schedule, from Celery's own crontab."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from codemods.in_force.routing import Refused

START = date(2027, 1, 1)
"""Where each simulation starts: fixed, since a decision is the same whenever it is taken."""
DAYS = 800
"""Days that are looked at; a gap counts if both of its runs are in them."""
LAST = START + timedelta(days=DAYS)
MOST = 8_000
"""Runs that are asked for at most; a schedule of all minutes takes some 5,000."""

FARTHEST = 366
"""Days between two runs beyond which Celery is asked."""
NONE = timedelta(0)

Field = str | int | list[int]


class Crontab(Struct, frozen=True):
    """The fields of a `crontab(...)`, each as it is written there."""

    minute: Field = "*"
    hour: Field = "*"
    day_of_week: Field = "*"
    day_of_month: Field = "*"
    month_of_year: Field = "*"


class Times(Struct, frozen=True):
    """The hours and minutes at which a crontab runs, on a day on which it does."""

    hours: tuple[int, ...]
    minutes: tuple[int, ...]


class Gaps(Struct, frozen=True):
    """Seconds between two runs, as they pass: where the clocks change, a day has 82,800 or 90,000."""

    shortest: float
    longest: float

    @property
    def is_regular(self) -> bool:
        """Whether there is one gap only."""
        return self.shortest == self.longest


def gaps_of(schedule: Crontab | timedelta | float, zone: str = "UTC") -> Gaps | Refused | None:
    """The gaps of a schedule read in a time zone (`app.conf.timezone`).

    `None` where no second run is found in 800 days (29 February), and for an interval of nothing.
    `Refused` for fields that Celery does not take and for a zone that nobody knows.
    """
    if isinstance(schedule, timedelta | int | float):
        every = schedule.total_seconds() if isinstance(schedule, timedelta) else float(schedule)
        return Gaps(every, every) if every > 0 else None
    fields = (getattr(schedule, name) for name in schedule.__struct_fields__)
    return _gaps(tuple(tuple(item) if isinstance(item, list) else item for item in fields), zone)


@lru_cache(maxsize=1024)
def _gaps(fields: tuple[Field | tuple[int, ...], ...], zone: str) -> Gaps | Refused | None:
    """The gaps of a crontab of these fields, worked out once."""
    schedule = Crontab(*(list(item) if isinstance(item, tuple) else item for item in fields))
    # Loaded on demand: Celery takes longer to load than most projects to read.
    from celery.schedules import ParseException

    try:
        return _simulated(_Clock(schedule, ZoneInfo(zone)))
    except (ParseException, ValueError, TypeError, ZoneInfoNotFoundError, RuntimeError) as error:
        return Refused(str(error))


def times_of(schedule: Crontab) -> Times | Refused:
    """The times of day of a crontab; `Refused` for fields that Celery does not take."""
    from celery.schedules import ParseException

    try:
        cron = _Clock(schedule, UTC).cron
    except (ParseException, ValueError, TypeError) as error:
        return Refused(str(error))
    return Times(tuple(sorted(cron.hour)), tuple(sorted(cron.minute)))


def _simulated(clock: "_Clock") -> Gaps | None:
    """Goes from run to run; days whose clocks change alike, and nights of one length, are gone through once."""
    found: set[float] = set()
    seen: set[timedelta] = set()
    nights: set[timedelta] = set()
    last, run, end = None, clock.first(), clock.at(LAST, time())
    within = clock.day_of(run)
    for _ in range(MOST):
        if run > end:
            break
        if last is not None:
            found.add((run - last).total_seconds())
        if clock.day_of(run) != within:
            seen.add(clock.change(within))
            within = clock.day_of(run)
            if clock.change(within) in seen:
                run = max(run, clock.last_of(within))
                day = clock.plain_day_after(within)
                while day is not None and day < LAST and day - within in nights and NONE in seen:
                    within, run = day, clock.last_of(day)
                    day = clock.plain_day_after(within)
                if day is not None:
                    nights.add(day - within)
        last, run = run, clock.after(run)
    return Gaps(min(found), max(found)) if found else None


class _Clock:
    """A crontab in a time zone."""

    def __init__(self, fields: Crontab, zone: tzinfo) -> None:
        self.zone = zone
        self.now = self.at(START, time())
        from celery.schedules import crontab

        app: Any = SimpleNamespace(timezone=zone, conf=SimpleNamespace(enable_utc=True))
        self.cron: Any = crontab(
            minute=fields.minute,
            hour=fields.hour,
            day_of_week=fields.day_of_week,
            day_of_month=fields.day_of_month,
            month_of_year=fields.month_of_year,
            nowfun=lambda: self.now,
            app=app,
        )

    def first(self) -> datetime:
        """The first run of all, in UTC."""
        return self.after(self.now.astimezone(UTC) - timedelta(minutes=1))

    def after(self, run: datetime) -> datetime:
        """The next run, in UTC."""
        # Up to 5.6 the crontab reads a time in the zone that it comes in, as beat's are in the app's.
        self.now = run.astimezone(self.zone)
        left: timedelta = self.cron.remaining_estimate(self.now)
        return run + left

    def day_of(self, run: datetime) -> date:
        """The day of a run in the zone."""
        return run.astimezone(self.zone).date()

    def change(self, day: date) -> timedelta:
        """By how much the clocks are put forward on a day."""
        return _offset(self.zone, day + timedelta(days=1)) - _offset(self.zone, day)

    def plain_day_after(self, day: date) -> date | None:
        """The next day with runs; `None` where the clocks change before its end, or it is too far off."""
        offset = _offset(self.zone, day)
        found = day
        for _ in range(FARTHEST):
            found += timedelta(days=1)
            if _offset(self.zone, found) != offset:
                return None
            if self._runs_on(found):
                return found if _offset(self.zone, found + timedelta(days=1)) == offset else None
        return None

    def _runs_on(self, day: date) -> bool:
        """Whether a day is one of the crontab's, as Celery takes its three fields together."""
        cron = self.cron
        return (
            day.isoweekday() % 7 in cron.day_of_week
            and day.day in cron.day_of_month
            and day.month in cron.month_of_year
        )

    def last_of(self, day: date) -> datetime:
        """The last run of a day on which it runs, in UTC."""
        latest = time(max(self.cron.hour), max(self.cron.minute))
        return self.at(day, latest).astimezone(UTC)

    def at(self, day: date, clock: time) -> datetime:
        """A time of a day in the zone."""
        return datetime.combine(day, clock, self.zone)


@lru_cache(maxsize=8 * DAYS)
def _offset(zone: tzinfo, day: date) -> timedelta:
    """How far the clocks are from UTC as a day begins."""
    return datetime.combine(day, time(), zone).utcoffset() or NONE
