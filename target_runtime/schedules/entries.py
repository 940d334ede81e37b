"""The entries that beat would run: those of the settings, and django-celery-beat's rows."""

import inspect
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from celery import Celery
from celery.schedules import crontab
from django.apps import apps
from django.conf import settings

from target_runtime.schedules.ticks import interval_of, slot_number, slot_of, slot_text


@dataclass(frozen=True)
class Entry:
    """One entry; `expires` are seconds or `None`, `source` says where it can be changed.

    `unreadable` are arguments that are no JSON: beat disables such a row when it starts.
    """

    name: str
    task: str
    schedule: Any
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    expires: float | None = None
    queue: str = ""
    source: str = ""
    unreadable: str = ""

    @property
    def call(self) -> str:
        """The task with its arguments, as text."""
        values = [*map(repr, self.args), *(f"{k}={v!r}" for k, v in sorted(self.kwargs.items()))]
        return f"{self.task}({', '.join(values)})"

    @property
    def shown(self) -> str:
        """The schedule, as a person writes it."""
        if isinstance(self.schedule, crontab):
            words = ["minute", "hour", "day_of_month", "month_of_year", "day_of_week"]
            return " ".join(str(getattr(self.schedule, f"_orig_{word}", "*")) for word in words)
        seconds = interval_of(self.schedule)
        return f"every {seconds:g} s" if seconds else str(self.schedule)


def entries(app: Celery) -> list[Entry]:
    """Every entry that is in force, those of the settings first."""
    where = place_of(app)
    found = [_of_settings(name, dict(entry), where) for name, entry in _settings(app).items()]
    return [*found, *_rows()]


def slots_of(
    app: Celery,
    task: object,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    now: datetime,
) -> list[str]:
    """The slots that the runs of a call have which beat's entries were to send last."""
    found = []
    for entry in entries(app):
        same = list(entry.args) == list(args) and entry.kwargs == dict(kwargs)
        if same and app.tasks.get(entry.task) is task:
            found.append(slot_of(entry.schedule, now))
            number = slot_number(entry.schedule, now.timestamp())
            if number is not None:
                # Beat counts on where two runs would fall into one slot.
                found.append(slot_text(entry.schedule, number + 1))
    return found


def _settings(app: Celery) -> dict[str, Any]:
    return dict(app.conf.beat_schedule or {})


def _of_settings(name: str, entry: dict[str, Any], where: str) -> Entry:
    options = dict(entry.get("options") or {})
    return Entry(
        name,
        str(entry.get("task") or name),
        entry.get("schedule"),
        tuple(entry.get("args") or ()),
        dict(entry.get("kwargs") or {}),
        _seconds(options.get("expires")),
        str(options.get("queue") or ""),
        where,
    )


def _rows() -> Iterator[Entry]:
    ready = settings.configured and apps.apps_ready
    if not ready or not apps.is_installed("django_celery_beat"):
        return
    from django_celery_beat.models import PeriodicTask

    for row in PeriodicTask.objects.filter(enabled=True):
        # Its own ModelEntry disables a row that it can't read.
        args, kwargs = _read(row.args or "[]", list), _read(row.kwargs or "{}", dict)
        yield Entry(
            row.name,
            row.task,
            row.schedule,
            tuple(args or ()),
            dict(kwargs or {}),
            _seconds(row.expire_seconds),
            row.queue or "",
            "the periodic tasks in the admin",
            "" if args is not None and kwargs is not None else f"{row.args} {row.kwargs}",
        )


def _read(text: str, kind: type) -> Any:  # noqa: ANN401 - a list or a dict
    """The value of a JSON text, `None` if it is no such value."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, kind) else None


def _seconds(value: object) -> float | None:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return float(value) if isinstance(value, int | float) else None


def place_of(app: Celery) -> str:
    """The file that makes the Celery app, from the working directory; else how the app is called."""
    name = f"{app.main}.celery"
    module = sys.modules.get(name) or next(
        (m for m in list(sys.modules.values()) if m and vars(m).get("app") is app), None
    )
    try:
        path = Path(inspect.getfile(module)) if module is not None else None
    except TypeError:
        path = None
    if path is None:
        return f"the settings of {app.main}"
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()
