"""Which names are Celery apps, and what a decorator makes of the function below it."""

import builtins

from codemods.inventory.evaluation.evaluator import Evaluator
from codemods.inventory.evaluation.library import (
    APP_CLASSES,
    CURRENT,
    OLD_FORMS,
    SHARED,
    is_app_class,
)
from codemods.inventory.evaluation.things import AppThing, Maker, Outside, each
from codemods.inventory.evidence import Evidence
from codemods.inventory.project import Project
from codemods.inventory.testing import is_test
from codemods.inventory.values import Binding, Class, FileFacts, Use
from codemods.inventory.values import Maker as MakerFact

TASK_CLASSES = frozenset(
    {"celery.Task", "celery.app.task.Task", "celery.task.Task", "celery.task.base.Task"}
)


MAKERS = frozenset({"task", "shared_task", "periodic_task"})
"""Last words of what makes tasks of functions."""


class TaskMaker:
    """What one decorator amounts to: `kind` as in the JSON, the app, and the project's own layers."""

    def __init__(
        self,
        kind: str,
        app: str = "",
        wrappers: tuple[str, ...] = (),
        layers: tuple[MakerFact, ...] = (),
        uses: tuple[Use, ...] = (),
        *,
        old: bool = False,
    ) -> None:
        self.kind = kind
        self.app = app
        self.wrappers = wrappers
        self.layers = layers
        self.uses = uses
        self.old = old
        """Whether it is a form of Celery 3 and 4 that Celery 5 lacks."""


BUILTINS = frozenset(dir(builtins))
"""Names that Python knows without an import; as a decorator none of them makes a task."""


class Apps:
    """The Celery apps of a project, found by following names to what they stand for."""

    def __init__(self, project: Project, evaluator: Evaluator) -> None:
        self.project = project
        self.evaluator = evaluator
        self.evidence = Evidence(project)
        self._app: dict[str, bool] = {}
        self._makers: dict[str, TaskMaker | None] = {}
        self._by_use: dict[str, str] = {}

    def declared(self) -> list[str]:
        """Dotted names of module-level apps outside tests, in the order of their files."""
        found: dict[str, str] = {}
        for dotted in (*self._called(), *sorted(self.evidence.receivers)):
            module, rest = self.project.split(dotted)
            if module and rest and dotted not in found and self.is_app(dotted):
                path = self.project.path_of[module]
                if not is_test(path):
                    found[dotted] = path
        order = {path: number for number, path in enumerate(self.project.facts)}
        return sorted(found, key=lambda dotted: order[found[dotted]])

    def _called(self) -> list[str]:
        """Module-level names bound to a call that may give an app."""
        return [
            f"{self.project.module_of[path]}.{name}"
            for path, facts in self.project.facts.items()
            if facts.full and not is_test(path)
            for name, binding in facts.bindings.items()
            if binding.kind == "call"
            and binding.target
            and self._may_make_app(self.project.resolve(binding.target))
        ]

    def is_app(self, dotted: str) -> bool:
        """Whether a resolved name is a Celery app."""
        if dotted in CURRENT:
            return True
        if dotted not in self._app:
            self._app[dotted] = False
            self._app[dotted] = self.app(dotted) is not None or self._used_as_app(dotted)
        return self._app[dotted]

    def app(self, dotted: str) -> AppThing | None:
        """The app that a resolved name stands for, as far as its construction tells."""
        module, rest = self.project.split(dotted)
        if not module or not rest:
            return None
        self.evaluator.ask()
        found = each(self.evaluator.of(dotted))
        return next((item for item in found if isinstance(item, AppThing)), None)

    def _used_as_app(self, dotted: str) -> bool:
        """Whether only its use says that a name is an app; why is kept for `reason`."""
        module, rest = self.project.split(dotted)
        if module and not rest:
            return False
        if module:
            self.evaluator.ask()
            thing = self.evaluator.of(dotted)
            if isinstance(thing, Outside) and self.evidence.is_foreign(thing.name):
                return False
        elif self.evidence.is_foreign(dotted):
            return False
        why = self.evidence.of(dotted)
        if why:
            self._by_use[dotted] = why
        return bool(why)

    def reason(self, dotted: str) -> str:
        """Why a name counts as a Celery app."""
        app = self.app(dotted)
        if app is not None:
            return f"made by {app.made_by}{' when it is first used' if app.lazy else ''}"
        return self._by_use.get(dotted, "")

    def is_plain(self, dotted: str) -> bool:
        """Whether the source tells what class the app is made of."""
        app, rest = self.app(dotted), self.project.split(dotted)[1]
        if app is None or app.lazy or len(rest) != 1:
            return False
        return app.of is not None or app.made_by in APP_CLASSES

    def _may_make_app(self, dotted: str, depth: int = 0) -> bool:
        """Whether calling this may give a Celery app: the class, a subclass, or a factory."""
        bases = self.project.bases(dotted)
        if any(base in APP_CLASSES or is_app_class(base) for base in bases):
            return True
        maker = self.project.maker(dotted)
        if maker is None or depth > 4:
            return False
        targets = (self.project.resolve(symbol) for symbol in maker.returns)
        return any(self._may_make_app(target, depth + 1) for target in targets if target)

    def app_class(self, dotted: str) -> Class | None:
        """The project's own subclass of `Celery` that an app is made of."""
        app = self.app(dotted)
        return self.project.class_(app.of.dotted) if app is not None and app.of else None

    def maker_of(self, symbol: str | None, facts: FileFacts, depth: int = 0) -> TaskMaker | None:
        """What a decorator of this symbol makes, or `None` if it makes no task."""
        if symbol is None:
            return None
        dotted = self.project.resolve(symbol)
        if dotted not in self._makers:
            self._makers[dotted] = None
            self._makers[dotted] = self._maker_of(dotted, facts, depth)
        return self._makers[dotted]

    def may_make(self, maker: MakerFact, depth: int = 0) -> bool:
        """Whether a function calls or gives back something that may make tasks, at a glance."""
        if any(use.source.rpartition(".")[2] in MAKERS for use in maker.uses):
            return True
        symbols = {*maker.returns, *(use.symbol for use in maker.uses)} - {None}
        for dotted in sorted({self.project.resolve(symbol) for symbol in symbols}):
            if dotted in SHARED or dotted.rpartition(".")[2] in MAKERS:
                return True
            binding = self.project.binding(dotted)
            if binding is not None and binding.kind in {"call", "alias", "other"}:
                # `retrying = shared_task(...)`, used inside another decorator.
                if dotted.lower().endswith("task") or self._calls_maker(binding):
                    return True
            inner = self.project.maker(dotted) if depth < 4 else None
            if inner is not None and inner is not maker and self.may_make(inner, depth + 1):
                return True
        return False

    def _plain_function(self, dotted: str) -> bool:
        """Whether a name is a function that makes no task, as a glance at it tells."""
        binding, maker = self.project.binding(dotted), self.project.maker(dotted)
        if binding is None or binding.kind != "function":
            return False
        return maker is None or not self.may_make(maker)

    def _built_in(self, module: str, rest: list[str]) -> bool:
        """Whether a name is Python's own: `property`, where the module binds nothing of that name."""
        facts = self.project.facts[self.project.path_of[module]]
        return rest[0] in BUILTINS and rest[0] not in facts.bindings and not facts.stars

    def _made_outside(self, dotted: str) -> bool:
        """Whether a name is bound to a call of another library's thing: `router = APIRouter()`."""
        binding = self.project.binding(dotted)
        if binding is None or binding.kind != "call" or not binding.target:
            return False
        target = self.project.resolve(binding.target)
        return bool(target) and not self.project.split(target)[0] and not is_app_class(target)

    def _calls_maker(self, binding: Binding) -> bool:
        target = self.project.resolve(binding.target) if binding.kind == "call" else ""
        return target in SHARED or target.rpartition(".")[2] in {*MAKERS, "partial"}

    def _maker_of(self, dotted: str, facts: FileFacts, depth: int) -> TaskMaker | None:
        if dotted in SHARED:
            return TaskMaker("shared_task")
        if dotted in OLD_FORMS:
            return TaskMaker("other", old=True)
        if dotted.endswith(".task"):
            app = self.project.resolve(dotted.removesuffix(".task"))
            if self.is_app(app) and not self._own_method(app):
                return TaskMaker("app.task", app)
        if depth > 4:
            return None
        binding = self.project.binding(dotted)
        found: TaskMaker | None = None
        if binding is not None and binding.kind == "call":
            found = self._pre_applied(dotted, binding.target, facts, depth)
        maker = self.project.maker(dotted)
        if found is None and maker is not None:
            found = self._factory(dotted, maker, facts, depth)
        return found or self._evaluated(dotted)

    def _own_method(self, app: str) -> bool:
        """Whether the app's own class has a method `task` of its own."""
        own = self.app_class(app)
        return own is not None and "task" in own.methods

    def _evaluated(self, dotted: str) -> TaskMaker | None:
        """What following the source of a decorator comes to."""
        module, rest = self.project.split(dotted)
        if not module or not rest or self._plain_function(dotted) or self._built_in(module, rest):
            return None
        if rest[1:] and rest[-1] not in MAKERS and self._made_outside(f"{module}.{rest[0]}"):
            return None
        made = self.evaluator.makes_task(dotted)
        if made is None:
            return None
        kind = {"old": "other"}.get(made.kind, made.kind)
        self.evaluator.ask()
        direct = isinstance(self.evaluator.of(dotted), Maker) or dotted == f"{made.app}.task"
        old = made.kind == "old"
        return TaskMaker(kind if direct else "other", made.app, (dotted,), old=old)

    def _pre_applied(
        self, dotted: str, target: str | None, facts: FileFacts, depth: int
    ) -> TaskMaker | None:
        """`retrying_task = shared_task(acks_late=True)`, used as a decorator."""
        inner = self.maker_of(target, facts, depth + 1)
        if inner is None:
            return None
        module = self.project.split(dotted)[0]
        calls = self.project.facts[self.project.path_of[module]].calls
        uses = tuple(c.use for c in calls if self.project.resolve(c.assigned) == dotted)
        if any(use.positional for use in uses):
            return None
        return TaskMaker(
            inner.kind,
            inner.app,
            (dotted, *inner.wrappers),
            inner.layers,
            uses + inner.uses,
            old=inner.old,
        )

    def _factory(
        self, dotted: str, maker: MakerFact, facts: FileFacts, depth: int
    ) -> TaskMaker | None:
        """A project's function that returns `shared_task(...)(wrapper)` or hands over to one."""
        for use in maker.uses:
            inner = self.maker_of(use.symbol, facts, depth + 1)
            if inner is not None:
                layers = (maker, *inner.layers)
                uses = (use, *inner.uses)
                wrappers = (dotted, *inner.wrappers)
                return TaskMaker("other", inner.app, wrappers, layers, uses, old=inner.old)
        return None
