"""Routes that no name reaches: none matches, or another key always wins."""

from collections.abc import Collection
from typing import Literal

from msgspec import Struct

from codemods.in_force.routing import Key, RouteMap, RouteTable, Unknown, key_matches, winner


class DeadKey(Struct, frozen=True):
    """A key of the element `number` that answers for no name.

    `why` is `no-name` if it matches none of them, else `shadowed`; `by` are then the elements' numbers
    and the keys that win instead, in order.
    """

    number: int
    key: Key
    why: Literal["no-name", "shadowed"]
    by: tuple[tuple[int, Key], ...] = ()


def dead_keys(table: RouteTable, names: Collection[str]) -> tuple[DeadKey, ...]:
    """The keys that answer for none of these names, in the order written.

    A key below a router is dead only if it matches no name, or if another key of its own map or of
    an earlier one wins whatever the router says. Of keys that Celery takes for one, the last has the
    route and the earlier ones are shadowed by it.
    """
    found: list[DeadKey] = []
    for number, element in enumerate(table.elements):
        for place, key in enumerate(_keys(element)):
            matched = [name for name in sorted(names) if key_matches(key, name)]
            by: list[tuple[int, Key]] = []
            for name in matched:
                wins = _winner(table, number, name)
                if wins is None or (wins == (number, key) and not _again(element, place)):
                    break
                by.append(wins)
            else:
                why: Literal["no-name", "shadowed"] = "shadowed" if matched else "no-name"
                found.append(DeadKey(number, key, why, tuple(dict.fromkeys(by))))
    return tuple(found)


def _keys(element: object) -> list[Key]:
    return [key for key, _ in element.pairs] if isinstance(element, RouteMap) else []


def _again(element: object, place: int) -> bool:
    """Whether the key at this place is written once more below."""
    written = _keys(element)
    return written[place] in written[place + 1 :]


def _winner(table: RouteTable, number: int, name: str) -> tuple[int, Key] | None:
    """The element and key that win among the maps up to this one, a router among them left out."""
    maps = tuple(
        element if isinstance(element, RouteMap) else RouteMap(())
        for element in table.elements[: number + 1]
    )
    found = winner(RouteTable(maps), name)
    return None if found is None or isinstance(found, Unknown) else (found[0], found[1])
