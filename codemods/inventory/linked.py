"""The facts of a project's files linked: what loads what."""

from functools import cached_property

from codemods.inventory.called import loaded_with_calls
from codemods.inventory.current import started_modules
from codemods.inventory.graph import Graph, certain_graph, closure, explicit_graph, late_graph
from codemods.inventory.scheduled import Scheduled
from codemods.inventory.starts import always_loaded, checked_starts, is_django, worker_starts
from codemods.inventory.testing import is_test
from codemods.inventory.worker_signals import loaded_in_workers, may_load


class Linked(Scheduled):
    """What files say together, with the import graphs and what processes load."""

    @cached_property
    def certain_graph(self) -> Graph:
        """The import graph without what stands under a condition."""
        return certain_graph(self.project)

    @cached_property
    def explicit_graph(self) -> dict[str, frozenset[str]]:
        """The import graph of what statements name, in which a circle is a danger."""
        return explicit_graph(self.project)

    @cached_property
    def loaded_by_worker(self) -> set[str]:
        """The modules that a worker of this project loads, as far as the source tells."""
        return loaded_with_calls(
            self.certain_graph, self.worker_starts, self.project, self.evaluator.sources
        )

    @cached_property
    def maybe_loaded(self) -> set[str]:
        """Those, and what a condition, a function that runs, or Django's URL checks may load too."""
        return closure(
            late_graph(self.project), [*self.worker_starts, *checked_starts(self.project)]
        )

    @cached_property
    def worker_starts(self) -> list[str]:
        """The modules that a worker begins with."""
        named = started_modules(self.project, self.commands) if self.app_names else []
        starts = [*worker_starts(self.project, self.apps), *named]
        known = set[str]()
        while new := closure(self.certain_graph, starts) - known:
            known |= new
            starts.extend(name for name in sorted(self._loaded_beside(new)) if name not in known)
        return starts

    def _loaded_beside(self, modules: set[str]) -> set[str]:
        """What these modules load in a worker besides what they import."""
        apps = {self.project.split(name)[0] for name in self.app_names}
        tops = {"celery", "pkgutil"}
        paths = [
            path
            for name in sorted(modules)
            if (path := self.project.path_of[name])
            and not is_test(path)
            and (
                name in apps
                or any(i.module.partition(".")[0] in tops for i in self.facts[path].imports)
            )
        ]
        texts = self.files.read_many(paths)
        found: set[str] = set()
        for path in (path for path, data in texts.items() if may_load(data)):
            tree = self.tree(path)
            if tree is not None:
                found |= loaded_in_workers(self.project, path, tree)
        return found

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
