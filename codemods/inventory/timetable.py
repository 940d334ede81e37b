"""Schedules and routes held against the names that are registered."""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace

from codemods.in_force.routing import key_matches
from codemods.in_force.version import Sides
from codemods.inventory.configuration.entries import Entry
from codemods.inventory.configuration.values import InForce
from codemods.inventory.evaluation.evaluator import Evaluator
from codemods.inventory.evaluation.things import Const, Given, Table, Thing, each
from codemods.inventory.project import Project
from codemods.inventory.schedules import is_beat_holder
from codemods.inventory.task import NotUnderstood, Task
from codemods.inventory.testing import is_test, is_test_code
from codemods.inventory.values import BeatFact, RouteFact, Scheduled
from codemods.values import Note


class BeatEntry(Struct, frozen=True):
    """One entry of a schedule, in force or not.

    `in_force` is `None` where that differs by Celery's version, or only running it tells.

    `state` is `known`; `orphan`: no task of that name is registered; `maybe`: a task whose name the
    source does not tell may be it; `third-party`: its module is no part of the repository.
    """

    key: str | None
    task: str | None
    path: str
    line: int
    holder: str
    state: str
    in_force: bool | None = True

    @property
    def orphan(self) -> bool:
        """Whether no task of that name is registered anywhere."""
        return self.state == "orphan"


class Route(Struct, frozen=True):
    """One route: a task name, glob or regular expression, and the queue as written."""

    pattern: str
    queue: str
    path: str
    line: int
    dead: bool = False


class Names:
    """The names that workers answer to, and what is not known of them."""

    def __init__(
        self,
        project: Project,
        tasks: list[Task],
        known: set[str],
        task_at: Callable[[str | None], Task | None],
        unread: Mapping[str, bytes],
        *,
        certain: bool,
    ) -> None:
        self.project = project
        self.tasks = tasks
        self.known = known
        self.task_at = task_at
        self.unread = unread
        self.certain = certain
        self._globs = [task.like or "*" for task in tasks if task.name is None]

    def state(self, name: str | None) -> str:
        """`known`, `orphan`, `maybe` or `third-party`, as an entry for this name is."""
        if name is None:
            return "maybe"
        if name in self.known:
            return "known"
        if name.startswith("celery."):
            return "third-party"
        if any(fnmatchcase(name, glob) for glob in self._globs) or not self.certain:
            return "maybe"
        last = name.rpartition(".")[2].encode()
        if any(last in data for data in self.unread.values()):
            return "maybe"
        top = name.partition(".")[0]
        if "." in name and not self.project.has_top(top) and not near_name(name, self.known):
            return "third-party"
        return "orphan"


class Timetable:
    """The beat entries and routes of a project; `names` are those that workers answer to."""

    def __init__(
        self, project: Project, evaluator: Evaluator, apps: list[str], names: Names
    ) -> None:
        self.project = project
        self.evaluator = evaluator
        self.apps = apps
        self.names = names
        self.not_understood: list[NotUnderstood] = []

    def beat(self) -> list[BeatEntry]:
        """The entries of every schedule."""
        found: list[BeatEntry] = []
        for path, facts in self.project.facts.items():
            if is_test_code(path, facts):
                continue
            for fact in facts.beat:
                found.append(self._entry(fact.key, self.entry_name(fact, path), path, fact))
            for scheduled in facts.scheduled:
                found.extend(self._followed(scheduled, path))
        found.extend(self._periodic())
        return found

    def _entry(
        self, key: str | None, task: str | None, path: str, fact: BeatFact | Scheduled
    ) -> BeatEntry:
        return BeatEntry(key, task, path, fact.line, fact.holder, self.names.state(task))

    def _followed(self, fact: Scheduled, path: str) -> Iterator[BeatEntry]:
        """The entries of a schedule that an expression gives; written out elsewhere, they are known."""
        ways = each(self.evaluator.source(fact.source, path, fact.line))
        tables = [way for way in ways if isinstance(way, Table)]
        if fact.key is not None:
            for table in tables[:1]:
                if "task" in table.entries:
                    yield self._entry(fact.key or None, self._task(table), path, fact)
                    return
            self._unknown(fact, path, ways)
            return
        for table in tables:
            for key, given in table.entries.items():
                for inner in each(given.value):
                    if isinstance(inner, Table) and "task" in inner.entries:
                        if not self._is_written(given, key):
                            yield self._entry(key, self._task(inner), path, fact)
        if len(tables) < len(ways) or any(table.rest for table in tables):
            self._unknown(fact, path, ways)

    def _unknown(self, fact: Scheduled, path: str, ways: tuple[Thing, ...]) -> None:
        # `conf.beat_schedule = conf.CELERY_BEAT_SCHEDULE` hands on what the setting holds.
        handed_on = is_beat_holder(re.split(r"\W", fact.source.rstrip(")"))[-1])
        if not handed_on and not all(isinstance(way, Const) for way in ways):
            text = f"{fact.holder} = {fact.source}"
            self.not_understood.append(NotUnderstood(path, fact.line, text[:120]))

    def _is_written(self, given: Given, key: str) -> bool:
        """Whether an entry is one that its own file shows as such."""
        facts = self.project.facts.get(given.path)
        return facts is not None and any(
            fact.line == given.line or fact.key == key for fact in facts.beat
        )

    def _task(self, table: Table) -> str | None:
        given = table.entries["task"]
        for thing in each(given.value):
            if isinstance(thing, Const) and isinstance(thing.value, str):
                return thing.value
        name = self.evaluator.source(given.source, given.path, given.line)
        return self._name_of(name)

    def _periodic(self) -> Iterator[BeatEntry]:
        """The entries that `@periodic_task(run_every=...)` of Celery 3 and 4 makes."""
        for task in self.names.tasks:
            if task.old and "run_every" in task.options:
                state = self.names.state(task.name)
                yield BeatEntry(task.name, task.name, task.path, task.line, "periodic_task", state)

    def marked(self, entries: list[BeatEntry], schedule: InForce, sides: Sides) -> list[BeatEntry]:
        """The entries with whether they are in force, by the versions of Celery that are possible."""
        marked = [replace(e, in_force=_is_in_force(e, schedule, sides)) for e in entries]
        known = {entry.key for entry in entries}
        made = list(self._made_by_code(known, schedule, sides))
        shapes = {(entry.path, entry.line) for entry in made}
        # The dict that a function fills is no entry of its own.
        plain = [e for e in marked if e.key is not None or (e.path, e.line) not in shapes]
        return [*plain, *made]

    def _made_by_code(
        self, known: set[str | None], schedule: InForce, sides: Sides
    ) -> Iterator[BeatEntry]:
        """The entries that no dict of their own shows: of a function that puts them together."""
        found: dict[str, Entry] = {}
        for side in sorted(sides.sides):
            found.update({e.key: e for e in _entries(schedule.values[side]) if e.schedule})
        for key, entry in found.items():
            if key not in known:
                holder = next((s.holder for s in schedule.sources if key in s.keys), "")
                state = self.names.state(entry.task)
                yield BeatEntry(key, entry.task, entry.path, entry.line, holder, state)

    @staticmethod
    def overridden(schedule: InForce, sides: Sides, other: str) -> Iterator[Note]:
        """A note for each schedule that another one replaces, and for what differs by version.

        `other` are settings without the one of the settings, under which nothing replaces them.
        """
        if not schedule.is_known:
            return
        for source in schedule.sources:
            others = [s.path for s in schedule.sources if s.place != source.place and s.alive]
            there = (
                f"the schedule in '{others[0]}' replaces them" if others else "nothing reads them"
            )
            but = f" (but not under '{other}', which lacks it)" if other else ""
            number, open_ = len(source.keys), sides.sides & source.alive
            if number and not open_:
                message = f"entries of {source.holder} are not in force ({number}): {there}{but}. Move them there, or delete them"
                yield Note(source.path, source.line, "schedule-overridden", message)
            elif number and open_ != sides.sides:
                side = "up to 5.6" if "5.6" in open_ else "from 5.7 on"
                message = f"entries of {source.holder} ({number}) are in force only on Celery {side} ({sides.reason}): keep one schedule before that changes"
                yield Note(source.path, source.line, "schedule-by-version", message)

    def entry_name(self, fact: BeatFact, path: str) -> str | None:
        """The name of the task that an entry runs, `None` where the source does not tell it."""
        if fact.task is None:
            return None
        kind, value = fact.task.kind, fact.task.value
        if kind == "text":
            return value
        if kind == "own":
            return self.project.imported_as(path) + value
        if kind == "symbol":
            at = self.names.task_at
            task = at(value) or at(value.removesuffix(".name"))
            if task is not None:
                return task.name
            return self._name_of(self.evaluator.symbol(value))
        return self._name_of(self.evaluator.source(fact.source, path, fact.line))

    @staticmethod
    def _name_of(thing: Thing) -> str | None:
        return thing.value if isinstance(thing, Const) and isinstance(thing.value, str) else None

    def routes(self) -> list[Route]:
        """The routes of every table; `dead` ones match no registered name."""
        return [
            Route(fact.pattern, fact.queue, path, fact.line, not self.matching(fact))
            for path, facts in self.project.facts.items()
            if not is_test(path)
            for fact in facts.routes
        ]

    def matching(self, route: RouteFact | Route) -> list[str]:
        """The registered names that a route matches, by Celery's rules."""
        return [name for name in sorted(self.names.known) if key_matches(route.pattern, name)]


def _is_in_force(entry: BeatEntry, schedule: InForce, sides: Sides) -> bool | None:
    """Whether an entry is in force; `None` where that differs or is unknown."""
    some = (item for item in schedule.unclear if item.changes != ("*",))
    if entry.key is not None and any(item.may_change(entry.key) for item in some):
        return None
    if any(source.holder == entry.holder for source in schedule.sources if entry.holder) or any(
        item.path == entry.path for item in schedule.unclear
    ):
        found = {
            any(
                known.path == entry.path and (known.key == entry.key or known.line == entry.line)
                for known in _entries(schedule.values[side])
            )
            for side in sides.sides
        }
        if len(found) == 1 and (schedule.is_known or found == {True}):
            return found.pop()
        return None
    return True


def _entries(value: object) -> list[Entry]:
    return [e for e in value.values() if isinstance(e, Entry)] if isinstance(value, dict) else []


def orphan_cause(entry: BeatEntry, names: set[str]) -> str:
    """Why a beat entry points at nothing, as far as the names tell."""
    near = near_name(entry.task or "", names)
    hint = f'; "{near}" is near' if near else ""
    return f'no task is named "{entry.task or ""}"{hint}'


def near_name(name: str, names: set[str]) -> str:
    """A known name with nearly the same last word, or `""`."""
    tails = {_tail(known): known for known in sorted(names)}
    near = difflib.get_close_matches(_tail(name), tails, 1, cutoff=0.85)
    return tails[near[0]] if near else ""


def _tail(name: str) -> str:
    """The last word of a dotted name, letters and digits alone."""
    return re.sub(r"[^a-z0-9]", "", name.rpartition(".")[2].lower())
