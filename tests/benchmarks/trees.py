"""The trees that are measured: one of real code around the demo, god files of many lines, many small files."""

from pathlib import Path

import django
import hypothesis
import kombu
import libcst
import rich

from migrate.demo.history import SOURCE
from tests.command import git

FILES = 3000
"""Python files of the tree: the demo, libraries, Django once more, and small modules."""
LIBRARIES = (django, hypothesis, kombu, libcst, rich)
MODULE = """\
from celery import shared_task

LIMIT = {number}


class Thing{number}:
    def value(self, other=LIMIT):
        return [other + index for index in range({number} % 50)]


def work_{number}(thing):
    return thing.value() or LIMIT
"""
TASK = '''

@app.task(bind=True, max_retries=3)
def {domain}_{number}(self, user_id, limit=10):
    """What task {number} of {domain} does."""
    found = helper_{helper}(user_id)
    for index, item in enumerate(found):
        if index > limit:
            {domain}_{other}.delay(user_id, limit=limit - 1)
            break
        try:
            send_{domain}(item, index)
        except ValueError as error:
            raise self.retry(exc=error)
    summary = {{
        "task": self.name,
        "user": user_id,
        "found": len(found),
        "limit": limit,
    }}
    return summary
'''
HELPER = '''

def helper_{number}(value):
    """What several tasks share."""
    return [value + step for step in range({number})]
'''
DOMAINS = ("email", "report", "payment", "import", "search", "user")


def committed(folder: Path) -> Path:
    """A folder as a repository of one commit."""
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "bench")
    git(folder, "config", "user.email", "bench@example.com")
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-qm", "bench")
    return folder


def real_tree(folder: Path) -> Path:
    """A repository of the demo (a god file of 2,320 lines, patches in its tests) among real libraries.

    Celery is none of them, since no project that uses it holds it.
    """
    count = 0
    sources = {module.__name__: Path(module.__file__ or "").parent for module in LIBRARIES}
    for name, source in {"demo": SOURCE, **sources}.items():
        for path in source.rglob("*.py"):
            target = folder / ("" if name == "demo" else name) / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
            count += 1
    for number, path in enumerate(sorted(folder.joinpath("django").rglob("*.py"))):
        if count >= FILES:
            break
        target = folder / f"vendor{number % 7}" / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes() + f"\n# copy {number}\n".encode())
        count += 1
    write_modules(folder, max(0, FILES - count))
    return committed(folder)


def write_modules(folder: Path, count: int) -> None:
    """Writes so many small modules, a hundred a package."""
    for number in range(count):
        target = folder / "more" / f"part{number // 100}" / f"module_{number}.py"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(MODULE.format(number=number))


def god_tree(folder: Path, tasks: int) -> Path:
    """A repository whose one tasks file holds so many tasks of six domains: 20,000 lines for 900."""
    parts = ["from shop.celery import app\nfrom shop.mail import *\n"]
    parts.extend(HELPER.format(number=number) for number in range(tasks // 4))
    for number in range(tasks):
        domain = DOMAINS[number % len(DOMAINS)]
        other = (number + len(DOMAINS)) % (tasks - tasks % len(DOMAINS))
        parts.append(
            TASK.format(domain=domain, number=number, other=other, helper=number % (tasks // 4))
        )
    senders = "".join(
        f"\n\ndef send_{domain}(item, index):\n    return item, index\n" for domain in DOMAINS
    )
    files = {
        "shop/__init__.py": "from shop.celery import app as celery_app\n",
        "shop/celery.py": 'from celery import Celery\n\napp = Celery("shop", include=["shop.tasks"])\napp.set_default()\n',
        "shop/mail.py": "LIMIT = 1" + senders,
        "shop/tasks.py": "".join(parts),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return committed(folder)
