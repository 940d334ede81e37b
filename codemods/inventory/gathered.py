"""What a project's files say together: its modules, apps, tasks, names and files."""

import ast
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property

from codemods.inventory.apps import Apps
from codemods.inventory.current import COMMANDS, CurrentApp, find_current
from codemods.inventory.duplicates import Duplicate, find_duplicates
from codemods.inventory.evaluation.evaluator import Evaluator
from codemods.inventory.evaluation.modules import Sources
from codemods.inventory.foreign.reading import Trees, headers_tree, why_unread
from codemods.inventory.project import Project
from codemods.inventory.roots import CONFIGURING, Root, find_roots, named_folders
from codemods.inventory.task import Task
from codemods.inventory.tasks import read_tasks
from codemods.inventory.testing import is_test
from codemods.inventory.trees import parsed
from codemods.inventory.values import FileFacts, Function, ParseError, Reference
from codemods.inventory.workers import Worker, find_workers
from codemods.layout.layout import Layout
from codemods.layout.reading import Layouts
from codemods.settings import Settings
from codemods.snapshot import Snapshot, snapshot_of

GOD_FILE_TASKS, GOD_FILE_LINES = 10, 500
"""A god file is one that is configured, or has at least this many tasks and lines."""


class Gathered:
    """The facts of a project's files, gathered: modules, apps, tasks and their names."""

    def __init__(
        self,
        facts: Mapping[str, FileFacts],
        settings: Settings,
        files: Snapshot | None = None,
        trees: Trees | None = None,
        running: Mapping[str, str] | None = None,
        roots: tuple[Root, ...] = (),
    ) -> None:
        """`roots` are the folders that imports start from, where they are known already."""
        self.settings = settings
        self.files = files or snapshot_of({})
        self._foreign_tree = trees or (lambda path, data: None)
        self.running = dict(running or {})
        """For duplicated names the file whose copy a worker runs, where one was asked."""
        self.facts = {path: fact for path, fact in facts.items() if not settings.excluded(path)}
        self._followed: Mapping[str, bytes] = {}
        self._functions: dict[str, dict[tuple[str, int], Function]] = {}
        self.roots = roots or self._find_roots()
        """The folders that imports start from, deepest first, each with its reason."""
        weights = {root.path: root.needed for root in self.roots}
        self.project = Project(self.facts, tuple(root.path for root in self.roots), weights)
        self.evaluator = Evaluator(self.project, Sources(self.tree, self._having))
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
            self._followed = self.files.contents(
                [p for p, fact in self.facts.items() if (fact.full and not is_test(p)) or p == path]
            )
        self.files.looked.paths.add(path)
        data = self._followed.get(path) or self.files.contents([path]).get(path, b"")
        tree = parsed(data)
        if not isinstance(tree, ParseError):
            return tree
        facts = self.facts.get(path)
        if facts is None or facts.error is None or not facts.is_read:
            return None
        found = self._foreign_tree(path, data) if facts.error.read == "interpreter" else None
        return found or headers_tree(data)

    def _having(self, text: str) -> list[str]:
        """The files of code that have a text in them."""
        paths = [path for path in self.facts if path in self.files]
        return list(self.files.holding(paths, [text.encode()]))

    def layout(self, path: str) -> Layout:
        """How the project's configuration has a file's lines written."""
        return self._layouts.at(path)

    @cached_property
    def _layouts(self) -> Layouts:
        own = frozenset(name.partition(".")[0] for name in self.project.path_of)
        return Layouts(self.files, own)

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
    def import_time_uses(self) -> dict[str, list[tuple[str, str, int]]]:
        """What code reads attributes of while it is imported: by last name the file, the symbol and the line."""
        found: dict[str, list[tuple[str, str, int]]] = {}
        for path, facts in self.facts.items():
            for symbol, line in facts.import_time_uses.items():
                found.setdefault(symbol.rpartition(".")[2], []).append((path, symbol, line))
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
        commands = self.commands if len(self.app_names) > 1 else {}
        return find_current(self.project, self.app_names, self.settings.app, commands)

    @cached_property
    def commands(self) -> Mapping[str, bytes]:
        """The files that may start workers."""
        return self.files.read_many([path for path in self.files.files if COMMANDS.search(path)])

    @cached_property
    def workers(self) -> list[Worker] | None:
        """The workers that the repository starts; `None` where their queues are not told."""
        return find_workers(self.commands)

    def standing(self, paths: Iterable[str]) -> list[str]:
        """Where files stand now that may have become packages since they were named."""
        packages = {path: f"{path.removesuffix('.py')}/__init__.py" for path in paths}
        return [
            package if path not in self.facts and package in self.facts else path
            for path, package in packages.items()
        ]

    @cached_property
    def god_files(self) -> list[str]:
        """Files that the user named, or that hold many tasks and lines."""
        if self.settings.god_files:
            return [path for path in self.standing(self.settings.god_files) if path in self.facts]
        counts: dict[str, int] = {}
        for task in self.tasks:
            counts[task.path] = counts.get(task.path, 0) + 1
        return [
            path
            for path, count in sorted(counts.items())
            if count >= GOD_FILE_TASKS and self.facts[path].lines >= GOD_FILE_LINES
        ]

    @cached_property
    def registrations(self) -> Counter[str | None]:
        """How often each definition is registered, by its dotted name."""
        return Counter(task.symbol for task in self.tasks)

    @cached_property
    def task_of_symbol(self) -> dict[str, Task]:
        """Tasks by the dotted name of their definition."""
        return {task.symbol: task for task in self.tasks if task.symbol}

    def function_of(self, task: Task) -> Function:
        """The decorated function that a task is made of."""
        known = self._functions.get(task.path)
        if known is None:
            functions = self.facts[task.path].functions
            known = {(item.qualname, item.line): item for item in functions}
            self._functions[task.path] = known
        return known[task.qualname, task.line]

    def task_at(self, symbol: str | None) -> Task | None:
        """The task that a symbol of some file stands for."""
        return self.task_of_symbol.get(self.project.resolve(symbol)) if symbol else None

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


def _makes_app(facts: FileFacts) -> bool:
    """Whether a file seems to make a module-level Celery app (import roots are needed to be sure)."""
    return any(
        binding.kind == "call"
        and (binding.target or "").endswith(("celery.Celery", "celery.app.Celery"))
        for binding in facts.bindings.values()
    ) or any(call.kind in {"config", "autodiscover"} and not call.where for call in facts.calls)
