"""Schedules and routes as values: what the evaluator makes of an expression, as Celery would hold it."""

import ast
import re
from fnmatch import fnmatchcase
from typing import Any

from msgspec import Struct

from codemods.in_force.routing import Router
from codemods.inventory.evaluation.evaluator import Evaluator
from codemods.inventory.evaluation.things import Const, Given, Items, Table, Thing, Unknown, each

SHOWN = 80
"""Characters that are shown of what is computed."""


class Entry(Struct, frozen=True):
    """One entry of a schedule; all but `task` as source. `line` is that of its value in `path`."""

    key: str
    task: str | None
    schedule: str
    args: str
    kwargs: str
    options: dict[str, str]
    others: dict[str, str]
    path: str
    line: int

    def content(self) -> tuple[object, ...]:
        """What beat reads of it, wherever it stands."""
        options = tuple(sorted(self.options.items()))
        others = tuple(sorted(self.others.items()))
        return (self.task, self.schedule, self.args, self.kwargs, options, others)


class Code(Struct, frozen=True):
    """A value that only running the code tells, by its source."""

    source: str


class Unclear(Struct, frozen=True, order=True):
    """A statement that the source does not tell the outcome of, and why.

    `changes` tells whether it changes a table in place: the parts under these keys, or under what
    these globs fit.
    """

    path: str
    line: int
    why: str
    changes: tuple[str, ...] = ()
    unread: bool = False
    """Whether it is a table that no app seems to read."""

    def may_change(self, key: str) -> bool:
        """Whether the part under a key may be another once it has run."""
        return key in self.changes or any(fnmatchcase(key, glob) for glob in self.changes)


class UnreadError(Exception):
    """An expression whose value the source does not tell."""


class PartlyReadError(UnreadError):
    """A table of which entries are told, beside others under keys that these globs fit."""

    def __init__(self, why: str, told: dict[str, Entry], globs: tuple[str, ...]) -> None:
        super().__init__(why)
        self.told = told
        self.globs = globs


def schedule_value(thing: Thing, evaluator: Evaluator) -> dict[str, Entry]:
    """The entries of a schedule by key. Raises `UnreadError` where it is more than a table."""
    table = one_table(thing)
    told = {key: entry_value(key, given, evaluator) for key, given in table.entries.items()}
    if table.rest:
        globs = [glob_of_keys(source) for source in table.rest]
        if all(globs):
            raise PartlyReadError(_computed(table), told, tuple(globs))
        raise UnreadError(_computed(table))
    return told


def glob_of_keys(source: str) -> str:
    """What the keys of a dict that a loop makes look like, `""` where that is not told.

    `{f"stop_{region}": ... for region in REGIONS}` has keys such as `stop_*`.
    """
    node = ast.parse(source, mode="eval").body
    if not isinstance(node, ast.DictComp) or not isinstance(node.key, ast.JoinedStr):
        return ""
    return "".join(
        re.sub(r"([*?[])", r"[\1]", str(part.value)) if isinstance(part, ast.Constant) else "*"
        for part in node.key.values
    )


def only_table(thing: Thing) -> Table:
    """The one table that an expression stands for, all of it told."""
    table = one_table(thing)
    if table.rest:
        raise UnreadError(_computed(table))
    return table


def one_table(thing: Thing) -> Table:
    """The one table that an expression stands for."""
    ways = each(thing)
    if ways == (Const(None),):
        return Table()
    if len(ways) != 1 or not isinstance(ways[0], Table):
        raise UnreadError("what it holds is computed")
    return ways[0]


def _computed(table: Table) -> str:
    source = table.rest[0]
    return f"a part of it is computed: {source if len(source) <= SHOWN else source[:SHOWN] + '…'}"


def entry_value(key: str, given: Given, evaluator: Evaluator) -> Entry:
    """One entry, from the expression that gives it."""
    table = only_table(given.value)
    fields = {name: item.source for name, item in table.entries.items()}
    options = table.entries.get("options")
    task = table.entries.get("task")
    if task is None or "schedule" not in fields:
        raise UnreadError(f'entry "{key}" has no task or no schedule')
    known = {"task", "schedule", "args", "kwargs", "options"}
    return Entry(
        key,
        task_name(task, evaluator),
        plain(fields["schedule"]),
        plain(fields.get("args", "()")),
        plain(fields.get("kwargs", "{}")),
        options_of(options),
        {name: plain(text) for name, text in fields.items() if name not in known},
        given.path,
        given.line,
    )


def options_of(given: Given | None) -> dict[str, str]:
    """The options of an entry with their sources; what is no table under `*`."""
    if given is None or given.value == Const(None):
        return {}
    ways = each(given.value)
    if len(ways) == 1 and isinstance(ways[0], Table) and not ways[0].rest:
        return {name: option_source(item) for name, item in ways[0].entries.items()}
    return {"*": plain(given.source)}


def option_source(given: Given) -> str:
    """An option: the value of a constant, else its source."""
    value = given.value
    return repr(value.value) if isinstance(value, Const) else plain(given.source)


def task_name(given: Given, evaluator: Evaluator) -> str | None:
    """The name in `task`, `None` where only running it tells."""
    found = given.value
    if isinstance(found, Unknown) and given.source:
        found = evaluator.source(given.source, given.path, given.line)
    return found.value if isinstance(found, Const) and isinstance(found.value, str) else None


def plain(source: str) -> str:
    """A source as `ast` spells it, so that line breaks and quotes make no difference."""
    try:
        return ast.unparse(ast.parse(source.strip(), mode="eval"))
    except SyntaxError:
        return source


def routes_value(thing: Thing) -> Any:  # noqa: ANN401 - as `task_routes` takes it
    """A value of `task_routes`: maps of routes, and `Router` for what only running it can ask."""
    ways = each(thing)
    if len(ways) != 1:
        raise UnreadError("what it holds is computed")
    way = ways[0]
    if isinstance(way, Table):
        return _map(way)
    if isinstance(way, Items):
        return [_element(item) for item in way.items]
    if way == Const(None):
        return None
    if isinstance(way, Unknown):
        raise UnreadError("what it holds is computed")
    return _element(way)


def _element(thing: Thing) -> Any:  # noqa: ANN401
    if isinstance(thing, Table):
        return _map(thing)
    if isinstance(thing, Items):
        pairs = [_pair(item) for item in thing.items]
        return pairs if None not in pairs else [_raw(item) for item in thing.items]
    if isinstance(thing, Const) and isinstance(thing.value, str):
        return Router(thing.value)
    return Router(type(thing).__name__ if not isinstance(thing, Unknown) else thing.source)


def _pair(thing: Thing) -> tuple[Any, Any] | None:
    if isinstance(thing, Items) and len(thing.items) == 2:
        return _raw(thing.items[0]), _route(thing.items[1])
    return None


def _raw(thing: Thing) -> Any:  # noqa: ANN401
    return thing.value if isinstance(thing, Const) else Code(repr(thing))


def _map(table: Table) -> dict[str, Any]:
    if table.rest:
        raise UnreadError(_computed(table))
    return {key: _route(given.value, given.source) for key, given in table.entries.items()}


def _route(thing: Thing, source: str = "") -> Any:  # noqa: ANN401
    """A route: the name of a queue, or its options."""
    ways = each(thing)
    if len(ways) == 1 and isinstance(ways[0], Table) and not ways[0].rest:
        return {key: _option(given) for key, given in ways[0].entries.items()}
    if len(ways) == 1 and isinstance(ways[0], Const):
        return ways[0].value
    return {"queue": Code(plain(source))}


def _option(given: Given) -> Any:  # noqa: ANN401
    value = given.value
    return value.value if isinstance(value, Const) else Code(plain(given.source))
