"""Every task of a project with the name that Celery registers it under."""

import re
from collections.abc import Iterator

from msgspec import Struct

from codemods.inventory.apps import TASK_CLASSES, Apps, TaskMaker
from codemods.inventory.project import Project, is_test
from codemods.inventory.values import Call, Class, FileFacts, Function, Name, Use
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


class TaskReader:
    """Finds the tasks of a project and collects notes about those that can't be told whole."""

    def __init__(self, project: Project, apps: Apps) -> None:
        self.project = project
        self.apps = apps
        self.notes: list[Note] = []
        self.overrides = self._overrides()

    def read(self) -> list[Task]:
        """Every task outside tests, in the order of paths and lines."""
        found: list[Task] = []
        for path, facts in self.project.facts.items():
            if is_test(path) or not facts.full:
                continue
            found.extend(self._functions(facts))
            found.extend(self._classes(facts))
            found.extend(self._calls(facts))
        return sorted(found, key=lambda task: (task.path, task.line, task.qualname))

    def _overrides(self) -> bool:
        """Whether an app computes automatic names by a method of its own."""
        classes = (self.apps.app_class(name) for name in self.apps.declared())
        return any(found is not None and "gen_task_name" in found.methods for found in classes)

    def _functions(self, facts: FileFacts) -> Iterator[Task]:
        for function in facts.functions:
            for index, use in enumerate(function.decorators):
                maker = self.apps.maker_of(use.symbol, facts)
                if maker is None:
                    continue
                if function.nested == "function" and self._is_maker(function.qualname, facts):
                    break
                yield self._declared(facts, function, index, use, maker)
                break

    def _is_maker(self, inner: str, facts: FileFacts) -> bool:
        """Whether the function around this place is a task decorator of the project's own."""
        module = self.project.module_of[facts.path]
        return self.apps.maker_of(f"{module}.{inner.partition('.')[0]}", facts) is not None

    def _declared(
        self, facts: FileFacts, function: Function, index: int, use: Use, maker: TaskMaker
    ) -> Task:
        options = self._options(use, maker)
        given = self._given_name(use, maker)
        below = function.decorators[index + 1 :]
        name, name_is = self._name(given, facts, function, below, maker)
        if function.nested == "function":
            self._note(
                facts,
                function.line,
                "nested-task",
                f"{function.qualname} is made when its function runs: registered or not, under a name that only running it tells",
            )
            name, name_is = None, "dynamic"
        elif name is None:
            self._note(
                facts,
                function.line,
                "dynamic-name",
                f"the name of {function.qualname} is computed at run time: {given.value if given else 'see its decorator'}",
            )
        if function.is_async:
            self._note(
                facts,
                function.line,
                "async-task",
                f"{function.qualname} is `async def`: Celery 5 never awaits it",
            )
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

    def _options(self, use: Use, maker: TaskMaker) -> dict[str, str]:
        options: dict[str, str] = {}
        for layer in (*reversed(maker.uses), use):
            for star in layer.stars:
                known = self._behind(star)
                options.update({f"**{star}": "..."} if known is None else known)
            options.update(layer.keywords)
        return options

    def _behind(self, star: str | None) -> dict[str, str] | None:
        """The keys and sources of a dict behind `**`; `None` where only running the code tells."""
        if star is None:
            return None
        if star.endswith("()"):
            maker = self.project.maker(self.project.resolve(star.removesuffix("()")))
            return maker.options or None if maker is not None else None
        binding = self.project.binding(self.project.resolve(star))
        return binding.keywords if binding is not None and binding.kind == "dict" else None

    def _given_name(self, use: Use, maker: TaskMaker) -> Name | None:
        """The name that the decorator gives, from its own words or a dict behind `**`."""
        for layer in (use, *maker.uses):
            if layer.name is not None:
                return layer.name
            for star in layer.stars:
                known = self._behind(star)
                if known is None:
                    # What a task decorator of the project's own passes on is what it was given.
                    if layer is use or not maker.layers:
                        return Name("computed", f"**{star}")
                elif "name" in known:
                    text = known["name"]
                    return Name("text", text[1:-1]) if text[:1] in "'\"" else Name("computed", text)
        return None

    def _name(
        self,
        given: Name | None,
        facts: FileFacts,
        function: Function,
        below: tuple[Use, ...],
        maker: TaskMaker,
    ) -> tuple[str | None, str]:
        """The registered name, and whether it is explicit, automatic or dynamic."""
        module = self.project.module_of[facts.path]
        if given is not None:
            explicit = self.explicit_name(given, module)
            return explicit, "explicit" if explicit is not None else "dynamic"
        if self.overrides:
            return None, "dynamic"
        name = function.name
        for use in reversed(below):
            layer = self.project.maker(self.project.resolve(use.symbol))
            if layer is not None and layer.inner and not layer.wraps:
                module = self.project.split(self.project.resolve(use.symbol))[0]
                name = layer.inner
        for inner, wrapper in zip(maker.layers, maker.wrappers, strict=False):
            if inner.inner and not inner.wraps:
                module, name = self.project.split(wrapper)[0], inner.inner
        return f"{module}.{name}", "automatic"

    def explicit_name(self, given: Name, module: str) -> str | None:
        """The text of a name that is literal, a constant, or begins with `__name__`."""
        if given.kind == "text":
            return given.value
        if given.kind == "own":
            return module + given.value
        return self.project.text(given.value) if given.kind == "symbol" else None

    def _classes(self, facts: FileFacts) -> Iterator[Task]:
        """Class tasks whose base registers every subclass; a note for those that nothing registers."""
        module = self.project.module_of[facts.path]
        for class_ in facts.classes:
            dotted = f"{module}.{class_.qualname}"
            bases = self.project.bases(dotted)
            if not self._is_task_class(bases) or class_.attributes.get("abstract") == "True":
                continue
            registering = [self.project.class_(base) for base in bases[1:]]
            if any(base is not None and base.registers for base in registering):
                yield self.class_task(facts, class_, "class")
            elif "run" in class_.methods and not self._is_registered(dotted):
                self._note(
                    facts,
                    class_.line,
                    "class-not-registered",
                    f"{class_.qualname} is a task class that nothing registers: Celery has not done so by itself since version 4",
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

    def _registered_symbols(self, call: Call) -> set[str]:
        symbols = [*call.use.positional, call.inner.symbol if call.inner else None]
        return {self.project.resolve(symbol) for symbol in symbols if symbol}

    def class_task(self, facts: FileFacts, class_: Class, kind: str) -> Task:
        """A task of a class: its `name` attribute, else the name Celery computes for it."""
        module = self.project.module_of[facts.path]
        name: str | None = f"{module}.{class_.name}"
        name_is = "automatic"
        if class_.task_name is not None:
            name, name_is = self.explicit_name(class_.task_name, module), "explicit"
        if name is None or (self.overrides and name_is == "automatic"):
            name, name_is = None, "dynamic"
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

    def _calls(self, facts: FileFacts) -> Iterator[Task]:
        """Registrations by call: `app.task(fn)`, `app.register_task(X())`, `app.tasks.register(X())`."""
        for call in facts.calls:
            if call.kind == "register" and self._registers_on_app(call):
                yield from self._registered_class(facts, call)
            elif call.kind == "task" and not (call.where and self._is_maker(call.where, facts)):
                maker, use = self._applied_maker(call, facts)
                if maker is not None and use is not None and call.use.positional:
                    yield self._registered_function(facts, call, use)

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
            self._note(
                facts,
                call.use.line,
                "dynamic-registration",
                f"{call.use.source}(...) registers a task that only running it tells",
            )
            yield self._dynamic(facts, call)

    def _applied_maker(self, call: Call, facts: FileFacts) -> tuple[TaskMaker | None, Use | None]:
        if call.inner is not None and call.use.symbol is None:
            return self.apps.maker_of(call.inner.symbol, facts), call.inner
        return self.apps.maker_of(call.use.symbol, facts), call.use

    def _registered_function(self, facts: FileFacts, call: Call, use: Use) -> Task:
        """`send = app.task(send_now)`: the function's module and name, unless the call names it."""
        target = self.project.resolve(call.use.positional[0])
        module = self.project.module_of[facts.path]
        name = self.explicit_name(use.name, module) if use.name else None
        known = self.project.binding(target)
        if (
            name is None
            and use.name is None
            and known is not None
            and not call.where
            and not self.overrides
        ):
            return self._by_call(facts, call, use, target, "automatic")
        if name is not None and not call.where:
            return self._by_call(facts, call, use, name, "explicit")
        self._note(
            facts,
            call.use.line,
            "dynamic-registration",
            f"{call.use.source}(...) registers tasks under names like {name_pattern(use.name)}, which only running it tells",
        )
        return self._dynamic(facts, call, name_pattern(use.name))

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

    def _note(self, facts: FileFacts, line: int, code: str, message: str) -> None:
        self.notes.append(Note(facts.path, line, code, message))


def name_pattern(given: Name | None) -> str:
    """A glob for a computed name: its literal parts, `*` for the rest."""
    if given is None:
        return "*"
    texts = re.findall(r"""(?<![\w])['"]([^'"{}]*)['"]""", given.value)
    return re.sub(r"\*+", "*", "*" + "*".join(text for text in texts if text.strip(".")))
