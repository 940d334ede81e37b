"""All facts of a project linked into one value: what it registers, schedules, routes and refers to."""

from collections.abc import Iterable, Set
from functools import cached_property

from codemods.inventory.evaluation.things import Const
from codemods.inventory.graph import closure, late_graph
from codemods.inventory.linked import Linked
from codemods.inventory.task import Task
from codemods.inventory.testing import is_test
from codemods.inventory.timetable import (
    orphan_cause,
)
from codemods.inventory.values import Call, FileFacts, Reference
from codemods.values import Note

NOT_REFERENCES = frozenset({"installed_app", "discover", "urlconf", "include_of", "may_include"})

NEVER = "no worker loads these modules: their tasks are registered only where something else imports them"
SOMETIMES = "these modules are loaded only under a condition, by a function that runs, or by Django's URL checks, so a worker may not know their tasks"


class Inventory(Linked):
    """What the source says about a project's tasks. Pure: the same files give the same inventory."""

    @cached_property
    def references(self) -> list[Reference]:
        """Every place that names a task or a module of tasks by text or by import."""
        found: list[Reference] = []
        task_modules = {self.project.split(task.symbol)[0] for task in self.tasks if task.symbol}
        for path, facts in self.facts.items():
            found.extend(item for item in facts.references if item.kind not in NOT_REFERENCES)
            found.extend(self._sent_by_constant(facts))
            for item in facts.imports:
                module = self.project.canonical(item.module)
                if module in task_modules and self.project.module_of[path] != module:
                    text = f"{module}.{item.name}" if item.name else module
                    found.append(Reference(path, item.line, "import", text))
        return sorted(found)

    def _sent_by_constant(self, facts: FileFacts) -> Iterable[Reference]:
        """The names that a file sends by a constant instead of a text."""
        for call in facts.calls:
            if call.kind == "send_task" and call.text is None:
                name = self._sent(facts, call)
                if name is not None:
                    yield Reference(facts.path, call.use.line, "send_task", name)

    def _sent(self, facts: FileFacts, call: Call) -> str | None:
        """The name that a `send_task` sends, as far as following its argument tells."""
        source = call.use.keywords.get("name")
        symbol = call.use.positional[0] if call.use.positional else None
        if source is not None:
            thing = self.evaluator.source(source, facts.path, call.use.line)
        elif symbol is not None:
            thing = self.evaluator.symbol(symbol)
        else:
            return None
        return thing.value if isinstance(thing, Const) and isinstance(thing.value, str) else None

    def _computed_sends(self) -> Iterable[Note]:
        for path, facts in self.facts.items():
            for call in facts.calls if not is_test(path) else ():
                if (
                    call.kind == "send_task"
                    and call.text is None
                    and self._sent(facts, call) is None
                ):
                    message = (
                        f"{call.use.source}(...) sends a task by a name that only running it tells"
                    )
                    yield Note(path, call.use.line, "computed-send", message)

    @cached_property
    def notes(self) -> list[Note]:
        """What the inventory saw and a person should know."""
        found = list(self._task_notes)
        if self.has_celery:
            found.extend(self._doubted())
            found.extend(self._unloaded())
            found.extend(self._computed_sends())
        for facts in self.unparsed:
            assert facts.error is not None
            found.append(Note(facts.path, facts.error.line, "unparsed", facts.error.message))
        if self.beat:
            found.extend(self.timetable.overridden(self.schedule, self.sides, self.other_settings))
        for root in self.roots:
            if root.twice and (found_in := self._tasks_below(root.path)):
                message = f"modules below '{root.path}' are imported from there and {root.twice} times by a longer name: where both are imported, Celery registers the tasks in them ({found_in}) under both names"
                found.append(Note(root.path, 0, "two-names", message))
        for entry in self.beat:
            if entry.orphan:
                found.append(
                    Note(entry.path, entry.line, "orphan", orphan_cause(entry, self.known_names))
                )
            elif entry.task is None:
                found.append(
                    Note(
                        entry.path,
                        entry.line,
                        "beat-name",
                        "the task of this beat entry is computed at run time, so no rename follows to it: write its name as a text, or check it by hand",
                    )
                )
        return sorted(found)

    def _doubted(self) -> Iterable[Note]:
        """A doubt of the import roots, where most tasks seem to be loaded by no worker."""
        most = max(2, len(self.tasks) / 2)
        lost = [t for t in self.tasks if self._lies_outside(t, self.loaded_by_worker)]
        if len(lost) > most:
            lost = [t for t in lost if self._lies_outside(t, self.maybe_loaded)]
        if self.app_names and len(lost) > most:
            roots = "; ".join(f"{root.path or '.'} ({root.reason})" for root in self.roots)
            message = f"{len(lost)} of {len(self.tasks)} tasks stand in modules that no worker seems to load. Where imports start may be wrong: {roots}. Say it with import_roots in [tool.migrate]"
            yield Note(lost[0].path, 0, "roots-doubted", message)

    def _lies_outside(self, task: Task, loaded: Set[str]) -> bool:
        return self.project.module_of[task.path] not in loaded and not self._may_be_installed(task)

    @cached_property
    def _computed_apps(self) -> Reference | None:
        """Where the settings add installed apps that only running them tells."""
        found = (item for item in self.installed_apps if item.text == "*")
        return next((item for item in found if not is_test(item.path)), None)

    def _may_be_installed(self, task: Task) -> bool:
        """Whether a task stands in an app of Django's that the settings may install, or in what that loads."""
        if self._computed_apps is None:
            return False
        folder = task.path.rpartition("/")[0]
        module = self.project.module_of[task.path]
        return f"{folder}/apps.py" in self.facts or module in self._loaded_if_installed

    @cached_property
    def _loaded_if_installed(self) -> set[str]:
        """What a worker loads of all packages that may be among the installed apps."""
        modules = (
            module for path, module in self.project.module_of.items() if path.endswith("/apps.py")
        )
        return closure(
            late_graph(self.project), [name for m in modules for name in (m, f"{m[:-5]}.tasks")]
        )

    def _unloaded(self) -> Iterable[Note]:
        for task in self.tasks:
            module = self.project.module_of[task.path]
            named = task.name or task.qualname
            if not self.app_names or module in self.loaded_by_worker:
                continue
            apps = self._computed_apps
            if apps is not None and self._may_be_installed(task):
                message = f"{module} is loaded if its package is among the installed apps, which '{apps.path}' line {apps.line} computes"
                cause = f"'{apps.path}' line {apps.line} computes the installed apps, so which of these modules a worker loads is open"
                yield Note(task.path, task.line, "sometimes-loaded", message, cause)
            elif module in self.maybe_loaded:
                message = f"{module} is loaded only under a condition, by a function that runs, or by Django's URL checks, so a worker may not know {named}"
                yield Note(task.path, task.line, "sometimes-loaded", message, SOMETIMES)
            else:
                message = f"no worker loads {module}: {named} is registered only where something else imports it"
                yield Note(task.path, task.line, "never-loaded", message, NEVER)

    def _tasks_below(self, root: str) -> int:
        return sum(self.project.root_of(task.path) == root for task in self.tasks)
