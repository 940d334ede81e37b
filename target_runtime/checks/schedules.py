"""What is wrong with a schedule: orphans, duplicates, hot minutes, runs that would be skipped."""

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from target_runtime import conf
from target_runtime.idempotency.marks import COALESCE, Mark, mark_of
from target_runtime.schedules.entries import Entry
from target_runtime.schedules.ticks import ticks
from target_runtime.tasks.base import RuntimeTask

LEVELS = ("notice", "warning", "error")


@dataclass(frozen=True)
class Finding:
    """One thing found: `level` is `error`, `warning` or `notice`; `fix` are lines to act on."""

    check: str
    level: str
    entry: str
    message: str
    fix: tuple[str, ...] = ()


def orphans(entries: Iterable[Entry], names: Sequence[str]) -> Iterator[Finding]:
    """Entries whose task no worker knows: beat sends them without complaint, workers drop them."""
    known = set(names)
    for entry in entries:
        if entry.unreadable:
            what = f"The arguments of '{entry.name}' are no JSON: {entry.unreadable}. Beat disables it."
            fix_it = (f"Correct them in {entry.source}",)
            yield Finding("orphaned-tasks", "error", entry.name, what, fix_it)
        if entry.task in known:
            continue
        near = _near(entry.task, known)
        register = f'Register task with @shared_task(name="{entry.task}"), OR'
        fix = [register, f"Remove from beat schedule in {entry.source}"]
        if near:
            fix[1] += ", OR"
            fix.append(f"Let the entry name '{near}', which is registered")
        message = (
            f"Orphaned task '{entry.task}' in beat schedule\nTask not found in registered tasks."
        )
        yield Finding("orphaned-tasks", "error", entry.name, message, tuple(fix))


def _near(name: str, known: Iterable[str]) -> str | None:
    """The registered name that was most likely meant: the one with the nearest last word."""
    tails = {each.rpartition(".")[2]: each for each in sorted(known)}
    near = difflib.get_close_matches(name.rpartition(".")[2], tails, 1, cutoff=0.8)
    return tails[near[0]] if near else None


def duplicates(entries: Sequence[Entry], start: datetime, days: int) -> Iterator[Finding]:
    """One task with the same arguments in two entries, and entries that always start together."""
    calls: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        calls[entry.call].append(entry)
    for call, group in calls.items():
        if len(group) == 1:
            continue
        times = [set(ticks(entry.schedule, start, days)) for entry in group]
        shared = set.intersection(*times)
        names = ", ".join(f"'{entry.name}'" for entry in group)
        level = "error" if shared else "warning"
        often = (
            f"{len(shared)} times in {days} days at the same minute" if shared else "at other times"
        )
        yield Finding(
            "duplicates",
            level,
            group[0].name,
            f"{call} is in {len(group)} entries, {names}: it is sent {often}.",
            (f"Keep one of {names}",),
        )
    together: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        together[entry.shown].append(entry)
    for shown, group in together.items():
        if len(group) > 1:
            listed = ", ".join(sorted({entry.task for entry in group}))
            yield Finding(
                "duplicates",
                "notice",
                group[0].name,
                f"{len(group)} entries start together ({shown}): {listed}.",
            )


def hot_minutes(load: dict[datetime, list[Entry]], limit: int) -> Iterator[Finding]:
    """Minutes of the day in which more than `limit` entries start, those of the same ones told once."""
    worst: dict[str, list[Entry]] = {}
    for moment, started in sorted(load.items()):
        shown = moment.strftime("%H:%M")
        if len(started) > max(limit, len(worst.get(shown, ()))):
            worst[shown] = started
    left = sorted(worst, key=lambda shown: (-len(worst[shown]), shown))
    while left:
        first = worst[left[0]]
        # By identity: schedules have no hash, and there may be hundreds of entries in each minute.
        own = set(map(id, first))
        group = [at for at in left if sum(id(entry) in own for entry in worst[at]) > limit]
        left = [shown for shown in left if shown not in group]
        is_same = all(worst[shown] == first for shown in group)
        names = sorted({entry.task for entry in first})
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        yield Finding(
            "hotspots",
            "warning",
            group[0],
            f"{len(first)} entries start at {_times(group, 'all' if is_same else f'more than {limit}')}: {', '.join(names[:5])}{more}.",
            ("Stagger them: validate_schedules --check-hotspots --suggest",),
        )


def _times(group: Sequence[str], how_many: str) -> str:
    """The worst minute of a hotspot, and what the others are."""
    first, *others = group
    if not others:
        return first
    minutes = {shown.partition(":")[2] for shown in group}
    if len(minutes) == 1 and len(others) > 1:
        rest = f"at :{minutes.pop()} of {len(others)} more hours"
    else:
        rest = f"at {', '.join(sorted(others)[:3])}"
        rest += f" and in {len(others) - 3} more minutes" if len(others) > 3 else ""
    return f"{first}, {how_many} of them also {rest}"


def load_of(entries: Iterable[Entry], start: datetime, days: int) -> dict[datetime, list[Entry]]:
    """The entries that start in each minute of some days; intervals under a minute count once in it."""
    found: dict[datetime, list[Entry]] = defaultdict(list)
    for entry in entries:
        minutes = {
            moment.replace(second=0, microsecond=0) for moment in ticks(entry.schedule, start, days)
        }
        for minute in minutes:
            found[minute].append(entry)
    return dict(found)


def risks(
    entries: Iterable[Entry], tasks: dict[str, Any], start: datetime, days: int
) -> Iterator[Finding]:
    """Entries that could run twice, pile up, or skip runs."""
    for entry in entries:
        moments = list(ticks(entry.schedule, start, days))
        gaps = [(b - a).total_seconds() for a, b in zip(moments, moments[1:])]  # noqa: B905
        if gaps:
            yield from _expiry(entry, min(gaps))
        task = tasks.get(entry.task)
        mark = mark_of(task) if task is not None else None
        if task is None or mark is None:
            continue
        if not isinstance(task, RuntimeTask):
            yield Finding(
                "idempotency",
                "error",
                entry.name,
                f"{entry.task} is marked with with_idempotency, but its class does not enforce it.",
                (
                    "Give it base=IdempotentTask, or make the app with task_cls=target_runtime.queues.TASK_CLS",
                ),
            )
        elif gaps:
            yield from _skips(entry, mark, gaps)


def _expiry(entry: Entry, interval: float) -> Iterator[Finding]:
    if entry.expires is None:
        yield Finding(
            "idempotency",
            "warning",
            entry.name,
            f"'{entry.name}' has no expires: while workers are away, its messages pile up and then all run.",
            (f"Set options['expires'] to {interval:.0f}, the interval",),
        )
    elif entry.expires > interval:
        yield Finding(
            "idempotency",
            "warning",
            entry.name,
            f"'{entry.name}' expires after {entry.expires:.0f} s but is sent every {interval:.0f} s: two of its messages can wait at once.",
            (f"Set options['expires'] to {interval:.0f} at most",),
        )


def skipped(gaps: Sequence[float], ttl: float) -> int:
    """How many runs a time to live would swallow: those sent before the last result has run out."""
    count, passed = 0, ttl + 1.0
    for gap in [0.0, *gaps]:
        passed += gap
        # The result is stored after the run, so a run exactly a ttl later still finds it.
        if passed <= ttl:
            count += 1
        else:
            passed = 0.0
    return count


def _skips(entry: Entry, mark: Mark, gaps: Sequence[float]) -> Iterator[Finding]:
    settings = conf.current()
    ttl = mark.ttl if mark.ttl is not None else settings.ttl(mark.category)
    # One that coalesces is never skipped for a result that is remembered.
    lost = 0 if mark.slots or mark.mode == COALESCE else skipped(gaps, ttl)
    if lost:
        yield Finding(
            "idempotency",
            "error",
            entry.name,
            f"{lost} of {len(gaps) + 1} runs of '{entry.name}' would be skipped: {entry.task} is remembered for {ttl:.0f} s and sent every {min(gaps):.0f} s.",
            (
                "Take slots=False away, so that the key holds the scheduled time",
                f"or let its ttl be under {min(gaps):.0f}",
            ),
        )
    lease = mark.lease or settings.lease
    # With slots the next run has another key.
    if lease > min(gaps) and (mark.mode == COALESCE or not mark.slots):
        yield Finding(
            "idempotency",
            "warning",
            entry.name,
            f"The lease of {entry.task} is {lease:.0f} s, more than the {min(gaps):.0f} s between two runs: after a killed worker the next run waits.",
            ("Lower its lease: it is renewed while the task runs",),
        )
