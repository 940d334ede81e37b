"""Which tables and keys of routes have no effect, and which tasks no route names."""

from collections.abc import Iterator
from typing import ClassVar

from codemods.in_force.dead import dead_keys
from codemods.in_force.routing import Refused, RouteMap, Router, RouteTable, prepared
from codemods.inventory.link import Inventory
from codemods.inventory.timetable import near_name
from codemods.routes.served import unserved
from codemods.routes.suggestions import suggested
from codemods.tables.choices import choices, left_alone
from codemods.tables.joins import joins
from codemods.tables.places import placed
from codemods.tables.queues import configured_queues, the_table, value_of
from codemods.values import Answered, Decision, Decisions, Note, Offered, Question


class DeadKey(Answered, frozen=True, tag="dead-key", forbid_unknown_fields=True):
    """A key that answers for no task: `remove` takes it out, `keep` leaves it."""

    takes: ClassVar[frozenset[str]] = frozenset({"remove", "keep"})
    key: str = ""

    @property
    def asks(self) -> Question:
        """Whether the key goes."""
        return Question(self.key, "a route for nothing", 'answer = "remove" or "keep"')


class Route(Offered, frozen=True, tag="route", forbid_unknown_fields=True):
    """A task that no route names: the answer is a queue, or `keep` for the default one."""

    name: str = ""


def decide(inventory: Inventory) -> Decisions:
    """The decisions on the routes, tables first, and notes on what stays as it is."""
    routing, settings = inventory.routing, inventory.settings.routes
    decisions: list[Decision] = []
    notes: list[Note] = []
    if not inventory.has_celery:
        return Decisions()
    decisions.extend(choices(inventory, routing, settings.in_force, settings.dead))
    decisions.extend(joins(inventory, routing, decisions))
    decisions.extend(placed(inventory, routing, decisions, settings.place, notes))
    notes.extend(left_alone(inventory, routing, "routes-computed", _said))
    notes.extend(_opaque(inventory))
    if routing.is_known:
        decisions.extend(_dead_keys(inventory))
        decisions.extend(_unrouted(inventory))
        notes.extend(_left(inventory))
        notes.extend(unserved(inventory))
    return Decisions(tuple(decisions), tuple(notes))


def _said(why: str) -> str:
    return f"a table of routes here stays as it is: {why}"


def _opaque(inventory: Inventory) -> Iterator[Note]:
    """A note for each router: only running the project tells what it answers."""
    table = prepared(inventory.routing.values["5.7"])
    routers = (
        [part for part in table.elements if isinstance(part, Router)]
        if isinstance(table, RouteTable)
        else []
    )
    if isinstance(table, Refused) and inventory.routing.sources:
        source = inventory.routing.sources[0]
        message = (
            f"Celery can't read these routes, so the first task that is sent raises: {table.reason}"
        )
        yield Note(source.path, source.line, "routes-broken", message)
    for router, source in zip(routers, inventory.routing.sources * len(routers), strict=False):
        said = (
            "is asked for each task" if router.asks else "is never asked, since it is a bare class"
        )
        message = (
            f"the router {router.source} {said}: which queues it gives is not told by the source"
        )
        yield Note(source.path, source.line, "routes-computed", message)


def _dead_keys(inventory: Inventory) -> Iterator[DeadKey]:
    """The keys of the table that stays which answer for no name."""
    table = the_table(inventory)
    names = inventory.known_names
    if table is None or not inventory.editable(table.path):
        return
    if any(task.name is None for task in inventory.tasks):
        return
    value = value_of(inventory, table)
    for dead in dead_keys(RouteTable((RouteMap(tuple(value.items())),)), names):
        key = str(dead.key)
        if dead.why == "shadowed":
            because = " and ".join(f'"{winner}"' for _, winner in dead.by) + " always wins over it"
        elif key.startswith("celery.") or inventory.timetable.names.state(key) != "orphan":
            continue
        else:
            near = near_name(key, names)
            because = f'no task is named "{key}"' + (f'; "{near}" is near' if near else "")
        yield DeadKey(f"dead:{key}", because, inventory.settings.routes.dead_keys, key)


def _unrouted(inventory: Inventory) -> Iterator[Route]:
    """The tasks that no route names, with the queue that the configuration gives them."""
    table = the_table(inventory)
    if table is None or not inventory.editable(table.path):
        return
    for name, (queue, pattern) in configured_queues(inventory).items():
        yield Route(f"route:{name}", f'"{pattern}" is configured', queue, name)


def _left(inventory: Inventory) -> Iterator[Note]:
    """Where a target asks for it, a note for each task that no route names, with a suggestion."""
    if inventory.settings.targets.unrouted_tasks is None:
        return
    given = configured_queues(inventory)
    for task in inventory.tasks:
        if task.name is None or task.name in given or inventory.routed(task.name) is not None:
            continue
        found = suggested(task.name)
        hint = f'; "{found[0]}" may be its queue, since {found[1]}' if found else ""
        message = f'no route names "{task.name}"{hint}'
        yield Note(task.path, task.line, "unrouted", message)
