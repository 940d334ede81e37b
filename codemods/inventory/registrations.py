"""Tasks that are classes, and tasks registered by a call instead of a decorator."""

from collections.abc import Iterator

from msgspec import structs

from codemods.inventory.apps import TASK_CLASSES, TaskMaker
from codemods.inventory.evaluation.things import Const, FunctionThing, Maker, TaskThing
from codemods.inventory.naming import name_pattern
from codemods.inventory.task import Task, TaskSource
from codemods.inventory.testing import is_test
from codemods.inventory.values import Call, Class, FileFacts, Name, Use

OLD_CLASSES = frozenset({"celery.task.Task", "celery.task.base.Task"})
"""Classes whose metaclass registers every subclass up to Celery 4 (`celery/task/base.py`)."""
OLD_CLASS = "is a subclass of celery.task.Task, which registers it up to Celery 4 and which Celery 5 lacks: make it a subclass of celery.Task and register it, app.register_task(...)"
BY_ITSELF = "is registered by its class alone, as Celery 3 does and newer ones don't: write app.register_task(...) below it when django-celery goes"


class Registrations(TaskSource):
    """Class tasks that a base registers, and `app.task(fn)`, `app.register_task(X())`."""

    def classes(self, facts: FileFacts) -> Iterator[Task]:
        """Class tasks whose base registers every subclass; a note for those that nothing registers."""
        module = self.project.module_of[facts.path]
        for class_ in facts.classes:
            dotted = f"{module}.{class_.qualname}"
            bases = self.project.bases(dotted)
            if not self._is_task_class(bases) or class_.attributes.get("abstract") == "True":
                continue
            registering = [self.project.class_(base) for base in bases[1:]]
            if OLD_CLASSES.intersection(bases):
                self.note(facts, class_.line, "old-form", f"{class_.qualname} {OLD_CLASS}")
                yield structs.replace(self.class_task(facts, class_, "class"), old=True)
            elif any(base is not None and base.registers for base in registering):
                yield self.class_task(facts, class_, "class")
            elif "run" in class_.methods and not self._is_registered(dotted):
                if self.project.uses_djcelery:
                    self.note(facts, class_.line, "old-form", f"{class_.qualname} {BY_ITSELF}")
                    yield structs.replace(self.class_task(facts, class_, "class"), old=True)
                    continue
                self.note(
                    facts,
                    class_.line,
                    "class-not-registered",
                    f"{class_.qualname} is a task class that nothing registers, and Celery 4 and newer don't do so by themselves: write app.register_task({class_.qualname}()) below it, or delete it",
                )

    def _is_task_class(self, bases: list[str]) -> bool:
        return any(
            base in TASK_CLASSES
            or (base.endswith(".Task") and self.apps.is_app(base.removesuffix(".Task")))
            for base in bases[1:]
        )

    def _is_registered(self, dotted: str) -> bool:
        for facts in self.project.facts.values():
            for call in facts.calls:
                if call.kind in {"register", "task"} and dotted in self._registered_symbols(call):
                    return True
        return any(
            self.project.resolve(base) == dotted
            for facts in self.project.facts.values()
            for class_ in facts.classes
            for base in class_.bases
        )

    def _registered_symbols(self, call: Call) -> list[str]:
        symbols = [*call.use.positional, call.inner.symbol if call.inner else None]
        return [self.project.resolve(symbol) for symbol in symbols if symbol]

    def class_task(self, facts: FileFacts, class_: Class, kind: str) -> Task:
        """A task of a class: its `name` attribute, else the name Celery computes for it."""
        module = self.project.module_of[facts.path]
        registered = self.naming.automatic(self.project.imported_as(facts.path), class_.name)
        name, name_is = registered.name, registered.name_is
        named, source = self._named(class_, f"{module}.{class_.qualname}", facts)
        if named is not None:
            name = self.naming.explicit_name(named, source, class_.line)
            name_is = "explicit" if name is not None else "dynamic"
        elif class_.keywords:
            dotted = f"{module}.{class_.qualname}"
            thing = self.evaluator.class_field(dotted, class_.keywords, facts.path, "name")
            name = (
                thing.value if isinstance(thing, Const) and isinstance(thing.value, str) else None
            )
            name_is = "explicit" if name is not None else "dynamic"
        return Task(
            name=name,
            name_is=name_is,
            path=facts.path,
            line=class_.line,
            qualname=class_.qualname,
            decorator=kind,
            options=class_.attributes,
            bind=True,
            base=None,
            signature=class_.signature,
            wrappers=(),
            symbol=f"{module}.{class_.qualname}",
            first_line=class_.line,
            nested=class_.nested,
        )

    def _named(self, class_: Class, dotted: str, facts: FileFacts) -> tuple[Name | None, FileFacts]:
        """What a task class is named by, itself or by the nearest of its bases, and in which file."""
        if class_.task_name is not None or class_.keywords:
            # A base's `__init_subclass__` may take the name from keywords.
            return class_.task_name, facts
        for base in self.project.bases(dotted)[1:]:
            found = self.project.class_(base)
            if found is not None and found.task_name is not None:
                return found.task_name, self.project.facts[
                    self.project.path_of[self.project.split(base)[0]]
                ]
        return None, facts

    def calls(self, facts: FileFacts) -> Iterator[Task]:
        """Registrations by call: `app.task(fn)`, `app.register_task(X())`, `app.tasks.register(X())`."""
        for call in facts.calls:
            if call.kind == "register" and self._registers_on_app(call):
                yield from self._registered_class(facts, call)
            elif call.kind == "task" and not (call.where and self.is_maker(call.where, facts)):
                maker, use = self._applied_maker(call, facts)
                if maker is not None and use is not None and call.use.positional:
                    if maker.old:
                        message = f"{call.use.source}(...) is a form of Celery 3 and 4, which Celery 5 lacks"
                        self.note(facts, call.use.line, "old-form", message)
                    yield structs.replace(
                        self._registered_function(facts, call, use), old=maker.old
                    )

    def _registers_on_app(self, call: Call) -> bool:
        receiver = self.project.resolve(call.receiver)
        if call.use.source.endswith(".register_task"):
            return (
                receiver == ""
                or self.apps.is_app(receiver)
                or receiver.rpartition(".")[2] in {"app", "celery_app"}
            )
        return (
            self.apps.is_app(receiver.removesuffix(".tasks"))
            if receiver.endswith(".tasks")
            else False
        )

    def _registered_class(self, facts: FileFacts, call: Call) -> Iterator[Task]:
        for dotted in self._registered_symbols(call):
            class_ = self.project.class_(dotted)
            owner = self.project.facts.get(
                self.project.path_of.get(self.project.split(dotted)[0], "")
            )
            if class_ is not None and owner is not None and not is_test(owner.path):
                yield self.class_task(owner, class_, "register")
                return
        if not call.where.endswith("__init_subclass__"):
            self.note(
                facts,
                call.use.line,
                "dynamic-registration",
                f"{call.use.source}(...) registers a task that the source doesn't name: nothing here renames or merges it",
            )
            yield self._dynamic(facts, call)

    def _applied_maker(self, call: Call, facts: FileFacts) -> tuple[TaskMaker | None, Use | None]:
        inner = call.inner if call.use.symbol is None else None
        use = inner or call.use
        if use.symbol is not None or call.where:
            return self.apps.maker_of(use.symbol, facts), use
        made = self.evaluator.source(use.source, facts.path, use.line)
        return TaskMaker(made.kind) if isinstance(made, Maker) else None, use

    def _registered_function(self, facts: FileFacts, call: Call, use: Use) -> Task:
        """`send = app.task(send_now)`: the function's module and name, unless the call names it."""
        target = self.project.resolve(call.use.positional[0])
        name = self.naming.explicit_name(use.name, facts, use.line) if use.name else None
        if name is None and use.name is None and not call.where:
            known = self.project.binding(target) is not None
            name = self._own_name(target) if known else self._method_name(target)
            if name is not None:
                return self._by_call(facts, call, use, name, "automatic")
        if name is not None and not call.where:
            return self._by_call(facts, call, use, name, "explicit")
        self.note(
            facts,
            call.use.line,
            "dynamic-registration",
            f"{call.use.source}(...) registers tasks under names like {name_pattern(use.name)}, which are computed at run time: nothing here renames or merges them",
        )
        return self._dynamic(facts, call, name_pattern(use.name))

    def _own_name(self, target: str) -> str | None:
        """The name that Celery computes for what stands under a dotted name."""
        self.evaluator.ask()
        thing = self.evaluator.of(target)
        if isinstance(thing, TaskThing):
            thing = thing.function
        if isinstance(thing, FunctionThing):
            return self.naming.automatic(self.evaluator.module_of(thing), thing.name).name
        module, rest = self.project.split(target)
        own = self.project.imported_as(self.project.path_of[module])
        return self.naming.automatic(own, rest[-1]).name

    def _method_name(self, target: str) -> str | None:
        """The name that Celery computes for a method, `None` where that is unknown."""
        owner, _, method = target.rpartition(".")
        class_ = self.project.class_(owner)
        if class_ is None or method not in class_.methods:
            return None
        facts = self.project.facts[self.project.path_of[self.project.split(owner)[0]]]
        decorators = {
            decorator.source
            for function in facts.functions
            if function.qualname == f"{class_.qualname}.{method}"
            for decorator in function.decorators
        }
        if not decorators <= {"staticmethod", "classmethod"}:
            return None
        return self.naming.automatic(self.project.imported_as(facts.path), method).name

    def _by_call(self, facts: FileFacts, call: Call, use: Use, name: str, name_is: str) -> Task:
        return Task(
            name=name,
            name_is=name_is,
            path=facts.path,
            line=call.use.line,
            qualname=call.use.positional[0] or "",
            decorator="register",
            options=use.keywords,
            bind=use.keywords.get("bind") == "True",
            base=use.keywords.get("base"),
            signature="",
            wrappers=(),
            symbol=self.project.resolve(call.use.positional[0]),
            first_line=call.use.line,
        )

    def _dynamic(self, facts: FileFacts, call: Call, like: str = "") -> Task:
        return Task(
            name=None,
            name_is="dynamic",
            path=facts.path,
            line=call.use.line,
            qualname=call.where or call.use.source,
            decorator="register",
            options=call.use.keywords,
            bind=False,
            base=None,
            signature="",
            wrappers=(),
            symbol="",
            first_line=call.use.line,
            like=like,
        )
