"""Projects whose apps and tasks are declared in ways picked at random; the same seed, the same files."""

from random import Random
from typing import NamedTuple

from tests.codemods.inventory.declared_apps import APPS, REACHES, TASKS
from tests.codemods.inventory.declared_names import (
    CALLS,
    CLASSES,
    ENV,
    NAMED_THERE,
    NAMES,
    WRAPPERS,
    Form,
)

FORMS: dict[str, Form] = NAMES | WRAPPERS | CALLS | CLASSES | ENV
LIBRARY = {
    "tenant_celery/__init__.py": "from celery import Celery\n\n\nclass Extension:\n    def __init__(self, name):\n        self.celery = Celery(name)\n",
    "pydantic_settings.py": "class BaseSettings:\n    pass\n",
    "tenant_celery/app.py": "from celery import Celery\n\n\nclass CeleryApp(Celery):\n    pass\n\n\nclass Application(Celery):\n    pass\n",
}
"""Libraries that lie outside of every project."""


class Layout(NamedTuple):
    """Where a project's folders lie: `apps` below `tasks` go by names that start in `paths`."""

    paths: tuple[str, ...]
    app: str
    """The folder of the app's package, in the repository; `""` where its modules lie in no package."""
    package: str
    tasks: str
    tasks_package: str
    bare: bool = False
    """Whether folders have no `__init__.py`."""


LAYOUTS = {
    "beside each other": Layout((".",), "shop", "shop.", "orders", "orders."),
    "in one package": Layout((".",), "shop", "shop.", "shop/orders", "shop.orders."),
    "deep": Layout((".",), "acme/core", "acme.core.", "acme/jobs/mail", "acme.jobs.mail."),
    "below src": Layout(("src",), "src/shop", "shop.", "src/orders", "orders."),
    "below backend/src": Layout(("backend/src",), "backend/src/shop", "shop.", "backend/src/shop/orders", "shop.orders."),
    "apps on the path": Layout(("apps", "."), "shop", "shop.", "apps/orders", "orders."),
    "no packages": Layout((".",), "shop", "shop.", "orders", "orders.", True),
    "flat": Layout(("worker",), "worker", "", "worker", ""),
}  # fmt: skip


BY_MODULE = {"relative module", "module alias", "whole chain", "package attribute"}


class Block(NamedTuple):
    """One declaration: how it reaches the app, what decorates, how it is named."""

    reach: str
    decorator: str
    name: str


class Plan(NamedTuple):
    """What a project is made of; `modules` are the declarations of each module of tasks."""

    layout: str
    app: str
    modules: tuple[tuple[Block, ...], ...]
    module: str = "celery_app"
    name: str = "app"


class Made(NamedTuple):
    """A project: its files, what to boot, and the names that its source can't tell."""

    files: dict[str, str]
    paths: tuple[str, ...]
    modules: tuple[str, ...]
    app: str
    untold: frozenset[str]


TWICE, PLACED = {"two decorators"}, {"a call", "a call alone"}
UNREAD = {"tried from elsewhere", "of a dict of decorators"}
"""Ways that the inventory does not read: other tests say what it tells of them."""


def is_read(decorator: str, name: str) -> bool:
    """Whether the inventory promises to read a task declared like this."""
    if decorator.startswith(("shared", "method bound")) and name in TWICE:
        # Celery itself refuses a second @shared_task.
        return False
    return not (decorator == "method bound to a name" and name in PLACED)


def planned(seed: int) -> Plan:
    """A plan picked at random, of ways that the inventory promises to read."""
    random = Random(seed)
    layout = random.choice(sorted(LAYOUTS))
    app = random.choice(sorted(APPS.keys() - UNREAD))
    reaches = sorted(REACHES.keys() - UNREAD)
    modules = []
    for _ in range(random.randint(1, 3)):
        reach = random.choice(reaches)
        decorator = random.choice([*sorted(TASKS), "app", "app", "app"])
        known = [name for name in sorted(FORMS.keys() - UNREAD) if is_read(decorator, name)]
        names = random.sample(known, random.randint(1, 4))
        modules.append(tuple(Block(reach, decorator, name) for name in names))
    module = random.choice(("celery_app", "main", "taskapp"))
    name = "app" if app == "made late" else random.choice(("app", "celery", "queue", "celery_app"))
    return Plan(layout, app, tuple(modules), module, name)


def made(plan: Plan) -> Made:
    """The project of a plan."""
    return Making(plan).project()


class Making:
    """One project while it is written."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.layout = LAYOUTS[plan.layout]
        self.files: dict[str, str] = {}
        expression, files = APPS[plan.app]
        self.expression = expression.replace("APP", plan.name)
        package = self.layout.package
        self.hidden = self.expression == plan.module and bool(package) and not self.layout.bare
        self.module = f"{package}{plan.module}"
        for path, text in files.items():
            self._write(self.layout.app, path or f"{plan.module}.py", self._filled(text))

    def project(self) -> Made:
        """The files, and how to boot them."""
        untold: set[str] = set()
        modules: list[str] = []
        for number, blocks in enumerate(self.plan.modules):
            stem = "tasks" if number == 0 else f"jobs{number}"
            modules.append(f"{self.layout.tasks_package}{stem}")
            self._write(self.layout.tasks, f"{stem}.py", self._tasks(blocks, number, untold))
        first = self.layout.paths[0]
        path = f"sys.path.insert(0, '{first}')\n" if first == "apps" else ""
        imports = "".join(f"import {module}\n" for module in modules)
        start = "run.py" if first in {"apps", "."} else f"{first}/run.py"
        self.files[start] = f"import sys\n\n{path}{imports}"
        if not self.layout.bare:
            for path in list(self.files):
                folder = path.rpartition("/")[0]
                while folder and folder not in {*self.layout.paths, "worker"}:
                    self.files.setdefault(f"{folder}/__init__.py", "")
                    folder = folder.rpartition("/")[0]
        if self.hidden:
            text = f"from {self.module} import {self.expression}\n"
            self.files[f"{self.layout.app}/__init__.py"] = text
        app = f"{self.module}:{self.expression}"
        return Made(self.files, self.layout.paths, tuple(modules), app, frozenset(untold))

    def _write(self, folder: str, name: str, text: str) -> None:
        self.files[f"{folder}/{name}"] = text

    def _filled(self, text: str) -> str:
        """A text with the app's places and names in it."""
        package = self.layout.package
        head = self.expression.partition(".")[0].partition("(")[0]
        rest = self.expression.removeprefix(head)
        if not package:
            for word in ("from PKG import ", "from PARENT import "):
                text = text.replace(word, "import ")
        return (
            text.replace("PARENT", package.rstrip("."))
            .replace("MOD", self.module)
            .replace("PKG.", package)
            .replace("PKG", package.rstrip("."))
            .replace("LAST", self.plan.module)
            .replace("EXPR", self.expression)
            .replace("HEAD", head)
            .replace("REST", rest)
            .replace("APP", self.plan.name)
        )

    def _reached(self, reach: str) -> tuple[str, str]:
        """The imports of a way to the app, and the expression for it."""
        imports, expression, files = REACHES[reach]
        for path, text in files.items():
            self._write(self.layout.app, path, self._filled(text))
        if "REL" in imports:
            relative = self._relative()
            if not relative:
                imports, expression, _ = REACHES["absolute"]
            imports = imports.replace("RELATIVE", f"{relative}{self.plan.module}")
            imports = imports.replace("RELPARENT", relative.rstrip(".") or relative)
        if self.hidden and reach in BY_MODULE:
            imports, expression = "from PARENT import HEAD\n", "HEADREST"
        return self._filled(imports), self._filled(expression)

    def _relative(self) -> str:
        """The app's package from that of the tasks; nothing where they share none."""
        ours = self.layout.tasks_package.rstrip(".").split(".")
        theirs = self.layout.package.rstrip(".").split(".")
        if not ours[0] or ours[0] != theirs[0]:
            return ""
        shared = 0
        while shared < min(len(ours), len(theirs)) and ours[shared] == theirs[shared]:
            shared += 1
        rest = "".join(f"{part}." for part in theirs[shared:])
        return "." * (len(ours) - shared + 1) + rest.rstrip(".") + ("." if rest else "")

    def _tasks(self, blocks: tuple[Block, ...], number: int, untold: set[str]) -> str:
        """The text of one module of tasks."""
        imports, expression = self._reached(blocks[0].reach)
        line, decorator = TASKS[blocks[0].decorator]
        line, decorator = (part.replace("APP", expression) for part in (line, decorator))
        needs = TASKS[blocks[0].decorator]
        if "APP" in "".join(needs) or any(block.name in CLASSES for block in blocks):
            line = imports + line
        text = f"{line}\n"
        for index, block in enumerate(blocks):
            body, files = FORMS[block.name]
            own = str(number * 10 + index)
            texts = [body, *files.values()]
            fill = [self._named(part, own, line, decorator, expression) for part in texts]
            for path, part in zip(files, fill[1:], strict=True):
                self._write(self.layout.tasks, path.replace("NN", own), part)
            if block.name in NAMED_THERE:
                untold.add(NAMED_THERE[block.name].replace("NN", own))
            text += f"\n{fill[0]}\n"
        return text

    def _named(self, text: str, own: str, imports: str, decorator: str, app: str) -> str:
        package = self.layout.tasks_package
        if not package:
            text = text.replace("from HERE import ", "import ")
        return (
            text.replace("HERE.", package)
            .replace("HERE", package.rstrip("."))
            .replace("NN", own)
            .replace("IMPORTS", imports)
            .replace("DECO", decorator)
            .replace("APPX", app)
        )
