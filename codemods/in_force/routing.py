"""Which route answers for a task name, as `celery.app.routes` of 5.4 to 5.7 has it."""

import fnmatch
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct

Key = str | re.Pattern[str]
"""A task name, a glob if it has `*`, or a regular expression that a name begins with."""


Side = Literal["5.6", "5.7"]
"""Celery up to 5.6.3, or from 5.7.0 on, which reads settings and `send_task` in another way."""


class Refused(Struct, frozen=True):
    """Celery raises instead of giving a value; `reason` says what it stumbles over."""

    reason: str


class Unknown(Struct, frozen=True):
    """Only running the project tells: the router that `source` names is asked first."""

    source: str


class Router(Struct, frozen=True):
    """A function, an object with `route_for_task`, or the path of one: opaque here.

    `asks` is false for a bare class, from which Celery gets no answer and says nothing.
    """

    source: str
    asks: bool = True


class RouteMap(Struct, frozen=True, dict=True):
    """One map: its keys and their routes, in the order written; a key may be there twice.

    A route is the name of a queue or a mapping of options, but whatever stands there is held.
    """

    pairs: tuple[tuple[Key, Any], ...]

    @cached_property
    def exact(self) -> dict[Key, tuple[Key, Any]]:
        """The keys that are one name each; of a key written twice the last route."""
        return {key: (key, route) for key, route in self.pairs if not is_pattern(key)}

    @cached_property
    def patterns(self) -> dict[re.Pattern[str], tuple[Key, Any]]:
        """The others: globs that translate alike are one, in the first place with the last route."""
        return {
            key if isinstance(key, re.Pattern) else re.compile(fnmatch.translate(key)): (key, route)
            for key, route in self.pairs
            if is_pattern(key)
        }


def is_pattern(key: Key) -> bool:
    """Whether a key stands for many names; what is neither text nor expression raises `TypeError`."""
    return isinstance(key, re.Pattern) or "*" in key


class RouteTable(Struct, frozen=True):
    """The elements of `task_routes`, asked one after another until one answers."""

    elements: tuple[RouteMap | Router, ...] = ()


def prepared(routes: object) -> RouteTable | Refused:
    """The table that a value of `task_routes` makes, `Router`s standing for what is opaque.

    A bare pair, alone or in a list, is refused for every name: Celery unpacks its two texts as pairs
    (and takes texts of two letters for a key and a queue of one letter each).
    """
    if routes is None:
        return RouteTable()
    elements = routes if isinstance(routes, list | tuple) else (routes,)
    found: list[RouteMap | Router] = []
    for element in elements:
        if isinstance(element, Router | RouteMap):
            found.append(element)
        elif isinstance(element, str):
            found.append(Router(element))
        elif isinstance(element, Mapping | list | tuple):
            try:
                pairs = element.items() if isinstance(element, Mapping) else element
                made = RouteMap(tuple((key, route) for key, route in pairs))
                _ = made.exact, made.patterns
            except (TypeError, ValueError) as error:
                return Refused(f"{element!r} is no map of routes: {error}")
            found.append(made)
        else:
            return Refused(f"{element!r} can't be called")
    return RouteTable(tuple(found))


def winner(table: RouteTable, name: str) -> tuple[int, Key, Any] | Unknown | None:
    """The number of the map that answers for a name, its key, and the route as written.

    `Unknown` from the first router on, `None` where nothing answers.
    """
    for number, element in enumerate(table.elements):
        if isinstance(element, Router):
            if element.asks:
                return Unknown(element.source)
            continue
        found = _of_map(element, name)
        if found is not None:
            return number, *found
    return None


def _of_map(routes: RouteMap, name: str) -> tuple[Key, Any] | None:
    """An exact key wins whatever the order; of patterns the first one does."""
    if name in routes.exact:
        return routes.exact[name]
    matching = (found for pattern, found in routes.patterns.items() if pattern.match(name))
    return next(matching, None)


def answer(table: RouteTable, name: str) -> dict[str, Any] | Refused | Unknown | None:
    """The options of the first route that answers for a name; `{}` is an answer, `None` is none."""
    found = winner(table, name)
    if found is None or isinstance(found, Unknown):
        return found
    return options_of(found[2])


def options_of(route: object) -> dict[str, Any] | Refused:
    """A route's options: of a text the queue. What is neither is refused at each send."""
    given: Any = route
    try:
        return dict(given)
    except ValueError:
        return {"queue": route}
    except TypeError as error:
        return Refused(f"{route!r} is no route: {error}")


def key_matches(key: Key, name: str) -> bool:
    """Whether a key matches a name on its own: `?` and `[ab]` are wild only beside a `*`; case counts."""
    if isinstance(key, re.Pattern):
        return key.match(name) is not None
    return fnmatch.fnmatchcase(name, key) if "*" in key else key == name


def keys(table: RouteTable) -> Iterator[tuple[int, Key]]:
    """Every key with the number of its element, the first to win first: exact ones before patterns."""
    for number, element in enumerate(table.elements):
        if isinstance(element, RouteMap):
            for key, _ in (*element.exact.values(), *element.patterns.values()):
                yield number, key
