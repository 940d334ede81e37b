"""One task definition, and what every reader of tasks has at hand."""

from functools import cached_property

from msgspec import Struct

from codemods.inventory.apps import Apps
from codemods.inventory.evaluation.evaluator import Evaluator
from codemods.inventory.naming import Naming
from codemods.inventory.project import Project
from codemods.inventory.values import FileFacts
from codemods.values import Note


class Task(Struct, frozen=True):
    """One task definition. `name` is `None` when only running the code can tell it.

    `decorator` is `shared_task`, `app.task`, `class`, `register` or `other`; `symbol` the dotted
    name where it is defined; `body` and `text` are fingerprints for comparing copies. `like` is a glob that a name computed at
    run time fits.
    """

    name: str | None
    name_is: str
    path: str
    line: int
    qualname: str
    decorator: str
    options: dict[str, str]
    bind: bool
    base: str | None
    signature: str
    wrappers: tuple[str, ...]
    symbol: str
    app: str = ""
    nested: str = ""
    first_line: int = 0
    body: str = ""
    text: str = ""
    is_async: bool = False
    like: str = ""
    name_source: tuple[str, int] = ("", 0)
    """Path and line of the constant that the name comes from; `("", 0)` where it is a literal."""
    own_rule: bool = False
    """Whether a `gen_task_name` of the app's own computes the name."""
    old: bool = False
    """Made by a form of Celery 3 and 4 that Celery 5 lacks."""


class NotUnderstood(Struct, frozen=True, order=True):
    """Something that may declare or schedule a task, which the source alone does not decide."""

    path: str
    line: int
    text: str


class TaskSource:
    """A way in which projects declare tasks; collects notes about those that are understood in part."""

    def __init__(self, project: Project, apps: Apps, naming: Naming, evaluator: Evaluator) -> None:
        self.project = project
        self.apps = apps
        self.naming = naming
        self.evaluator = evaluator
        self.notes: list[Note] = []
        self._decorates: dict[str, bool] = {}

    def is_maker(self, inner: str, facts: FileFacts) -> bool:
        """Whether the function around this place is a task decorator of the project's own.

        One that makes tasks of its own functions, whatever it is given, is none.
        """
        dotted = f"{self.project.module_of[facts.path]}.{inner.partition('.')[0]}"
        if dotted not in self._decorates:
            made = self.apps.maker_of(dotted, facts) is not None
            self._decorates[dotted] = made and (
                dotted in self._decorators or self.evaluator.makes_task(dotted) is not None
            )
        return self._decorates[dotted]

    @cached_property
    def _decorators(self) -> set[str]:
        """What stands above any function of the project."""
        return {
            self.project.resolve(use.symbol)
            for facts in self.project.facts.values()
            for function in facts.functions
            for use in function.decorators
        }

    def note(self, facts: FileFacts, line: int, code: str, message: str, cause: str = "") -> None:
        """Remembers what a person should know about a place."""
        self.notes.append(Note(facts.path, line, code, message, cause))
