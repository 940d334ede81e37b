"""Who imports whom, and where loading one module leads."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set

from codemods.inventory.project import Project
from codemods.inventory.values import Import

Graph = Mapping[str, frozenset[str]]
Loads = tuple[Graph, list[str]]
"""A graph, and the modules that every process begins with."""

AT_IMPORT = frozenset({"", "try", "if"})
"""The guards of imports that may run when their module is imported."""
CERTAIN = frozenset({"", "try"})
"""Those of imports that run for sure, as far as a `try` lets them."""


class ImportGraph(Mapping[str, frozenset[str]]):
    """The modules that each module imports, worked out when one is first asked for."""

    def __init__(
        self, project: Project, of: Callable[[str], frozenset[str]], known: Graph | None = None
    ) -> None:
        """`of` gives the targets of a file, `known` those of some modules beforehand."""
        self._paths = {module: path for path, module in project.module_of.items()}
        self._of = of
        self._known = dict(known or {})

    def __getitem__(self, module: str) -> frozenset[str]:
        if module not in self._known:
            self._known[module] = self._of(self._paths[module])
        return self._known[module]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, module: object) -> bool:
        return module in self._paths


def import_graph(project: Project) -> Graph:
    """For each module the project's modules that importing it may import, parents included."""
    return ImportGraph(project, lambda path: _imported(project, path, AT_IMPORT))


def graph_without(
    graph: Graph, project: Project, gone: Mapping[str, Set[str]], guards: Set[str] = AT_IMPORT
) -> Graph:
    """An import graph once some files no longer import these names; `guards` are those that it follows."""
    found: dict[str, frozenset[str]] = {}
    for path, names in gone.items():
        kept = [item for item in project.facts[path].imports if item.alias not in names]
        found[project.module_of[path]] = _imported(project, path, guards, imports=kept)
    return ImportGraph(project, lambda path: graph[project.module_of[path]], found)


def certain_graph(project: Project) -> Graph:
    """The import graph without what stands under an `if`."""
    return ImportGraph(project, lambda path: _imported(project, path, CERTAIN))


def late_graph(project: Project) -> Graph:
    """The import graph with what runs only if its function does, and what `import_module` may import."""
    return ImportGraph(
        project,
        lambda path: _imported(project, path, AT_IMPORT, late=True) | _by_name(project, path),
    )


def _by_name(project: Project, path: str) -> frozenset[str]:
    """The modules that a file imports by name: of a computed name all that stand below its package."""
    own, found = project.module_of[path], set[str]()
    package = own if path.endswith("__init__.py") else own.rpartition(".")[0]
    for call in project.facts[path].calls:
        if call.kind != "import_module":
            continue
        if call.text is not None:
            named = f"{package}{call.text}" if call.text.startswith(".") else call.text
            found.update(project.imported(named))
        elif package:
            found.update(name for name in project.path_of if name.startswith(f"{package}."))
    return frozenset(found - {own})


def explicit_graph(project: Project) -> dict[str, frozenset[str]]:
    """What import statements name at import time, without the packages above a module.

    A package that imports one of its modules is no circle, though the module's import needs it.
    """
    found: dict[str, frozenset[str]] = {}
    for path, own in project.module_of.items():
        targets: set[str] = set()
        for item in project.facts[path].imports:
            if item.guard == "type_checking" or item.scope == "function":
                continue
            module = project.canonical(item.module)
            inner = f"{module}.{item.name}" if item.name else module
            targets.update({inner} & project.path_of.keys() or {module} & project.path_of.keys())
        found[own] = frozenset(targets - {own})
    return found


def _imported(
    project: Project,
    path: str,
    guards: Set[str],
    *,
    late: bool = False,
    imports: Iterable[Import] | None = None,
) -> frozenset[str]:
    found: set[str] = set()
    # AppConfig.ready runs in every process, so the imports in it count as those of the module.
    ready = late or path.endswith("/apps.py")
    for item in project.facts[path].imports if imports is None else imports:
        if item.guard not in guards or (item.scope == "function" and not ready):
            continue
        found.update(project.loaded_by(item.module, item.name))
    own = project.module_of[path]
    return frozenset((found | set(project.imported(own))) - {own})


def closure(graph: Mapping[str, Set[str]], starts: Iterable[str]) -> set[str]:
    """Every module loaded when these are."""
    seen: set[str] = set()
    waiting = [name for name in starts if name in graph]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(graph[name] - seen)
    return seen


def way(graph: Mapping[str, Set[str]], start: str, end: str) -> list[str]:
    """The modules of a shortest chain of imports from one to another, both among them; `[]` without one."""
    before: dict[str, str] = {start: ""}
    waiting = [start]
    for name in waiting:
        if name == end:
            found = [name]
            while before[found[0]]:
                found.insert(0, before[found[0]])
            return found
        for target in sorted(graph.get(name, set[str]())):
            if target not in before:
                before[target] = name
                waiting.append(target)
    return []


def reaching(graph: Graph, module: str) -> set[str]:
    """Every module that loads this one when it is loaded, itself included."""
    return closure(_backwards(graph), [module]) if module in graph else set()


def no_longer_reaching(before: Loads, after: Loads, module: str) -> set[str]:
    """The modules of a process that has this one loaded before and not after."""
    (old, first), (new, then) = before, after
    if module in closure(new, then):
        return set()
    loading = set(old) if module in closure(old, first) else reaching(old, module)
    return loading - reaching(new, module)


def _backwards(graph: Graph) -> dict[str, set[str]]:
    """By module those that import it."""
    found: dict[str, set[str]] = {name: set() for name in graph}
    for name, targets in graph.items():
        for target in targets:
            found.setdefault(target, set()).add(name)
    return found


def cycles(graph: Graph) -> list[frozenset[str]]:
    """The groups of modules that import each other (strongly connected, more than one module), in order."""
    order: list[str] = []
    seen: set[str] = set()
    for start in sorted(graph):
        _post_order(graph, start, seen, order)
    backwards = _backwards(graph)
    groups: list[frozenset[str]] = []
    placed: set[str] = set()
    for start in reversed(order):
        if start in placed:
            continue
        group, waiting = set[str](), [start]
        while waiting:
            name = waiting.pop()
            if name not in placed:
                placed.add(name)
                group.add(name)
                waiting.extend(backwards[name] - placed)
        if len(group) > 1:
            groups.append(frozenset(group))
    # No module is in two groups, so the first of each tells them apart.
    return sorted(groups, key=min)


def _post_order(graph: Graph, start: str, seen: set[str], order: list[str]) -> None:
    stack: list[tuple[str, bool]] = [(start, False)]
    while stack:
        name, done = stack.pop()
        if done:
            order.append(name)
        elif name not in seen:
            seen.add(name)
            stack.append((name, True))
            stack.extend((target, False) for target in graph.get(name, ()) if target not in seen)
