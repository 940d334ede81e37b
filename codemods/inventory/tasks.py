"""Every task of a project with the name that Celery registers it under."""

from collections.abc import Iterator

from codemods.inventory.apps import Apps, TaskMaker
from codemods.inventory.naming import Naming
from codemods.inventory.project import Project, is_test
from codemods.inventory.registrations import Registrations
from codemods.inventory.task import Task, TaskSource
from codemods.inventory.values import FileFacts, Function, Name, Use
from codemods.values import Note


class Decorated(TaskSource):
    """Functions whose decorators make tasks of them."""

    def functions(self, facts: FileFacts) -> Iterator[Task]:
        """The tasks that one file's decorators make."""
        for function in facts.functions:
            for index, use in enumerate(function.decorators):
                maker = self.apps.maker_of(use.symbol, facts)
                if maker is None:
                    continue
                if function.nested == "function" and self.is_maker(function.qualname, facts):
                    break
                yield self._declared(facts, function, index, use, maker)
                break

    def _declared(
        self, facts: FileFacts, function: Function, index: int, use: Use, maker: TaskMaker
    ) -> Task:
        options = self.naming.options(use, maker)
        given = self.naming.given(use, maker)
        below = function.decorators[index + 1 :]
        name, name_is = self.naming.registered(given, facts, function, below, maker)
        if function.nested == "function":
            name, name_is = None, "dynamic"
        self._told(facts, function, name, given)
        module = self.project.module_of[facts.path]
        layers = tuple(self.project.resolve(item.symbol) or item.source for item in below)
        above = tuple(item.source for item in function.decorators[:index])
        return Task(
            name=name,
            name_is=name_is,
            path=facts.path,
            line=function.line,
            qualname=function.qualname,
            decorator=maker.kind,
            options=options,
            bind=options.get("bind") == "True",
            base=options.get("base"),
            signature=function.signature,
            wrappers=maker.wrappers + above + layers,
            symbol=f"{module}.{function.qualname}",
            app=maker.app,
            nested=function.nested,
            first_line=function.first_line,
            body=function.body,
            text=function.text,
            is_async=function.is_async,
        )

    def _told(
        self, facts: FileFacts, function: Function, name: str | None, given: Name | None
    ) -> None:
        """The notes on what only running a task's declaration would tell."""
        who = function.qualname
        if function.nested == "function":
            message = f"{who} is made when its function runs: registered or not, under a name that only running it tells"
            self.note(facts, function.line, "nested-task", message)
        elif name is None:
            how = given.value if given else "see its decorator"
            message = f"the name of {who} is computed at run time: {how}"
            self.note(facts, function.line, "dynamic-name", message)
        if function.is_async:
            message = f"{who} is `async def`: Celery 5 never awaits it"
            self.note(facts, function.line, "async-task", message)


def read_tasks(project: Project, apps: Apps) -> tuple[list[Task], list[Note]]:
    """Every task outside tests, in the order of paths and lines, and the notes about them."""
    naming = Naming(project, apps)
    decorated = Decorated(project, apps, naming)
    registered = Registrations(project, apps, naming)
    found: list[Task] = []
    for path, facts in project.facts.items():
        if facts.full and not is_test(path):
            found.extend(decorated.functions(facts))
            found.extend(registered.classes(facts))
            found.extend(registered.calls(facts))
    found.sort(key=lambda task: (task.path, task.line, task.qualname))
    return found, decorated.notes + registered.notes
