"""The one table of routes that stays, and the queues that the configuration gives to tasks without one."""

from fnmatch import fnmatchcase

from codemods.in_force.routing import RouteTable, answer, prepared
from codemods.inventory.configuration.values import BOTH, Source
from codemods.inventory.link import Inventory
from codemods.tables.joins import why_apart
from codemods.tables.whole import the_whole


def the_table(inventory: Inventory) -> Source | None:
    """The source whose one dict is in force, alone, or will be once the others are gone or join it."""
    found = inventory.routing
    alive = [source for source in found.sources if source.alive & inventory.sides.sides]
    winner = inventory.settings.routes.in_force
    chosen = [source for source in alive if source.path == winner] or alive
    if not all(isinstance(value, dict) for value in found.values.values()):
        return None
    if len(chosen) == 1:
        return chosen[0]
    whole = the_whole(inventory, found, ())
    others = [source for source in chosen if whole is not None and source != whole.source]
    if whole is None or any(why_apart(inventory, found, whole, source) for source in others):
        return None
    return whole.source


def value_of(inventory: Inventory, table: Source) -> dict[str, object]:
    """The dict that a source gives."""
    for side in BOTH:
        value = inventory.routing.values[side]
        if side in table.alive and isinstance(value, dict):
            return value
    return {}


def configured_queues(inventory: Inventory) -> dict[str, tuple[str, str]]:
    """For each task that no route names the queue of the configuration, and the key that says so.

    A name wins over globs, and of globs the first.
    """
    table, given = the_table(inventory), inventory.settings.routes.queues
    if table is None or not given or not inventory.routing.is_known:
        return {}
    routes = prepared(value_of(inventory, table))
    found: dict[str, tuple[str, str]] = {}
    for name in sorted(inventory.names):
        if isinstance(routes, RouteTable) and answer(routes, name) is None:
            fits = [name] if name in given else [key for key in given if fnmatchcase(name, key)]
            if fits:
                found[name] = (given[fits[0]], fits[0])
    return found
