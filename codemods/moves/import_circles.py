"""Imports between the files after a move: none may close a circle, so some move into functions."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from codemods.inventory.graph import cycles
from codemods.inventory.values import Import
from codemods.moves.acting import loads, unfollowed
from codemods.moves.moves import Crossing, Moves
from codemods.units.read_places import first_statement, global_reads
from codemods.units.units import Key

LEADS_BACK = "its import of {} leads back to this file"
"""Why a unit stays that reads such an import, `{}` being the module."""


@dataclass(frozen=True, slots=True)
class Borders:
    """What the import graph allows.

    `inner` are the reads whose import must stand inside the functions; `stuck` are units that no
    import can serve, with the reason; `banned` are existing files that can't take in more.
    """

    inner: set[tuple[str, str, str]] = field(default_factory=set)
    stuck: dict[Key, str] = field(default_factory=dict)
    banned: dict[str, str] = field(default_factory=dict)
    lazy: set[tuple[str, str]] = field(default_factory=set)
    """Old files and homes whose names the old one can only look up when it is asked for them."""
    loads: dict[str, list[str]] = field(default_factory=dict)
    """By file the shared files that it imports for what they do at import."""
    unfollowed: set[tuple[str, str]] = field(default_factory=set)
    """Old modules and names whose importers stay, for what else the old module does at import."""


def borders(moves: Moves) -> Borders:
    """The imports that the moves need, each where it closes no circle."""
    found = Borders()
    graph = _with_followers(moves)
    for target in moves.targets:
        graph[moves.module_name(target)] |= _imported_by(moves, target)
    _ban_circles(moves, graph, found)
    _stick_what_leads_on_to_its_file(moves, graph, found)
    _load_acting(moves, graph, found)
    late: dict[tuple[str, str], list[Crossing]] = {}
    for target in moves.targets:
        for crossing in moves.crossings(target):
            if crossing.eager:
                _add_eager(moves, graph, crossing, found)
            else:
                late.setdefault((target, crossing.home), []).append(crossing)
    shared = {places.wish.shared for places in moves.places.values()}
    order = sorted(
        late.items(), key=lambda item: (item[0][1] not in shared, -len(item[1]), item[0])
    )
    for (target, home), crossings in order:
        own, other = moves.module_name(target), moves.module_name(home)
        if own not in reachable(graph, other):
            graph[own].add(other)
            continue
        for crossing in crossings:
            found.inner.add((target, home, crossing.name))
            why = _no_room(moves, crossing)
            if why:
                found.stuck[crossing.reader] = why
    _add_shims(moves, graph, found)
    found.unfollowed.update(unfollowed(moves, graph))
    return found


def _stick_what_leads_on_to_its_file(
    moves: Moves, graph: dict[str, set[str]], found: Borders
) -> None:
    """Units whose imports led back to their file before, and still lead there or to their new one.

    Where all importers name the new files from now on, a move itself may open such a circle.
    """
    acting = any(places.wish.along for places in moves.places.values())
    if acting or not moves.inventory.settings.split.importers_follow:
        before = moves.inventory.explicit_graph
        graph = {name: targets | before.get(name, set()) for name, targets in graph.items()}
    for target, keys in moves.targets.items():
        own = moves.module_name(target)
        for key in keys:
            back = {own, moves.module_name(key[0])}
            circular = moves.places[key[0]].wish.circular
            copied = {name for name, unit in moves.contexts(key) if unit.index in circular}
            for module in sorted(_imported_as(moves, key[0], copied) - {own}):
                if back & reachable(graph, module):
                    found.stuck[key] = LEADS_BACK.format(module)


def module_leading_back(why: str) -> str:
    """The module by whose import a unit stays as `LEADS_BACK` says, itself or what it needs; else `""`."""
    before, _, after = LEADS_BACK.partition("{}")
    _, found, rest = why.partition(before)
    return rest.removesuffix(after) if found and rest.endswith(after) else ""


def _load_acting(moves: Moves, graph: dict[str, set[str]], found: Borders) -> None:
    """The imports of shared files for what they do; what they would close a circle for stays."""
    found.loads.update(loads(moves))
    for target, shared in found.loads.items():
        own = moves.module_name(target)
        for other in map(moves.module_name, shared):
            if own not in reachable(graph, other):
                graph[own].add(other)
                continue
            for path, places in moves.places.items():
                for index in sorted(places.wish.along & places.homes.keys()):
                    why = f"runs when the module is imported, and {own} and {other} would import each other"
                    found.stuck[path, index] = why


def _add_shims(moves: Moves, graph: dict[str, set[str]], found: Borders) -> None:
    """The imports of names whose copies go: at the top where that closes no circle, else lazy."""
    for (source, index), home in sorted(moves.drops.items()):
        own, other = moves.module_name(source), moves.module_name(home)
        if own not in reachable(graph, other):
            graph[own].add(other)
            continue
        module = moves.source(source)
        names = set(moves.unit((source, index)).names)
        readers = [
            unit
            for unit in module.units
            if names & unit.reads.all and (source, unit.index) not in moves.leaving
        ]
        starred = any(
            item.name == "*" and moves.project.canonical(item.module) == own
            for facts in moves.inventory.facts.values()
            for item in facts.imports
        )
        if readers or starred or "__getattr__" in module.binders:
            found.banned[home] = f"it and {own} would import each other"
        else:
            found.lazy.add((source, home))


def reachable(graph: dict[str, set[str]], *starts: str) -> set[str]:
    """Every module that importing these leads to."""
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(graph.get(name, set()) - seen)
    return seen


def _add_eager(
    moves: Moves, graph: dict[str, set[str]], crossing: Crossing, found: Borders
) -> None:
    own, other = moves.module_name(crossing.target), moves.module_name(crossing.home)
    if own in reachable(graph, other):
        found.stuck[crossing.reader] = (
            f"reads {crossing.name} of {crossing.home} while it is imported, which would close an import circle"
        )
    else:
        graph[own].add(other)


def _no_room(moves: Moves, crossing: Crossing) -> str:
    """Why a read can't be served by an import inside its function."""
    for read in global_reads(moves.unit(crossing.reader).nodes, crossing.name):
        if read.function is None or first_statement(read.function) is None:
            return f"reads {crossing.name} of {crossing.home}, and importing it would close an import circle"
    return ""


def _with_followers(moves: Moves) -> dict[str, set[str]]:
    """The import graph in which every importer already names the new homes."""
    project, inventory = moves.project, moves.inventory
    graph = {name: set(targets) for name, targets in inventory.explicit_graph.items()}
    for target in moves.targets:
        graph.setdefault(moves.module_name(target), set())
    sources = {moves.module_name(path) for path in sorted({path for path, _ in moves.leaving})}
    for (source, _), destination in moves.homes.items():
        graph[moves.module_name(source)].add(moves.module_name(destination))
    for path, facts in inventory.facts.items():
        own = project.module_of[path]
        for item in facts.imports:
            module = project.canonical(item.module)
            if item.name is None or module not in sources or item.scope == "function":
                continue
            home = moves.new_home.get((module, item.name))
            if home is not None and item.guard != "type_checking":
                graph[own].add(moves.module_name(home))
        if sources & graph[own] and own not in sources:
            graph[own] -= {s for s in sources if not _still_imports(moves, facts.imports, s)}
        graph[own].discard(own)
    return graph


def _still_imports(moves: Moves, imports: Iterable[Import], module: str) -> bool:
    for item in imports:
        named = moves.project.canonical(item.module)
        if item.scope == "function" or item.guard == "type_checking":
            continue
        if named == module and (named, item.name or "") not in moves.new_home:
            return True
        if item.name is not None and f"{named}.{item.name}" == module:
            return True
    return False


def _imported_by(moves: Moves, target: str) -> set[str]:
    """The project's modules that the units of a file import through copied statements."""
    keys = moves.targets[target]
    found = {name for key in keys for name in _imported_for(moves, key)}
    return found - {moves.module_name(target)}


def _imported_for(moves: Moves, key: Key) -> set[str]:
    """The project's modules that one unit's copied imports name."""
    needed = {name for name, unit in moves.contexts(key) if unit.kind != "typing"}
    return _imported_as(moves, key[0], needed)


def _imported_as(moves: Moves, path: str, names: set[str]) -> set[str]:
    """The project's modules that the imports of a file name which bind these names."""
    return {
        name
        for item in moves.inventory.facts[path].imports
        if item.scope == "module" and item.alias in names
        for name in modules_of(moves, item)
    }


def modules_of(moves: Moves, item: Import) -> set[str]:
    """The project's modules that an import names."""
    known = moves.project.path_of.keys()
    module = moves.project.canonical(item.module)
    inner = f"{module}.{item.name}" if item.name else module
    return {inner} & known or {module} & known


def _ban_circles(moves: Moves, graph: dict[str, set[str]], found: Borders) -> None:
    """Existing files that the move would put into a new import circle take in nothing."""
    old = cycles(moves.inventory.explicit_graph)
    names = {
        moves.module_name(path): path for path in sorted({*moves.targets, *moves.drops.values()})
    }
    fresh = {name for name, path in names.items() if path not in moves.inventory.facts}
    for group in cycles({name: frozenset(targets) for name, targets in graph.items()}):
        if any(group <= known for known in old) or not group & names.keys():
            continue
        if group & fresh and len(group - fresh) > 1:
            if any(group - fresh <= known for known in old):
                continue
        for name in sorted(group & fresh):
            _stick_what_leads_back(moves, graph, names[name], group, found)
        for name in sorted(group & names.keys()):
            if name not in fresh:
                others = ", ".join(sorted(group - {name}))
                found.banned[names[name]] = f"it and {others} would import each other"


def _stick_what_leads_back(
    moves: Moves, graph: dict[str, set[str]], target: str, group: frozenset[str], found: Borders
) -> None:
    """Units that can't go to a new file because what they import leads back to one of the old ones."""
    sources = {moves.module_name(path) for path in moves.places} & group
    for key in moves.targets.get(target, ()):
        for name in sorted(_imported_for(moves, key) & group):
            if sources & reachable(graph, name):
                found.stuck[key] = f"its import of {name} would close an import circle"
