"""The imports by which a file loads the Celery app for its tasks, though none of them reads it."""

from collections.abc import Collection, Iterator

from codemods.inventory.graph import closure, reaching
from codemods.inventory.link import Inventory
from codemods.inventory.values import Import


class AppImports:
    """Who loads an app that not every process has: a task must still load it where it goes."""

    def __init__(self, inventory: Inventory, sources: Collection[str]) -> None:
        """`sources` are the modules that tasks leave: nobody may import them any more."""
        self.inventory = inventory
        self.project = inventory.project
        graph = inventory.certain_graph
        modules = {self.project.split(app)[0] for app in inventory.app_names}
        modules = {name for name in sorted(modules) if reaching(graph, name) & set(sources)}
        self._loading: dict[str, set[str]] = {}
        """By app the modules that load it, also without the sources."""
        if modules:
            rest = {n: frozenset[str]() if n in sources else graph[n] for n in graph}
            always = closure(rest, inventory.always_starts)
            self._loading = {name: reaching(rest, name) for name in sorted(modules - always)}

    def needed(self, path: str, target: str, names: set[str]) -> Iterator[Import]:
        """The imports of a file that load its apps, where a task that takes these names along loads none."""
        for app, loading in self._loading.items():
            if loading.intersection(self.project.imported(target)):
                continue
            imports = [
                item
                for item in self.inventory.facts[path].imports
                if item.scope == "module"
                and not item.guard
                and loading.intersection(self.project.loaded_by(item.module, item.name))
            ]
            if imports and not any(item.alias in names for item in imports):
                yield min(imports, key=lambda item: (not self._is_of(item, app), item.line))

    def _is_of(self, item: Import, app: str) -> bool:
        return app in self.project.loaded_by(item.module, item.name)
