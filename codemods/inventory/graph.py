"""Who imports whom, what a worker loads, and where loading one module leads."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set

from codemods.inventory.apps import Apps
from codemods.inventory.evaluation.things import Const, Items, each
from codemods.inventory.project import Project
from codemods.inventory.roots import is_manage
from codemods.inventory.testing import is_test
from codemods.inventory.values import Call, FileFacts, Import

Graph = Mapping[str, frozenset[str]]
Loads = tuple[Graph, list[str]]
"""A graph, and the modules that every process begins with."""

ADMINS = frozenset({"django.contrib.admin", "django.contrib.admin.apps.AdminConfig"})
"""The apps of Django's admin that look for `admin` modules; `SimpleAdminConfig` does not."""

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


def settings_modules(project: Project) -> list[str]:
    """The modules that hold Django settings: those that give `INSTALLED_APPS`, in a class or not.

    One that only imports the name reads it, as an app's module does for its discovery.
    """
    return [
        module
        for path, module in project.module_of.items()
        if not is_test(path)
        and (
            _gives(project.facts[path], "INSTALLED_APPS")
            or any(item.kind == "installed_app" for item in project.facts[path].references)
        )
    ]


def _gives(facts: FileFacts, name: str) -> bool:
    binding = facts.bindings.get(name)
    return binding is not None and binding.kind != "import"


def installed_apps(project: Project) -> list[str]:
    """The project's own packages among `INSTALLED_APPS`, also given as `pkg.apps.Config`."""
    found: list[str] = []
    for facts in project.facts.values():
        for reference in () if is_test(facts.path) else facts.references:
            if reference.kind == "installed_app":
                module, rest = project.split(reference.text)
                if module and (not rest or module.endswith(".apps")):
                    found.append(module.removesuffix(".apps") if rest else module)
    return found


def is_django(project: Project) -> bool:
    """Whether this is a Django project: it has settings with `INSTALLED_APPS`, or its `manage.py` is Django's."""
    return bool(settings_modules(project)) or any(
        is_manage(path) and any(item.module.partition(".")[0] == "django" for item in facts.imports)
        for path, facts in project.facts.items()
    )


def always_loaded(project: Project) -> list[str]:
    """What every process of a Django project loads: its settings, and its apps' `apps` and `models`.

    Django's admin, where it is installed, looks for an `admin` in each of them when it is ready.
    """
    starts = list(settings_modules(project))
    has_admin = any(
        item.kind == "installed_app" and item.text in ADMINS
        for facts in project.facts.values()
        for item in facts.references
    )
    for package in installed_apps(project):
        starts.extend([f"{package}.admin"] if has_admin else [])
        starts.extend((package, f"{package}.apps", f"{package}.models"))
        starts.extend(name for name in project.path_of if name.startswith(f"{package}.models."))
    return starts


def checked_starts(project: Project) -> list[str]:
    """What Django's system checks load when a worker starts: the root URLconf and what it includes."""
    found: list[str] = []
    for path, facts in project.facts.items():
        root = facts.bindings.get("ROOT_URLCONF")
        if root is not None and root.kind == "text" and root.target and not is_test(path):
            found.append(root.target)
        found.extend(item.text for item in facts.references if item.kind == "urlconf")
    return found


def named_here(facts: FileFacts) -> Iterator[str]:
    """The modules that a file names where it discovers tasks."""
    return (item.text for item in facts.references if item.kind == "discover")


def discovered(apps: Apps, call: Call, path: str) -> Iterator[str]:
    """The modules in the list that `autodiscover_tasks` is given."""
    things = [apps.evaluator.symbol(symbol) for symbol in call.use.positional if symbol]
    source = call.use.keywords.get("packages")
    if source is not None:
        things.append(apps.evaluator.source(source, path, call.use.line))
    for thing in things:
        for way in each(thing):
            for item in way.items if isinstance(way, Items) else ():
                if isinstance(item, Const) and isinstance(item.value, str):
                    yield item.value


def text_at(apps: Apps, call: Call, keyword: str, path: str) -> str:
    """The text that a call is given for a keyword, or `""`."""
    source = call.use.keywords.get(keyword)
    thing = apps.evaluator.source(source, path, call.use.line) if source else None
    return thing.value if isinstance(thing, Const) and isinstance(thing.value, str) else ""


def worker_starts(project: Project, apps: Apps) -> list[str]:
    """The modules that a worker loads by itself: the apps', what they include, what they discover."""
    starts = [project.split(name)[0] for name in apps.declared()]
    starts.extend(always_loaded(project))
    packages = installed_apps(project)
    for facts in project.facts.values():
        if is_test(facts.path):
            continue
        starts.extend(item.text for item in facts.references if item.kind == "include")
        for call in facts.calls:
            if call.kind == "autodiscover":
                related = text_at(apps, call, "related_name", facts.path) or "tasks"
                named = [*discovered(apps, call, facts.path), *named_here(facts)]
                starts.extend(f"{package}.{related}" for package in packages)
                for module in named:
                    # Looking for `tasks` in a package loads the package, or the module, too.
                    starts.extend((module, f"{module}.{related}"))
    return starts
