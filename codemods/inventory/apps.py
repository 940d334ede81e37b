"""Which names are Celery apps, and what a decorator makes of the function below it."""

from codemods.inventory.project import Project, is_test
from codemods.inventory.values import Class, FileFacts, Maker, Use

APP_CLASSES = frozenset({"celery.Celery", "celery.app.Celery", "celery.app.base.Celery"})
SHARED = frozenset({"celery.shared_task", "celery.app.shared_task"})
CURRENT = frozenset({"celery.current_app", "celery._state.current_app", "celery.app.default_app"})
OLD_FORMS = frozenset(
    {
        "celery.task",
        "celery.task.task",
        "celery.task.base.task",
        "celery.decorators.task",
        "celery.task.periodic_task",
        "celery.decorators.periodic_task",
    }
)
TASK_CLASSES = frozenset(
    {"celery.Task", "celery.app.task.Task", "celery.task.Task", "celery.task.base.Task"}
)


def is_named_so(dotted: str) -> bool:
    """Whether a class of another package is a Celery app by its name: `NotifyCelery`."""
    return dotted.rpartition(".")[2].endswith("Celery")


class TaskMaker:
    """What one decorator amounts to: `kind` as in the JSON, the app, and the project's own layers."""

    def __init__(
        self,
        kind: str,
        app: str = "",
        wrappers: tuple[str, ...] = (),
        layers: tuple[Maker, ...] = (),
        uses: tuple[Use, ...] = (),
    ) -> None:
        self.kind = kind
        self.app = app
        self.wrappers = wrappers
        self.layers = layers
        self.uses = uses


class Apps:
    """The Celery apps of a project, found by following names to a call of `Celery`."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._app: dict[str, bool] = {}
        self._makers: dict[str, TaskMaker | None] = {}

    def declared(self) -> list[str]:
        """Dotted names of module-level apps outside tests, in the order of their files."""
        found = []
        for path, facts in self.project.facts.items():
            if is_test(path):
                continue
            module = self.project.module_of[path]
            for name, binding in facts.bindings.items():
                if binding.kind == "call" and self.is_app(f"{module}.{name}"):
                    found.append(f"{module}.{name}")
        return found

    def is_app(self, dotted: str) -> bool:
        """Whether a resolved name is a Celery app."""
        if dotted in CURRENT:
            return True
        if dotted not in self._app:
            self._app[dotted] = False
            binding = self.project.binding(dotted)
            if binding is not None and binding.kind == "call":
                target = self.project.resolve(binding.target)
                known = self.makes_app(target) or self._behaves(dotted)
                self._app[dotted] = known or (is_named_so(target) and not self._inside(target))
        return self._app[dotted]

    def _inside(self, dotted: str) -> bool:
        """Whether a name is defined in this project, so that its source tells what it is."""
        return bool(self.project.split(dotted)[0])

    def is_plain(self, dotted: str) -> bool:
        """Whether the source tells what class the app is made of."""
        binding = self.project.binding(dotted)
        return binding is not None and self.makes_app(self.project.resolve(binding.target))

    def _behaves(self, dotted: str) -> bool:
        """Whether a name of unknown class is used as only a Celery app can be."""
        module = self.project.split(dotted)[0]
        calls = self.project.facts[self.project.path_of[module]].calls
        kinds = {call.kind for call in calls if self.project.resolve(call.receiver) == dotted}
        return {"config", "autodiscover"} <= kinds

    def makes_app(self, dotted: str, depth: int = 0) -> bool:
        """Whether calling this gives a Celery app: the class, a subclass, or a factory."""
        if dotted in APP_CLASSES or APP_CLASSES.intersection(self.project.bases(dotted)):
            return True
        maker = self.project.maker(dotted)
        if maker is None or depth > 4:
            return False
        targets = (self.project.resolve(symbol) for symbol in maker.returns)
        return any(self.makes_app(target, depth + 1) for target in targets if target)

    def app_class(self, dotted: str) -> Class | None:
        """The project's own subclass of `Celery` that an app is made of."""
        binding = self.project.binding(dotted)
        target = self.project.resolve(binding.target) if binding else ""
        return self.project.class_(target)

    def maker_of(self, symbol: str | None, facts: FileFacts, depth: int = 0) -> TaskMaker | None:
        """What a decorator of this symbol makes, or `None` if it makes no task."""
        if symbol is None:
            return None
        dotted = self.project.resolve(symbol)
        if dotted not in self._makers:
            self._makers[dotted] = None
            self._makers[dotted] = self._maker_of(dotted, facts, depth)
        return self._makers[dotted]

    def _maker_of(self, dotted: str, facts: FileFacts, depth: int) -> TaskMaker | None:
        if dotted in SHARED:
            return TaskMaker("shared_task")
        if dotted in OLD_FORMS:
            return TaskMaker("other")
        if dotted.endswith(".task"):
            app = self.project.resolve(dotted.removesuffix(".task"))
            if self.is_app(app):
                return TaskMaker("app.task", app)
        if depth > 4:
            return None
        binding = self.project.binding(dotted)
        if binding is not None and binding.kind == "call":
            return self._pre_applied(dotted, binding.target, facts, depth)
        maker = self.project.maker(dotted)
        return self._factory(dotted, maker, facts, depth) if maker else None

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
            inner.kind, inner.app, (dotted, *inner.wrappers), inner.layers, uses + inner.uses
        )

    def _factory(self, dotted: str, maker: Maker, facts: FileFacts, depth: int) -> TaskMaker | None:
        """A project's function that returns `shared_task(...)(wrapper)` or hands over to one."""
        for use in maker.uses:
            inner = self.maker_of(use.symbol, facts, depth + 1)
            if inner is not None:
                layers = (maker, *inner.layers)
                uses = (use, *inner.uses)
                return TaskMaker("other", inner.app, (dotted, *inner.wrappers), layers, uses)
        return None
