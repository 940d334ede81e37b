"""Every task of a project with the name that Celery registers it under."""

import re
from collections.abc import Iterator

from msgspec import Struct

from codemods.inventory.apps import Apps, TaskMaker
from codemods.inventory.evaluation.evaluator import Declared, Evaluator
from codemods.inventory.evaluation.library import OLD_TASKS
from codemods.inventory.naming import Naming, Registered, options_of
from codemods.inventory.project import Project
from codemods.inventory.registrations import Registrations
from codemods.inventory.task import NotUnderstood, Task, TaskSource
from codemods.inventory.testing import is_test_code
from codemods.inventory.values import FileFacts, Function, Use
from codemods.values import Note

TASK_WORD = re.compile(r"task$", re.IGNORECASE)
"""How a decorator ends that may make a task."""


class Making(Struct, frozen=True):
    """What makes a task of a function: its decorator, and the name and options that come of it."""

    index: int
    kind: str
    app: str
    wrappers: tuple[str, ...]
    registered: Registered
    options: dict[str, str]
    old: bool = False


class Decorated(TaskSource):
    """Functions whose decorators make tasks of them."""

    def __init__(self, project: Project, apps: Apps, naming: Naming, evaluator: Evaluator) -> None:
        super().__init__(project, apps, naming, evaluator)
        self.not_understood: list[NotUnderstood] = []

    def functions(self, facts: FileFacts) -> Iterator[Task]:
        """The tasks that one file's decorators make."""
        for function in facts.functions:
            if function.nested == "function" and self.is_maker(function.qualname, facts):
                continue
            makings = self._makings(facts, function)
            for making in makings:
                yield self._declared(facts, function, making)
            if not makings:
                self._not_understood(facts, function)

    def _makings(self, facts: FileFacts, function: Function) -> list[Making]:
        """What makes tasks of a function; several decorators may register it several times."""
        known = {
            index: maker
            for index, use in enumerate(function.decorators)
            if (maker := self.apps.maker_of(use.symbol, facts)) is not None
        }
        if not known:
            return self._of_unknown(facts, function)
        index, maker = next(iter(known.items()))
        below = function.decorators[index + 1 :]
        own = any(self._is_own(item) for item in below)
        plain = len(known) == 1 and not maker.wrappers and not own
        followed = [] if plain else self._followed(facts, function, maker)
        return followed or [self._plain(facts, function, index, maker)]

    def _of_unknown(self, facts: FileFacts, function: Function) -> list[Making]:
        """Tasks by a decorator without a name of its own: `@make_app().task`, or a local app's."""
        for index, use in enumerate(function.decorators):
            if use.symbol is None:
                found = self._followed(facts, function, None)
                if not found and function.nested and use.source.endswith(".task"):
                    # The app is handed to the function around it.
                    found = [self._plain(facts, function, index, TaskMaker("app.task"))]
                return found if self.apps.evidence.knows_celery else []
        return []

    def _not_understood(self, facts: FileFacts, function: Function) -> None:
        """Remembers a function whose decorator may make a task, where that is unknown."""
        for use in function.decorators:
            if TASK_WORD.search(use.source) and not self._is_no_task(use):
                seen = NotUnderstood(facts.path, use.line, f"@{use.source}")
                self.not_understood.append(seen)
                return

    def _is_no_task(self, use: Use) -> bool:
        """Whether a decorator is known to make no Celery task."""
        evidence = self.apps.evidence
        dotted = self.project.resolve(use.symbol)
        if not evidence.knows_celery or evidence.is_foreign(dotted):
            return True
        if not dotted or not self.project.split(dotted)[0]:
            return False
        doubts = self.evaluator.doubts_of(dotted, applied=use.applied)
        return not any(not evidence.is_foreign(doubt) for doubt in doubts)

    def _is_own(self, use: Use) -> bool:
        """Whether a decorator is the project's own, so that it may change a function's name."""
        return bool(self.project.split(self.project.resolve(use.symbol))[0])

    def _plain(self, facts: FileFacts, function: Function, index: int, maker: TaskMaker) -> Making:
        """A task by `shared_task`, `app.task` or an old form, with nothing of the project's between."""
        use = function.decorators[index]
        table = self.naming.table(use, facts.path)
        registered = self.naming.of_use(use, table, facts.path, function.name)
        options = options_of(table)
        return Making(index, maker.kind, maker.app, maker.wrappers, registered, options, maker.old)

    def _followed(
        self, facts: FileFacts, function: Function, known: TaskMaker | None
    ) -> list[Making]:
        """Tasks by decorators of the project's own, or of a function that others wrap."""
        found = self.evaluator.decorated(facts.path, function.line, function.qualname)
        ways: dict[tuple[object, ...], Making] = {}
        for item in reversed(found):
            made = self._of_declared(facts, function, item, known)
            # Several ways of one decorator register one name, of which only one runs.
            ways.setdefault((made.index, made.registered.name, made.registered.like), made)
        return list(ways.values())

    def _of_declared(
        self, facts: FileFacts, function: Function, found: Declared, known: TaskMaker | None
    ) -> Making:
        use, made = function.decorators[found.place], found.task.maker
        maker = self.apps.maker_of(use.symbol, facts) or known
        if maker is not None:
            kind, wrappers = maker.kind, maker.wrappers
        else:
            kind = made.kind if use.source.endswith(".task") and made.kind != "old" else "other"
            wrappers = (self.project.resolve(use.symbol) or use.source,)
        return Making(
            index=found.place,
            kind=kind,
            app=made.app,
            wrappers=wrappers,
            registered=self.naming.of_declared(found),
            options=options_of(made.options),
            old=made.kind == "old",
        )

    def _declared(self, facts: FileFacts, function: Function, making: Making) -> Task:
        self._told(facts, function, making)
        module = self.project.module_of[facts.path]
        below = function.decorators[making.index + 1 :]
        layers = tuple(self.project.resolve(item.symbol) or item.source for item in below)
        above = tuple(item.source for item in function.decorators[: making.index])
        options = making.options
        return Task(
            name=making.registered.name,
            name_is=making.registered.name_is,
            path=facts.path,
            line=function.line,
            qualname=function.qualname,
            decorator=making.kind,
            options=options,
            bind=options.get("bind") == "True",
            base=options.get("base"),
            signature=function.signature,
            wrappers=making.wrappers + above + layers,
            symbol=f"{module}.{function.qualname}",
            app=making.app,
            nested=function.nested,
            first_line=function.first_line,
            body=function.body,
            text=function.text,
            is_async=function.is_async,
            like=making.registered.like,
            name_source=making.registered.source,
            own_rule=making.registered.own_rule,
            old=making.old,
        )

    def _told(self, facts: FileFacts, function: Function, making: Making) -> None:
        """The notes on what only running a task's declaration would tell."""
        who, name = function.qualname, making.registered.name
        if function.nested == "function":
            called = f'"{name}"' if name is not None else "a computed name"
            message = f"{who} is registered, as {called}, only once the function around it has run: move it to the top of its module"
            self.note(facts, function.line, "nested-task", message)
        elif name is None:
            how = making.options.get("name") or f"like {making.registered.like}"
            message = f"the name of {who} is computed at run time: {how}"
            self.note(facts, function.line, "dynamic-name", message)
        use = function.decorators[making.index]
        # What the step `decorators` can convert is told of there, where it can't.
        if making.old and self.project.resolve(use.symbol) not in OLD_TASKS:
            message = f"@{use.source} of {who} is a form of Celery 3 and 4, which Celery 5 lacks"
            self.note(facts, function.line, "old-form", message)
        if function.is_async:
            message = f"{who} is `async def`, which Celery 5 never awaits, so its body doesn't run: make it a plain def that calls asyncio.run(...)"
            self.note(
                facts,
                function.line,
                "async-task",
                message,
                "Celery 5 never awaits an `async def`, so the bodies of these tasks don't run",
            )


class Reading(Struct, frozen=True):
    """What the source says of a project's tasks, and what could not be told."""

    tasks: list[Task]
    notes: list[Note]
    not_understood: list[NotUnderstood]


def read_tasks(project: Project, apps: Apps, evaluator: Evaluator) -> Reading:
    """Every task outside tests, in the order of paths and lines, and the notes about them."""
    naming = Naming(project, apps, evaluator)
    decorated = Decorated(project, apps, naming, evaluator)
    registered = Registrations(project, apps, naming, evaluator)
    found: list[Task] = []
    for path, facts in project.facts.items():
        if facts.full and not is_test_code(path, facts):
            found.extend(decorated.functions(facts))
            found.extend(registered.classes(facts))
            found.extend(registered.calls(facts))
    found.sort(key=lambda task: (task.path, task.line, task.qualname))
    notes = decorated.notes + registered.notes
    return Reading(found, notes, sorted(set(decorated.not_understood)))
