"""A check that what acts on other modules at import runs for all who had it run before."""

import ast
from collections.abc import Iterator

from codemods.inventory.graph import Graph, late_graph, reaching
from codemods.inventory.link import Inventory
from codemods.units.acting import acts_outside
from codemods.units.units import Unit, read_module
from migrate.pipeline import StepRun
from migrate.proof.lines import path_before, python_changes


def acting_loaded(run: StepRun) -> list[str]:
    """Every module that loaded what acts on others when a file is imported that something left still loads it.

    Imports inside of functions count too: their function's process has it once it has run. Of what else
    the file has imported less may be loaded from then on: that is what a smaller file is for.
    """
    changes = [
        change
        for change in python_changes(run)
        if change.before is not None
        and _defined(run.before, path_before(run, change.path)) - _defined(run.after, change.path)
    ]
    acting = [
        (run.before.project.module_of[path], unit)
        for change in changes
        if (path := path_before(run, change.path)) in run.before.project.module_of
        for unit in _acting(path, change.before or b"")
    ]
    if not acting:
        return []
    now = _places(run)
    graphs = [
        (run.before.certain_graph, run.after.certain_graph),
        (late_graph(run.before.project), late_graph(run.after.project)),
    ]
    found = dict.fromkeys(
        f"{module} no longer loads what line {unit.line} of {old} does"
        for old, unit in acting
        for module in _lost(graphs, old, now.get(_said(unit), set()))
    )
    return list(found)


def _defined(inventory: Inventory, path: str) -> set[str]:
    """The functions and classes of a file."""
    facts = inventory.facts.get(path)
    found = facts.bindings.items() if facts is not None else ()
    return {name for name, binding in found if binding.kind in {"function", "class"}}


def _lost(graphs: list[tuple[Graph, Graph]], old: str, places: set[str]) -> Iterator[str]:
    """The modules that loaded an old module before, and none of these now; for what has gone nothing is said."""
    for before, after in graphs if places else ():
        loading = set[str]().union(*(reaching(after, place) for place in sorted(places)))
        yield from sorted((reaching(before, old) & set(after)) - loading)


def _acting(path: str, data: bytes) -> list[Unit]:
    """The units of a file that act on others; none of a file that is no Python."""
    try:
        return [unit for unit in read_module(path, data).units if acts_outside(unit)]
    except ValueError:
        return []


def _places(run: StepRun) -> dict[str, set[str]]:
    """The modules in which the changed files have each thing that acts on others."""
    found: dict[str, set[str]] = {}
    for change in python_changes(run):
        module = run.after.project.module_of.get(change.path)
        for unit in _acting(change.path, change.after or b"") if module else ():
            assert module is not None
            found.setdefault(_said(unit), set()).add(module)
    return found


def _said(unit: Unit) -> str:
    """What tells a unit that acts on others in another file: a handler's name, else its code."""
    return unit.name if unit.names else "".join(map(ast.dump, unit.nodes))
