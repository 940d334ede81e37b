"""How a task gets its name and options: from its decorator, a dict behind `**`, or Celery's rule."""

import re

from msgspec import Struct

from codemods.inventory.apps import Apps
from codemods.inventory.evaluation.evaluator import Declared, Evaluator
from codemods.inventory.evaluation.texts import glob_of
from codemods.inventory.evaluation.things import (
    AppThing,
    Bound,
    Const,
    Given,
    Pattern,
    Table,
    Thing,
    Unknown,
    each,
)
from codemods.inventory.project import Project
from codemods.inventory.values import FileFacts, Name, Use


class Registered(Struct, frozen=True):
    """A registered name, `None` where only running the code tells it, and then the glob it fits.

    `source` is the path and line of the constant that a name comes from, `("", 0)` for a literal.
    """

    name: str | None
    name_is: str
    like: str = ""
    source: tuple[str, int] = ("", 0)
    own_rule: bool = False
    """Whether a `gen_task_name` of the app's own computes it."""


class Naming:
    """The names and options of one project's tasks."""

    def __init__(self, project: Project, apps: Apps, evaluator: Evaluator) -> None:
        self.project = project
        self.evaluator = evaluator
        self._naming_app: AppThing | None = None
        for dotted in apps.declared():
            own = apps.app_class(dotted)
            if own is not None and "gen_task_name" in own.methods:
                self._naming_app = apps.app(dotted)
        self.overrides = self._naming_app is not None
        """Whether an app computes automatic names by a method of its own."""

    def automatic(self, module: str, name: str) -> Registered:
        """Celery's rule, `module.function`, or what the app's own rule makes of it."""
        if self._naming_app is None:
            return Registered(f"{module}.{name}", "automatic")
        self.evaluator.ask()
        method = self.evaluator.attribute(self._naming_app, "gen_task_name")
        found: Thing = Unknown()
        if isinstance(method, Bound):
            found = self.evaluator.call(method, [Const(name), Const(module)], Table())
        if isinstance(found, Const) and isinstance(found.value, str):
            return Registered(found.value, "automatic", own_rule=True)
        return Registered(None, "dynamic", glob_of(found), own_rule=True)

    def table(self, use: Use, path: str) -> Table:
        """The options that a decorator of known kind is given, `**` read where it can be."""
        entries: dict[str, Given] = {}
        rest: list[str] = []
        for star, source in zip(use.stars, use.star_sources, strict=True):
            ways = each(self.evaluator.source(source, path, use.line))
            tables = [way for way in ways if isinstance(way, Table)]
            for table in tables:
                entries.update(table.entries)
                rest.extend(table.rest)
            if len(tables) < len(ways):
                rest.append(star or source)
        for key, source in use.keywords.items():
            entries[key] = Given(Unknown(source), source, path, use.line)
        return Table(entries, tuple(rest))

    def of_use(self, use: Use, table: Table, path: str, name: str) -> Registered:
        """The registered name of a function that a decorator of known kind stands above."""
        module = self.project.imported_as(path)
        if use.name is not None and use.name.kind == "text" and use.name.value:
            return Registered(use.name.value, "explicit")
        given = table.entries.get("name")
        if given is not None and isinstance(given.value, Unknown):
            value = self.evaluator.source(given.source, given.path or path, given.line)
            given = Given(value, given.source, given.path, given.line)
        return self.registered(given, table.rest, module, name)

    def of_declared(self, declared: Declared) -> Registered:
        """The registered name of a task that following its decorators came to."""
        function, options = declared.task.function, declared.task.maker.options
        module = self.evaluator.module_of(function)
        return self.registered(options.entries.get("name"), options.rest, module, function.name)

    def registered(
        self, given: Given | None, rest: tuple[str, ...], module: str, name: str
    ) -> Registered:
        """What a `name=` and what could not be read beside it come to."""
        if given is None:
            return Registered(None, "dynamic", "*") if rest else self.automatic(module, name)
        value = given.value
        if isinstance(value, Const) and not value.value:
            return self.automatic(module, name)
        if isinstance(value, Const) and isinstance(value.value, str):
            literal = given.source[:1] in "'\"" or "__name__" in given.source
            return Registered(
                value.value, "explicit", "", ("", 0) if literal else (given.path, given.line)
            )
        return Registered(None, "dynamic", self._glob(value, given.source))

    @staticmethod
    def _glob(value: Thing, source: str) -> str:
        if isinstance(value, Pattern):
            return value.like
        return name_pattern(Name("computed", source)) if isinstance(value, Unknown) else "*"

    def explicit_name(self, given: Name, facts: FileFacts, line: int) -> str | None:
        """The text of a name that is literal, a constant, or begins with `__name__`."""
        if given.kind == "text":
            return given.value
        if given.kind == "own":
            return self.project.imported_as(facts.path) + given.value
        thing = (
            self.evaluator.symbol(given.value)
            if given.kind == "symbol"
            else self.evaluator.source(given.value, facts.path, line)
        )
        return thing.value if isinstance(thing, Const) and isinstance(thing.value, str) else None


def options_of(table: Table) -> dict[str, str]:
    """The options with their sources; `**x` where x can't be read."""
    found = {key: given.source for key, given in table.entries.items()}
    return found | {f"**{source}": "..." for source in table.rest}


def name_pattern(given: Name | None) -> str:
    """A glob for a computed name: its literal parts, `*` for the rest."""
    if given is None:
        return "*"
    texts = re.findall(r"""(?<![\w])['"]([^'"{}]*)['"]""", given.value)
    return re.sub(r"\*+", "*", "*".join(["", *(text for text in texts if text.strip(".")), ""]))
