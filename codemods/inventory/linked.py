"""The facts of a project's files linked: its modules, apps, tasks, schedules and import graphs."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

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
from codemods.inventory.apps import Apps
from codemods.inventory.configuration.entries import Code
from codemods.inventory.configuration.tables import Configuration
from codemods.inventory.configuration.values import InForce
from codemods.inventory.current import COMMANDS, CurrentApp, find_current
from codemods.inventory.duplicates import Duplicate, find_duplicates
from codemods.inventory.evaluation.evaluator import Evaluator
from codemods.inventory.evaluation.modules import Sources
from codemods.inventory.facts import parsed
from codemods.inventory.foreign.reading import Trees, headers_tree, why_unread
from codemods.inventory.graph import (
    always_loaded,
    certain_graph,
    checked_starts,
    closure,
    explicit_graph,
    import_graph,
    is_django,
    late_graph,
    worker_starts,
)
from codemods.inventory.project import Project
from codemods.inventory.roots import CONFIGURING, Root, find_roots, named_folders
from codemods.inventory.task import NotUnderstood, Task
from codemods.inventory.tasks import read_tasks
from codemods.inventory.testing import is_test
from codemods.inventory.timetable import (
    BeatEntry,
    Names,
    Route,
    Timetable,
)
from codemods.inventory.values import FileFacts, ParseError, Reference
from codemods.inventory.workers import Worker, find_workers
from codemods.settings import Settings
from codemods.snapshot import Snapshot, snapshot_of

GOD_FILE_TASKS, GOD_FILE_LINES = 10, 500
"""A god file is one that is configured, or has at least this many tasks and lines."""


class Linked:
    """What files say together: modules, apps, tasks, names, schedules, and what loads what."""

    def __init__(
        self,
        facts: Mapping[str, FileFacts],
        settings: Settings,
        files: Snapshot | None = None,
        trees: Trees | None = None,
        running: Mapping[str, str] | None = None,
    ) -> None:
        self.settings = settings
        self.files = files or snapshot_of({})
        self._foreign_tree = trees or (lambda path, data: None)
        self.running = dict(running or {})
        """For duplicated names the file whose copy a worker runs, where one was asked."""
        self.facts = {path: fact for path, fact in facts.items() if not settings.excluded(path)}
        self._followed: Mapping[str, bytes] = {}
        self.roots = self._find_roots()
        """The folders that imports start from, deepest first, each with its reason."""
        weights = {root.path: root.needed for root in self.roots}
        self.project = Project(self.facts, tuple(root.path for root in self.roots), weights)
        self.evaluator = Evaluator(self.project, Sources(self.tree))
        self.apps = Apps(self.project, self.evaluator)
        reading = read_tasks(self.project, self.apps, self.evaluator)
        self.tasks, self._task_notes = reading.tasks, reading.notes
        self._seen_only = reading.not_understood

    def _find_roots(self) -> tuple[Root, ...]:
        if self.settings.import_roots:
            return tuple(Root(path, "configured") for path in self.settings.import_roots)
        apps = [path for path, fact in self.facts.items() if _makes_app(fact) and not is_test(path)]
        paths = [path for path in self.files.files if CONFIGURING.search(path)]
        edits = {path: fact.path_edits for path, fact in self.facts.items() if fact.path_edits}
        folders = {path.rpartition("/")[0] for path in self.facts}
        folders |= {folder.rpartition("/")[0] for folder in folders} - {""}
        named = named_folders(self.files.read_many(paths), edits, folders - {""})
        return find_roots(self.facts, apps, named)

    def tree(self, path: str) -> ast.Module | None:
        """A file's syntax tree, by another Python or its headers where this one can't parse it."""
        if not self._followed:
            # One question to git for all that may be followed, not one for each file.
            self._followed = self.files.read_many(
                [p for p, fact in self.facts.items() if (fact.full and not is_test(p)) or p == path]
            )
        data = self._followed.get(path) or self.files.read_many([path]).get(path, b"")
        tree = parsed(data)
        if not isinstance(tree, ParseError):
            return tree
        facts = self.facts.get(path)
        if facts is None or facts.error is None or not facts.is_read:
            return None
        found = self._foreign_tree(path, data) if facts.error.read == "interpreter" else None
        return found or headers_tree(data)

    def editable(self, path: str) -> bool:
        """Whether a file may be changed: it parses with this Python."""
        facts = self.facts.get(path)
        return facts is None or facts.error is None

    def why_not_edited(self, path: str) -> str:
        """Why a file that does not parse with this Python stays as it is."""
        facts = self.facts[path]
        assert facts.error is not None
        return f"'{path}' is never edited, since it {why_unread(facts.error)}"

    @cached_property
    def duplicates(self) -> list[Duplicate]:
        """Names registered in more than one place."""
        return find_duplicates(self.tasks)

    @cached_property
    def names(self) -> set[str]:
        """Every registered name that the source tells."""
        return {task.name for task in self.tasks if task.name is not None}

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Old task names that a generated alias module keeps alive, each with its new one."""
        found: dict[str, str] = {}
        for path, facts in self.facts.items():
            if not is_test(path):
                found.update(facts.aliases)
        return found

    @cached_property
    def known_names(self) -> set[str]:
        """Every name that a worker would answer to, aliases included."""
        return self.names | set(self.aliases) | set(self.aliases.values())

    @cached_property
    def app_names(self) -> list[str]:
        """Dotted names of the project's Celery apps."""
        return self.apps.declared()

    @cached_property
    def current_app(self) -> CurrentApp:
        """The app that the project's workers run, with the reason."""
        commands = self._commands if len(self.app_names) > 1 else {}
        return find_current(self.project, self.app_names, self.settings.app, commands)

    @cached_property
    def _commands(self) -> Mapping[str, bytes]:
        """The files that may start workers."""
        return self.files.read_many([path for path in self.files.files if COMMANDS.search(path)])

    @cached_property
    def workers(self) -> list[Worker] | None:
        """The workers that the repository starts; `None` where their queues are not told."""
        return find_workers(self._commands)

    @cached_property
    def god_files(self) -> list[str]:
        """Files that the user named, or that hold many tasks and lines."""
        if self.settings.god_files:
            return [path for path in self.settings.god_files if path in self.facts]
        counts: dict[str, int] = {}
        for task in self.tasks:
            counts[task.path] = counts.get(task.path, 0) + 1
        return [
            path
            for path, count in sorted(counts.items())
            if count >= GOD_FILE_TASKS and self.facts[path].lines >= GOD_FILE_LINES
        ]

    @cached_property
    def task_of_symbol(self) -> dict[str, Task]:
        """Tasks by the dotted name of their definition."""
        return {task.symbol: task for task in self.tasks if task.symbol}

    def task_at(self, symbol: str | None) -> Task | None:
        """The task that a symbol of some file stands for."""
        return self.task_of_symbol.get(self.project.resolve(symbol)) if symbol else None

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
        return self.timetable.marked(entries, schedule, self.sides)

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
        """What may declare or schedule a task and can't be told from the source."""
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

    @cached_property
    def graph(self) -> dict[str, frozenset[str]]:
        """The import graph at import time."""
        return import_graph(self.project)

    @cached_property
    def certain_graph(self) -> dict[str, frozenset[str]]:
        """The import graph without what stands under a condition."""
        return certain_graph(self.project)

    @cached_property
    def explicit_graph(self) -> dict[str, frozenset[str]]:
        """The import graph of what statements name, in which a circle is a danger."""
        return explicit_graph(self.project)

    @cached_property
    def loaded_by_worker(self) -> set[str]:
        """The modules that a worker of this project loads, as far as the source tells."""
        return closure(self.certain_graph, self.worker_starts)

    @cached_property
    def maybe_loaded(self) -> set[str]:
        """Those, and what a condition, a function that runs, or Django's URL checks may load too."""
        return closure(
            late_graph(self.project), [*self.worker_starts, *checked_starts(self.project)]
        )

    @cached_property
    def worker_starts(self) -> list[str]:
        """The modules that a worker begins with."""
        return worker_starts(self.project, self.apps)

    @cached_property
    def loaded_always(self) -> set[str]:
        """The modules that every process of a Django project loads, whatever it does."""
        return closure(self.certain_graph, self.always_starts)

    @cached_property
    def always_starts(self) -> list[str]:
        """The modules that every process of a Django project begins with."""
        return always_loaded(self.project)

    @property
    def is_django(self) -> bool:
        """Whether this is a Django project."""
        return is_django(self.project)

    @property
    def installed_apps(self) -> list[Reference]:
        """What the project's settings list as installed apps."""
        return [
            item
            for facts in self.facts.values()
            for item in facts.references
            if item.kind == "installed_app"
        ]

    @cached_property
    def imported_names(self) -> Counter[tuple[str, str]]:
        """How often each name is imported from each module."""
        return Counter(
            (self.project.canonical(item.module), item.name)
            for facts in self.facts.values()
            for item in facts.imports
            if item.name is not None
        )

    @cached_property
    def unparsed(self) -> list[FileFacts]:
        """The files that could not be read."""
        return [facts for facts in self.facts.values() if facts.error is not None]


def _queue(found: dict[str, Any] | Refused | Unknown | None) -> str | None:
    """The queue of an answer as written, `?` where only running the project tells."""
    if isinstance(found, Refused | Unknown):
        return "?"
    queue = found.get("queue", "") if found is not None else None
    return queue.source if isinstance(queue, Code) else queue


def _makes_app(facts: FileFacts) -> bool:
    """Whether a file seems to make a module-level Celery app (import roots are needed to be sure)."""
    return any(
        binding.kind == "call"
        and (binding.target or "").endswith(("celery.Celery", "celery.app.Celery"))
        for binding in facts.bindings.values()
    ) or any(call.kind in {"config", "autodiscover"} and not call.where for call in facts.calls)
