"""What one setting comes to, and the statements that it comes from."""

from collections.abc import Collection, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from codemods.in_force import operations as ops
from codemods.in_force.layers import in_force
from codemods.in_force.routing import Refused, Side
from codemods.inventory.configuration.entries import Unclear

BOTH: tuple[Side, Side] = ("5.6", "5.7")

Place = tuple[str, int, str]
"""The file, the line and the name of a source, which no other one has."""


class Source(Struct, frozen=True):
    """One statement that gives a setting a value, with the keys of the table that it gives.

    `alive` are the sides of Celery 5.7 where the outcome would be another without it.
    """

    path: str
    line: int
    holder: str
    form: str
    keys: tuple[str, ...]
    alive: frozenset[Side] = frozenset(BOTH)

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.path, self.line, self.holder


class Done(Struct, frozen=True):
    """One operation, and the places of what it takes its values from, by their names."""

    operation: ops.Operation
    places: dict[str, Place] = {}

    def without(self, gone: Collection[Place]) -> ops.Operation | None:
        """The operation if the sources at these places were not there."""
        names = {name for name, place in self.places.items() if place in gone}
        if not names:
            return self.operation
        if isinstance(self.operation, ops.FromObject | ops.Make):
            left = {k: v for k, v in self.operation.values.items() if k not in names}
            return msgspec.structs.replace(self.operation, values=left)
        return None


class InForce(Struct, frozen=True):
    """What one setting comes to, by side; `Refused` where Celery raises.

    Where anything is unclear, the values leave that out: they are of what can be told.
    """

    setting: str
    values: dict[Side, Any]
    sources: tuple[Source, ...]
    unclear: tuple[Unclear, ...]
    done: tuple[Done, ...]

    @property
    def is_known(self) -> bool:
        """Whether the source tells all of it."""
        return not self.unclear and not any(isinstance(v, Refused) for v in self.values.values())

    def without(self, gone: Collection[Place], side: Side) -> Any:  # noqa: ANN401
        """The value on one side if the sources at these places were not there."""
        return in_force(_left(self.done, gone), self.setting, side)

    def dead(self, sides: Collection[Side]) -> tuple[Source, ...]:
        """The sources that can all go at once with no change on these sides."""
        gone: list[Source] = []
        for source in self.sources:
            places = {item.place for item in (*gone, source)}
            if all(self.without(places, side) == self.values[side] for side in sides):
                gone.append(source)
        return tuple(gone)


def settled(
    setting: str, done: tuple[Done, ...], sources: tuple[Source, ...], unclear: Collection[Unclear]
) -> InForce:
    """What these operations come to."""
    values = {side: in_force(_left(done, ()), setting, side) for side in BOTH}
    found = InForce(setting, values, sources, tuple(sorted(set(unclear))), done)
    marked = tuple(
        msgspec.structs.replace(
            source,
            alive=frozenset(s for s in BOTH if found.without({source.place}, s) != values[s]),
        )
        for source in sources
    )
    return msgspec.structs.replace(found, sources=marked)


def _left(done: tuple[Done, ...], gone: Collection[Place]) -> Iterator[ops.Operation]:
    for item in done:
        operation = item.without(gone)
        if operation is not None:
            yield operation
