"""Projects with god files made at random: helpers, state, decorators, circles, tasks written twice."""

from random import Random

CELERY = """\
from celery import Celery

app = Celery("shop", include=[{include}])
app.conf.task_always_eager = True
"""
WORDS = ("send_email", "make_report", "close_ticket", "sync_user", "purge_cache", "resize_image")
HEADS = (
    "import functools\nimport json\nimport logging\nfrom datetime import (\n    date,\n    timedelta,\n)\n",
    "import json, functools\nimport logging\nfrom datetime import date, timedelta  # days\n",
)
CHOICE = "try:\n    import nosuch\nexcept ImportError:  # optional\n    nosuch = None\n"
WRAPPER = (
    "def counted(function):\n    @functools.wraps(function)\n    def inner(*args, **kwargs):\n"
    "        return function(*args, **kwargs)\n\n    return inner\n"
)


PERIODIC = """

@app.on_after_finalize.connect
def setup_periodic_tasks(sender, **kwargs):
    sender.add_periodic_task(30.0, {}.s(2), name="each half minute")
"""


class GodFile:
    """The text of one god file, with the names that it has defined so far."""

    def __init__(self, random: Random, name: str, number: int, shared: list[str]) -> None:
        self.random = random
        self.module = name.replace("/", ".")
        self.number = number
        self.values: list[str] = []
        self.functions: list[str] = list(shared)
        self.tasks: list[str] = []
        self.states: list[str] = []
        self.parts: list[str] = []
        self.words = random.sample(WORDS, random.randint(2, 4))

    def text(self, imports: str) -> str:
        """The whole file."""
        random = self.random
        head = random.choice(("", '"""Tasks."""\n\n')) + random.choice(HEADS) + "\n"
        head += "from celery import shared_task\n\nfrom shop.celery import app\n" + imports + "\n"
        if random.random() < 0.5:
            head += CHOICE + "\n"
        name = "__name__" if random.random() < 0.5 else f'"own.{self.number}"'
        head += f"log = logging.getLogger({name})\n"
        self.parts.append(WRAPPER)
        for index in range(random.randint(2, 5)):
            self.parts.append(self._value(index))
        for index in range(random.randint(8, 16)):
            kind = random.random()
            if kind < 0.35:
                self.parts.append(self._helper(index))
            elif kind < 0.45:
                self.parts.append(self._state(index))
            elif kind < 0.52:
                self.parts.append(self._class(index))
            else:
                self.parts.append(self._task(index))
            if random.random() < 0.15:
                self.parts.append(f"# ---- part {index} ----\n")
        for index in range(20, 22):
            self.parts.append(self._task(index))
        body = "".join(random.choice(("\n", "\n\n", "\n\n")) + part for part in self.parts)
        return head + body

    def _own(self, word: str, index: int) -> str:
        return f"{word}_{self.number}_{index}"

    def _value(self, index: int) -> str:
        name = self._own("VALUE", index).upper()
        choices = [str(index), f"({index}, 'a')", f"timedelta(days={index})", '{"a": [1, 2]}']
        if self.values:
            choices.append(f"(1, {self.random.choice(self.values)})")
        self.values.append(name)
        return f"{name} = {self.random.choice(choices)}\n"

    def _reads(self, most: int) -> str:
        """An expression over what is there."""
        known = [*self.values, *(f"{name}()" for name in self.functions), "date(2020, 1, 1)"]
        known += [f"{name}()" for name in self.states]
        picked = self.random.sample(known, min(len(known), self.random.randint(1, most)))
        return f"repr(({', '.join(picked)},))"

    def _helper(self, index: int) -> str:
        name, reads = self._own("helper", index), self._reads(2)
        self.functions.append(name)
        decorator = self.random.choice(("", "", "@functools.lru_cache\n", "@counted\n"))
        default = f"x={self.random.choice(self.values)}" if self.values else "x=1"
        body = self.random.choice(
            (
                f"    return {reads}\n",
                f"    # why\n    value = {reads}\n    return [part for part in (value,)]\n",
                f"    def inner():\n        return {reads}\n\n    return inner()\n",
                f"    import os\n\n    return os.sep, {reads}\n",
                f'    log.debug("x")\n    return {reads}\n',
            )
        )
        if decorator == "@functools.lru_cache\n":
            default = ""
        comment = self.random.choice(("", "", "# about the helper\n"))
        return f"{comment}{decorator}def {name}({default}):\n{body}"

    def _state(self, index: int) -> str:
        name = self._own("STATE", index).upper()
        function = self._own("bump", index)
        self.states.append(function)
        return (
            f"{name} = 0\n\n\ndef {function}():\n    global {name}\n    {name} += 1\n"
            f"    return {name}\n"
        )

    def _class(self, index: int) -> str:
        name = self._own("Kind", index)
        function = self._own("make", index)
        reads = self._reads(1)
        self.functions.append(function)
        return (
            f"class {name}:\n    '''A kind.'''\n\n    size = {index}\n\n    def show(self):\n"
            f"        return self.size, {reads}\n\n\n"
            f"def {function}():\n    return {name}().show()\n"
        )

    def _task(self, index: int) -> str:
        random = self.random
        name = f"{random.choice(self.words)}_{self.number}_{index}"
        options = random.sample(("ignore_result=False", "max_retries=3", "acks_late=True"), 1)
        if random.random() < 0.4:
            options.insert(0, f'name="{name}"')
        maker = random.choice(("shared_task", "shared_task", "app.task"))
        decorator = f"@{maker}({', '.join(options)})" if random.random() < 0.7 else f"@{maker}"
        if random.random() < 0.2:
            decorator = f"@{maker}(\n    {options[-1]},  # an option\n)"
        below = random.choice(("", "", "@counted\n"))
        lines = [f"    return {self._reads(3)}\n"]
        if self.tasks and random.random() < 0.4:
            # Only tasks above are called, so that no run goes on for ever.
            lines = [
                f"    first = {random.choice(self.tasks)}.run()\n    return first, {self._reads(2)}\n"
            ]
        self.tasks.append(name)
        comment = random.choice(("", "", "# about the task\n"))
        tail = random.choice(("", "", "    # after\n"))
        return f"{comment}{decorator}\n{below}def {name}(a=1):\n{''.join(lines)}{tail}"


def project(random: Random) -> tuple[dict[str, str], list[str]]:
    """The files of a project, and the paths of its god files."""
    first = GodFile(random, "shop.tasks", 0, [])
    files = {"shop/__init__.py": "", "shop/extra/__init__.py": "", "manage.py": "import sys\n"}
    files["shop/tasks.py"] = first.text("")
    gods, include = ["shop/tasks.py"], ["shop.tasks"]
    helpers = [name for name in first.functions if name.startswith("helper")]
    folder = random.choice(("shop", "shop/extra"))
    second = GodFile(random, f"{folder}.more", 1, helpers[:1])
    imports = f"from shop.tasks import {helpers[0]}\n" if helpers else ""
    files[f"{folder}/more.py"] = second.text(imports)
    gods.append(f"{folder}/more.py")
    include.append(f"{folder}/more".replace("/", "."))
    files["shop/web.py"] = (
        f"from shop import tasks\nfrom shop.tasks import {first.tasks[0]}, {first.tasks[-1]} as last\n\n\n"
        f"def view():\n    return tasks.{first.tasks[0]}.run(), last.run(), {first.tasks[0]}.name\n"
    )
    if random.random() < 0.4:
        copy = random.choice(("report", "email"))
        text = f'from celery import shared_task\n\n\n@shared_task(name="twice")\ndef {copy}_twice():\n    return 2\n'
        files[f"shop/{copy}_tasks.py"] = text
        files["shop/tasks.py"] += (
            f'\n\n@shared_task(name="twice")\ndef {copy}_twice():\n    return 2\n'
        )
        include.append(f"shop.{copy}_tasks")
    files["shop/celery.py"] = CELERY.format(include=", ".join(f'"{name}"' for name in include))
    files["shop/celery.py"] += _configured(random, [first, second])
    if random.random() < 0.4:
        files["shop/tasks.py"] += PERIODIC.format(random.choice(first.tasks))
    return files, gods


def _configured(random: Random, files: list[GodFile]) -> str:
    """A schedule and routes for some of the tasks, by the names that they are registered under."""
    lines = ["app.conf.beat_schedule = {\n"]
    routes = ["app.conf.task_routes = {\n"]
    for file in files:
        for task in random.sample(file.tasks, min(3, len(file.tasks))):
            # An entry for a name that nobody has stays one, as routes do.
            name = random.choice((task, f"{file.module}.{task}"))
            seconds = random.randint(1, 90)
            lines.append(f'    "each {task}": {{"task": "{name}", "schedule": {seconds}.0}},\n')
            if random.random() < 0.5:
                routes.append(f'    "{name}": {{"queue": "{random.choice(WORDS)}"}},\n')
        if random.random() < 0.5:
            routes.append(f'    "{file.module}.*": "all_of_{file.number}",\n')
    if random.random() < 0.5:
        routes.append('    "*_report_*": {"queue": "reports", "priority": 3},\n')
    return "".join((*lines, "}\n", *routes, "}\n"))
