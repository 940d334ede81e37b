"""Which of a project's names are those of the object that an app reads its settings from."""

import ast
import re

from msgspec import structs

from codemods.inventory.configuration.flask_config import flask_key, given_to
from codemods.inventory.configuration.statements import Statement
from codemods.inventory.configuration.words import setting_of
from codemods.inventory.evaluation.modules import Sources
from codemods.inventory.expressions import text_of
from codemods.inventory.project import Project
from codemods.inventory.testing import is_test_code

Found = tuple[str, Statement]
"""A statement and its file."""

DJANGO = frozenset({"django.conf.settings", "settings"})
SETTINGS = re.compile(r"(^|[/_])(settings?|config\w*|conf)([/._]|$)", re.IGNORECASE)
"""Paths that settings of Django mostly have."""


class ObjectReader:
    """Tells the names of an object; `handed` gathers those that another name only hands on."""

    def __init__(self, project: Project, sources: Sources) -> None:
        self.project = project
        self._sources = sources
        self.handed: set[tuple[str, str]] = set()

    def names_of(
        self, path: str, item: Statement, setting: str, names: list[Found]
    ) -> list[Found] | None:
        """The names of the object of one call, those that count first; `None` where it is computed.

        `names` are all that are bound to the setting anywhere.
        """
        assert isinstance(item.value, ast.Call)
        argument = item.value.args[0] if item.value.args else None
        pairs = _pairs(argument)
        if pairs is not None:
            return _named(path, item, setting, pairs)
        if key := flask_key(argument):
            return self._of_flask(key, item, setting)
        dotted = self._dotted(path, argument)
        if dotted is None:
            return None
        if dotted in DJANGO:
            return self.of_django(names)
        module, rest = self.project.split(self.project.resolve(dotted) or dotted)
        if rest:
            return self._of_class(".".join([module, *rest]), names)
        return [(file, found) for file, found in names if self.project.module_of[file] == module]

    def _dotted(self, path: str, argument: ast.expr | None) -> str | None:
        """The dotted name of an object, as a text or as a name of the file."""
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return argument.value.replace(":", ".")
        if not isinstance(argument, ast.Name | ast.Attribute):
            return None
        first, _, others = ast.unparse(argument).partition(".")
        binding = self.project.facts[path].bindings.get(first)
        own = f"{self.project.module_of[path]}.{first}"
        target = binding.target if binding is not None and binding.target else own
        resolved = self.project.resolve(target)
        return ".".join(filter(None, [resolved if binding is not None else first, others]))

    def of_django(self, names: list[Found]) -> list[Found]:
        """The names in capitals of settings, without those that another of them just hands on."""
        loud = [(path, found) for path, found in names if found.holder.isupper()]
        for path, found in loud:
            if isinstance(found.value, ast.Name | ast.Attribute):
                whole = f"{self.project.module_of[path]}.{ast.unparse(found.value)}"
                module, rest = self.project.split(self.project.resolve(whole))
                self.handed.add((self.project.path_of.get(module, ""), ".".join(rest)))
        own = [pair for pair in loud if (pair[0], pair[1].holder) not in self.handed]
        likely = [pair for pair in own if SETTINGS.search(pair[0]) or self._lists_apps(pair[0])]
        return likely or own

    def _of_flask(self, key: str, item: Statement, setting: str) -> list[Found] | None:
        """The names of the one table that a key of Flask's configuration is given; `None` without one."""
        paths = self._sources.having(key)
        own = [path for path in paths if not is_test_code(path, self.project.facts[path])]
        trees = [(path, tree) for path in own if (tree := self._sources.tree(path)) is not None]
        given = given_to(key, trees)
        pairs = _pairs(given[0][1]) if len(given) == 1 else None
        if pairs is None:
            return None
        path, table = given[0]
        placed = structs.replace(item, line=table.lineno)
        return _named(path, placed, setting, pairs)

    def _lists_apps(self, path: str) -> bool:
        """Whether a file lists installed apps, as settings do."""
        return any(item.kind == "installed_app" for item in self.project.facts[path].references)

    def _of_class(self, dotted: str, names: list[Found]) -> list[Found]:
        """The attributes of a class, else of the nearest of its ancestors that has any."""
        for name in self.project.bases(dotted):
            module, rest = self.project.split(name)
            own = [
                (path, found)
                for path, found in names
                if self.project.module_of[path] == module and found.owner in {"", ".".join(rest)}
            ]
            if own:
                return own
        return []


def _pairs(argument: ast.expr | None) -> list[tuple[str | None, ast.expr]] | None:
    """The pairs of a dict that is written out, `None` for anything else."""
    if isinstance(argument, ast.Dict):
        pairs = zip(argument.keys, argument.values, strict=True)
        return [(text_of(key) if key is not None else None, value) for key, value in pairs]
    if isinstance(argument, ast.Call) and isinstance(argument.func, ast.Name):
        if argument.func.id == "dict" and not argument.args:
            return [(keyword.arg, keyword.value) for keyword in argument.keywords]
    return None


def _named(
    path: str, item: Statement, setting: str, pairs: list[tuple[str | None, ast.expr]]
) -> list[Found] | None:
    """The setting among the pairs of a table; `None` where it may be in another that is spread into it."""
    found = [
        Statement(item.line, setting, key, "name", value, item.node, guard="class")
        for key, value in pairs
        if key is not None and setting_of(key) == setting
    ]
    spread = any(key is None for key, _ in pairs)
    return None if spread and not found else [(path, statement) for statement in found]
