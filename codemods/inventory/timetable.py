"""Schedules and routes held against the names that are registered."""

import difflib
import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from codemods.inventory.project import Project, is_test
from codemods.inventory.task import Task
from codemods.inventory.values import RouteFact
from codemods.values import Note


class BeatEntry(Struct, frozen=True):
    """One entry of a schedule, in force or not; `orphan`: no task of that name is registered."""

    key: str | None
    task: str | None
    path: str
    line: int
    holder: str
    orphan: bool
    in_force: bool = True


class Route(Struct, frozen=True):
    """One route: a task name, glob or regular expression, and the queue as written."""

    pattern: str
    queue: str
    path: str
    line: int
    dead: bool = False


class Timetable:
    """The beat entries and routes of a project; `names` are those that workers answer to."""

    def __init__(
        self,
        project: Project,
        apps: list[str],
        names: set[str],
        task_at: Callable[[str | None], Task | None],
    ) -> None:
        self.project = project
        self.apps = apps
        self.names = names
        self.task_at = task_at

    def beat(self) -> list[BeatEntry]:
        """The entries of every schedule."""
        found: list[BeatEntry] = []
        for path, facts in self.project.facts.items():
            if is_test(path):
                continue
            for fact in facts.beat:
                name = None
                if fact.task is not None:
                    name = self._entry_name(fact.task.kind, fact.task.value, path)
                orphan = name is not None and name not in self.names
                orphan = orphan and name is not None and not name.startswith("celery.")
                found.append(BeatEntry(fact.key, name, path, fact.line, fact.holder, orphan, True))
        return self._in_force(found)

    @staticmethod
    def overridden(entries: list[BeatEntry]) -> Iterator[Note]:
        """A note for each schedule that another one replaces, with the place of its first entry."""
        alive = next((entry.path for entry in entries if entry.in_force), "")
        dead: dict[tuple[str, str], list[BeatEntry]] = {}
        for entry in entries:
            if not entry.in_force:
                dead.setdefault((entry.path, entry.holder), []).append(entry)
        for (path, holder), found in dead.items():
            message = f"entries of {holder} are not in force ({len(found)}): the schedule in '{alive}' replaces them. Move them there, or delete them"
            yield Note(path, found[0].line, "schedule-overridden", message)

    def _in_force(self, entries: list[BeatEntry]) -> list[BeatEntry]:
        """Marks as dead the settings' schedules that the app's own assignment replaces."""
        app_paths = {self.project.path_of[self.project.split(name)[0]] for name in self.apps}
        replaced = any(e.path in app_paths and e.holder == "beat_schedule" for e in entries)
        return [
            BeatEntry(e.key, e.task, e.path, e.line, e.holder, e.orphan, False)
            if replaced and e.path not in app_paths and e.holder.upper() == e.holder != ""
            else e
            for e in entries
        ]

    def _entry_name(self, kind: str, value: str, path: str) -> str | None:
        if kind == "text":
            return value
        if kind == "own":
            return self.project.module_of[path] + value
        if kind == "symbol":
            task = self.task_at(value) or self.task_at(value.removesuffix(".name"))
            return task.name if task is not None else self.project.text(value)
        return None

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
        return [name for name in sorted(self.names) if route_matches(route.pattern, name)]


def orphan_cause(entry: BeatEntry, names: set[str]) -> str:
    """Why a beat entry points at nothing, as far as the names tell."""
    name = entry.task or ""
    tails = {_tail(known): known for known in sorted(names)}
    near = difflib.get_close_matches(_tail(name), tails, 1, cutoff=0.85)
    hint = f'; "{tails[near[0]]}" is near' if near else ""
    return f'no task is named "{name}"{hint}'


def _tail(name: str) -> str:
    """The last word of a dotted name, letters and digits alone."""
    return re.sub(r"[^a-z0-9]", "", name.rpartition(".")[2].lower())


def route_matches(pattern: str, name: str) -> bool:
    """Whether a route's key matches a task name: exact, or a glob if it has `*` (Celery's MapRoute)."""
    if "*" in pattern:
        parts = [re.escape(part) for part in pattern.split("*")]
        return re.fullmatch(".*?".join(parts), name) is not None
    return pattern == name
