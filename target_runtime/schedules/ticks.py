"""When a schedule fires, told from its fields alone."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

from celery.schedules import crontab, schedule

MINUTE = timedelta(minutes=1)


def fires_at(cron: Any, moment: datetime) -> bool:  # noqa: ANN401 - its fields are untyped
    """Whether a crontab fires in this minute, read in the crontab's own zone."""
    return (
        moment.minute in cron.minute and moment.hour in cron.hour and _is_day(cron, moment.date())
    )


def _is_day(cron: Any, day: date) -> bool:  # noqa: ANN401
    return (
        day.isoweekday() % 7 in cron.day_of_week
        and day.day in cron.day_of_month
        and day.month in cron.month_of_year
    )


def zone_of(entry_schedule: Any) -> tzinfo:  # noqa: ANN401 - any schedule
    """The zone that a schedule is read in; UTC where it names none."""
    zone = getattr(entry_schedule, "tz", None)
    return zone if isinstance(zone, tzinfo) else timezone.utc


def began(entry_schedule: Any, sent: datetime) -> datetime:  # noqa: ANN401
    """When the run that a message sent at `sent` stands for was due."""
    if isinstance(entry_schedule, crontab):
        found = _last(entry_schedule, sent.astimezone(zone_of(entry_schedule)))
        if found is not None:
            return found
    seconds = interval_of(entry_schedule)
    if seconds:
        return datetime.fromtimestamp(sent.timestamp() // seconds * seconds, timezone.utc)
    return sent.replace(second=0, microsecond=0)


def _last(cron: Any, sent: datetime) -> datetime | None:  # noqa: ANN401
    """The last minute up to a time in which a crontab fires; a 29 February is 8 years away at most.

    An hour that the clock shows twice is two hours.
    """
    for back in range(8 * 366):
        day = (sent - timedelta(days=back)).date()
        if not _is_day(cron, day):
            continue
        for hour in sorted(cron.hour, reverse=True):
            moments = [
                datetime.combine(day, time(hour, minute, fold=fold), sent.tzinfo)
                for minute in cron.minute
                for fold in (0, 1)
            ]
            known = [moment.astimezone(timezone.utc) for moment in moments]
            past = [moment for moment in known if moment <= sent]
            if past:
                return max(past)
    return None


def slot_of(entry_schedule: Any, sent: datetime) -> str:  # noqa: ANN401
    """The scheduled time that a message sent at `sent` belongs to, the same whoever sends it.

    For a crontab the last minute in which it fires, for an interval the number of intervals since
    the epoch, else the minute.
    """
    number = slot_number(entry_schedule, sent.timestamp())
    if number is not None:
        return slot_text(entry_schedule, number)
    return began(entry_schedule, sent).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%MZ")


def slot_number(entry_schedule: Any, sent: float) -> int | None:  # noqa: ANN401
    """The number of whole intervals since the epoch; `None` for what is no interval."""
    seconds = interval_of(entry_schedule)
    return int(sent // seconds) if seconds else None


def slot_text(entry_schedule: Any, number: int) -> str:  # noqa: ANN401
    """The slot of this number of an interval."""
    return f"{interval_of(entry_schedule):g}s:{number}"


def interval_of(entry_schedule: Any) -> float:  # noqa: ANN401
    """Seconds between two runs of an interval schedule; 0 for any other."""
    if type(entry_schedule).__name__ == "crontab" or isinstance(entry_schedule, crontab):
        return 0.0
    if isinstance(entry_schedule, schedule):
        every = getattr(entry_schedule, "run_every", None)
        return every.total_seconds() if isinstance(every, timedelta) else float(every or 0)
    if isinstance(entry_schedule, timedelta):
        return entry_schedule.total_seconds()
    if isinstance(entry_schedule, int | float) and not isinstance(entry_schedule, bool):
        return float(entry_schedule)
    return 0.0


def ticks(entry_schedule: Any, start: datetime, days: int) -> Iterator[datetime]:  # noqa: ANN401
    """The times at which a schedule fires from `start` on, for some days, in `start`'s zone.

    Intervals count from `start`. A schedule of another kind (solar) gives none.
    """
    end = start + timedelta(days=days)
    if isinstance(entry_schedule, crontab):
        zone, hours = zone_of(entry_schedule), getattr(entry_schedule, "hour", ())
        moment = start.replace(second=0, microsecond=0)
        while moment < end:
            local = moment.astimezone(zone)
            if local.hour not in hours:
                moment += timedelta(minutes=60 - local.minute)
                continue
            if fires_at(entry_schedule, local):
                yield moment
            moment += MINUTE
        return
    seconds = interval_of(entry_schedule)
    if seconds <= 0:
        return
    step = timedelta(seconds=seconds)
    moment = start
    while moment < end:
        yield moment
        moment += step
