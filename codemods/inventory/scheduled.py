"""When and where the tasks of a project run: its schedules and routes, as written and in force."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from codemods.in_force.routing import (
    Key,
    Refused,
    RouteMap,
    RouteTable,
    Side,
    Unknown,
    answer,
    key_matches,
    keys,
    prepared,
    winner,
)
from codemods.in_force.version import Sides, celery_sides, may_say_celery
from codemods.inventory.configuration.entries import Code
from codemods.inventory.configuration.environments import settings_without
from codemods.inventory.configuration.tables import Configuration
from codemods.inventory.configuration.values import InForce
from codemods.inventory.gathered import Gathered
from codemods.inventory.graph import Graph, import_graph
from codemods.inventory.owning import Place, schedules_by_app
from codemods.inventory.task import NotUnderstood
from codemods.inventory.timetable import (
    BeatEntry,
    Names,
    Route,
    Timetable,
)


class Scheduled(Gathered):
    """What is known of schedules and routes."""

    @cached_property
    def graph(self) -> Graph:
        """The import graph at import time."""
        return import_graph(self.project)

    @cached_property
    def timetable(self) -> Timetable:
        """The schedules and routes of the project."""
        paths = [facts.path for facts in self.unparsed if facts.path in self.files]
        unread = self.files.read_many(paths)
        names = Names(
            self.project,
            self.tasks,
            self.known_names,
            self.task_at,
            unread,
            certain=not self._seen_only,
        )
        return Timetable(self.project, self.evaluator, self.app_names, names)

    @cached_property
    def configuration(self) -> Configuration:
        """What the project's files do to the settings of its app."""
        named = self.timetable.entry_name
        current = self.current_app.name if len(self.app_names) > 1 else ""
        return Configuration(
            self.project, self.evaluator, self.app_names, self.tree, named, current
        )

    @cached_property
    def schedule(self) -> InForce:
        """The schedule in force."""
        return self.configuration.schedule()

    @cached_property
    def routing(self) -> InForce:
        """The routes in force."""
        return self.configuration.routes()

    @cached_property
    def sides(self) -> Sides:
        """On which sides of Celery 5.7 the project may be, with the reason."""
        paths = [path for path in self.files.files if may_say_celery(path)]
        return celery_sides(self.files.read_many(paths))

    @cached_property
    def beat(self) -> list[BeatEntry]:
        """The entries of every schedule."""
        if not self.has_celery:
            return []
        entries, schedule = self.timetable.beat(), self.schedule
        if not schedule.sources and not schedule.unclear:
            return entries
        marked = self.timetable.marked(entries, schedule, self.sides)
        # Under settings without the table that replaces it another one is in force.
        open_now = self.other_settings
        return [replace(e, in_force=None) if open_now and not e.in_force else e for e in marked]

    @cached_property
    def schedules_by_app(self) -> dict[str, list[Place]]:
        """The places of the schedules of each app, also of one that is of no code here."""
        main = self.current_app.name or next(iter(self.app_names), "")
        return schedules_by_app(self.project, self.app_names, main, self.beat)

    @cached_property
    def other_settings(self) -> str:
        """A file of settings that lacks the schedule of the settings that have one, or `""`."""
        paths = [source.path for source in self.schedule.sources if source.form == "name"]
        return next(filter(None, map(self.settings_without, paths)), "")

    def settings_without(self, path: str) -> str:
        """A file of settings that does not read the one of this path, or `""`."""
        return settings_without(self.project, self.graph, path)

    @cached_property
    def routes(self) -> list[Route]:
        """The routes of every table; `dead` ones match no registered name."""
        if not self.has_celery:
            return []
        written = self.timetable.routes()
        known = {route.pattern for route in written}
        return [*written, *(route for route in self._told_routes() if route.pattern not in known)]

    def _told_routes(self) -> Iterator[Route]:
        """The routes in force whose keys are names, which their tables don't spell out."""
        for source in self.routing.sources:
            for side in sorted(source.alive):
                table = self.routing.values[side]
                for key in source.keys if isinstance(table, dict) else ():
                    route = table.get(key)
                    queue = route.get("queue", "") if isinstance(route, dict) else route
                    text = queue.source if isinstance(queue, Code) else str(queue or "")
                    dead = not any(key_matches(key, name) for name in self.known_names)
                    yield Route(key, text, source.path, source.line, dead)
                break

    @cached_property
    def not_understood(self) -> list[NotUnderstood]:
        """What may declare or schedule a task, which the source alone does not decide."""
        unknown = self.timetable.not_understood if self.beat is not None else []
        return sorted({*self._seen_only, *unknown}) if self.has_celery else self._seen_only

    @cached_property
    def has_celery(self) -> bool:
        """Whether the project makes a Celery app, or tasks, at all."""
        return bool(self.app_names or self.tasks or self._seen_only)

    def routed(self, name: str) -> str | None:
        """The queue that the route of a name gives, as written; `None` where no route answers."""
        found = {_queue(self.answer(name, side)) for side in self.sides.sides}
        if self.routing.is_known and "?" not in found:
            queues = sorted(queue for queue in found if queue is not None)
            return " or ".join(queues) if queues else None
        first = winner(self._written, name)
        return None if first is None or isinstance(first, Unknown) else str(first[2])

    @cached_property
    def _written(self) -> RouteTable:
        """The routes as they are written, all taken for one map; of one key the first counts."""
        known: dict[Key, str] = {}
        for route in self.routes:
            known.setdefault(route.pattern, route.queue)
        return RouteTable((RouteMap(tuple(known.items())),))

    @cached_property
    def route_keys(self) -> set[str]:
        """The keys of all tables of routes, in force or not."""
        tables = self._tables.values()
        written = {str(k) for t in tables if isinstance(t, RouteTable) for _, k in keys(t)}
        return written | {route.pattern for route in self.routes}

    def answer(self, name: str, side: Side) -> dict[str, Any] | Refused | Unknown | None:
        """What the routes in force on one side of Celery 5.7 say of a name."""
        table = self._tables[side]
        return table if isinstance(table, Refused) else answer(table, name)

    @cached_property
    def _tables(self) -> dict[Side, RouteTable | Refused]:
        return {side: prepared(value) for side, value in self.routing.values.items()}


def _queue(found: dict[str, Any] | Refused | Unknown | None) -> str | None:
    """The queue of an answer as written, `?` where only running the project tells."""
    if isinstance(found, Refused | Unknown):
        return "?"
    queue = found.get("queue", "") if found is not None else None
    return queue.source if isinstance(queue, Code) else queue
