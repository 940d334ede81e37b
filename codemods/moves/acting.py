"""What acts on other modules at import must run in every process in which it ran: who loads it, who keeps the old file."""

from collections.abc import Iterator, Mapping, Set

from codemods.moves.moves import Moves
from codemods.units.acting import acts_on, acts_outside


def loads(moves: Moves) -> dict[str, list[str]]:
    """For each new file the shared files that it imports only for what they do at import.

    Those are the files whose code reads what is acted on there, and those that other files import a
    name from; where there is none of either, all.
    """
    found: dict[str, list[str]] = {}
    for path, places in moves.places.items():
        along = sorted(places.wish.along & places.homes.keys())
        if not along:
            continue
        shared = places.homes[along[0]]
        acted = frozenset[str]().union(*(acts_on(places.module.units[i]) for i in along))
        targets = set(places.homes.values()) - {shared}
        needing = _taken_homes(moves, path) | {
            home
            for index, home in places.homes.items()
            if acted & places.module.units[index].reads.all
        }
        for target in sorted(targets & needing or targets):
            found.setdefault(target, []).append(shared)
    return found


def _taken_homes(moves: Moves, path: str) -> set[str]:
    """The new files of the names that other files import from an old one."""
    own = moves.module_name(path)
    return {home for name in _taken(moves, path) if (home := moves.new_home.get((own, name)))}


def _taken(moves: Moves, path: str) -> Iterator[str]:
    project, own = moves.project, moves.module_name(path)
    for other, facts in moves.inventory.facts.items():
        for item in facts.imports if other != path else ():
            if item.name and project.canonical(item.module) == own:
                yield item.name


def unfollowed(moves: Moves, graph: Mapping[str, Set[str]]) -> set[tuple[str, str]]:
    """Names that are still imported from their old module: their new file does not load all that acts there.

    `graph` says what each module imports once all is moved.
    """
    found: set[tuple[str, str]] = set()
    for path, places in moves.places.items():
        own = moves.module_name(path)
        acting = {
            moves.module_name(moves.homes.get((path, unit.index), path))
            for unit in places.module.units
            if acts_outside(unit) and (path, unit.index) not in moves.drops
        }
        for name in sorted(set(_taken(moves, path))) if acting else ():
            home = moves.new_home.get((own, name))
            if home is not None and not acting <= _loaded(graph, moves.module_name(home)):
                found.add((own, name))
    return found


def _loaded(graph: Mapping[str, Set[str]], module: str) -> set[str]:
    """Every module that one loads, the packages above each among them."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(graph.get(name, ()))
            if "." in name:
                waiting.append(name.rpartition(".")[0])
    return seen
