"""What modules load by the functions that they call while they are imported, as an application's factory."""

import ast
from collections.abc import Iterable, Iterator

from codemods.inventory.bindings import SIMPLE, guarded
from codemods.inventory.evaluation.modules import Sources
from codemods.inventory.graph import CERTAIN, Graph, closure
from codemods.inventory.import_time import import_time_nodes, is_program
from codemods.inventory.project import Project
from codemods.inventory.symbols import FunctionNode, bound_by_import, imported_module, module_symbol


def loaded_with_calls(
    graph: Graph, starts: Iterable[str], project: Project, sources: Sources
) -> set[str]:
    """Every module loaded when these are, also by imports in functions that run then for sure."""
    seen = closure(graph, starts)
    waiting = sorted(seen)
    calls = _Calls(project, sources)
    while waiting:
        found = closure(graph, sorted(calls.imported(waiting.pop()))) - seen
        seen |= found
        waiting.extend(sorted(found))
    return seen


class _Calls:
    """Follows calls from the bodies of modules into functions that import something."""

    def __init__(self, project: Project, sources: Sources) -> None:
        self._project = project
        self._sources = sources
        self._followed: set[str] = set()
        """The functions that were followed: what they import is known."""

    def imported(self, module: str) -> set[str]:
        """The modules that functions import which this one calls, and that were not followed before."""
        path = self._project.path_of[module]
        uses = map(self._project.resolve, self._project.facts[path].import_time_uses)
        if not any(self._is_function(item) or item in self._project.path_of for item in uses):
            return set()
        tree = self._sources.tree(path)
        body = [node for node in tree.body if not is_program(node)] if tree is not None else []
        return set(self._by_calls(path, body, {}))

    def _is_function(self, dotted: str) -> bool:
        binding = self._project.binding(dotted)
        return binding is not None and binding.kind == "function"

    def _by_calls(self, path: str, body: list[ast.stmt], local: dict[str, str]) -> Iterator[str]:
        """What is imported by the functions that statements call; `local` are names of their own."""
        own = module_symbol(path)
        for node, guard in guarded(body, ""):
            for part in import_time_nodes(_run_by(node) if guard in CERTAIN else []):
                if not isinstance(part, ast.Call):
                    continue
                first, _, rest = ast.unparse(part.func).partition(".")
                symbol = local.get(first, f"{own}.{first}")
                dotted = self._project.resolve(f"{symbol}.{rest}" if rest else symbol)
                if self._is_function(dotted) and dotted not in self._followed:
                    self._followed.add(dotted)
                    yield from self._by_function(dotted)

    def _by_function(self, dotted: str) -> Iterator[str]:
        """What a function imports when it runs, and what the functions import that it calls."""
        module, rest = self._project.split(dotted)
        path = self._project.path_of[module]
        tree = self._sources.tree(path)
        made = [
            node
            for node in (tree.body if tree is not None else [])
            if isinstance(node, FunctionNode) and [node.name] == rest
        ]
        local: dict[str, str] = {}
        for node, guard in guarded(made[0].body, "") if len(made) == 1 else ():
            if guard in CERTAIN and isinstance(node, ast.Import | ast.ImportFrom):
                local.update(bound_by_import(node, path))
                yield from self._loaded(path, node)
        if made:
            yield from self._by_calls(path, made[0].body, local)

    def _loaded(self, path: str, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from self._project.loaded_by(alias.name, None)
            return
        module = imported_module(path, node.module, node.level)
        for alias in node.names:
            yield from self._project.loaded_by(module, alias.name)


def _run_by(node: ast.stmt) -> list[ast.AST]:
    """What a statement runs itself, without the statements in it."""
    if isinstance(node, ast.With):
        return [item.context_expr for item in node.items]
    return [node] if type(node) in SIMPLE else []
