"""What a project's files do to the settings of its app."""

import ast
from collections.abc import Callable
from typing import Any

from codemods.inventory.configuration.entries import UnreadError, routes_value, schedule_value
from codemods.inventory.configuration.reading import Reading
from codemods.inventory.configuration.statements import Statement, statements_of
from codemods.inventory.configuration.values import InForce, settled
from codemods.inventory.evaluation.evaluator import Evaluator
from codemods.inventory.evaluation.things import Const, Thing
from codemods.inventory.project import Project
from codemods.inventory.testing import is_test_code
from codemods.inventory.values import BeatFact


class Configuration:
    """The statements of a project about Celery's settings, and what they come to."""

    def __init__(
        self,
        project: Project,
        evaluator: Evaluator,
        apps: list[str],
        tree: Callable[[str], ast.Module | None],
        named: Callable[[BeatFact, str], str | None],
        current: str = "",
    ) -> None:
        self.project = project
        self.evaluator = evaluator
        self._named = named
        self._only = project.path_of.get(project.split(current)[0], "") if len(apps) > 1 else ""
        self.homes = [project.path_of[project.split(name)[0]] for name in apps]
        self._statements: list[tuple[str, Statement]] = []
        for path, facts in project.facts.items():
            if facts.configures and not is_test_code(path, facts):
                found = tree(path)
                self._statements += [(path, item) for item in statements_of(found)] if found else []

    def schedule(self) -> InForce:
        """The schedule of beat: entries by key."""
        return self._in_force("beat_schedule", lambda thing: schedule_value(thing, self.evaluator))

    def routes(self) -> InForce:
        """The value of `task_routes`, with its routes as values and what is opaque as `Router`."""
        return self._in_force("task_routes", routes_value)

    def text(self, setting: str) -> InForce:
        """A setting that is one text: the default queue, the scheduler, the time zone."""
        return self._in_force(setting, _text)

    def _in_force(self, setting: str, read: Callable[[Thing], Any]) -> InForce:
        reading = Reading(
            self.project,
            self.evaluator,
            self.homes,
            self._statements,
            read,
            self._named,
            self._only,
        )
        done = tuple(reading.operations(setting))
        return settled(setting, done, tuple(reading.sources), reading.unclear)

    def about(self, setting: str) -> list[tuple[str, Statement]]:
        """The statements about a setting, with their files."""
        return [(path, item) for path, item in self._statements if item.setting == setting]

    def statement(self, path: str, line: int, holder: str) -> Statement | None:
        """The statement at the place of a source."""
        for known, item in self._statements:
            if (known, item.line, item.holder) == (path, line, holder):
                return item
        return None


def _text(thing: Thing) -> Any:  # noqa: ANN401
    if not isinstance(thing, Const):
        raise UnreadError("what it holds is computed")
    return thing.value
