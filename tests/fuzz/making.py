"""One project made by chance: a seed, its changed files, and a configuration."""

from random import Random
from typing import NamedTuple

from codemods.settings import Beat, Domain, Names, Routes, Runtime, Settings
from tests.fuzz.changing import RARE, WAYS, endings
from tests.fuzz.seeds import HERE, SEEDS


class Made(NamedTuple):
    """A project's files and how it is to be migrated."""

    files: dict[str, bytes]
    settings: Settings


def made(random: Random) -> Made:
    """A project with one to three of its files changed in one to six ways."""
    texts = random.choice(SEEDS)(random)
    files = {path: text.encode() for path, text in texts.items()}
    paths = sorted(path for path, text in texts.items() if text.strip())
    for path in sorted({_picked(paths, random) for _ in range(random.choice((1, 1, 2, 3)))}):
        text = texts[path]
        for _ in range(random.randint(1, 6)):
            ways = RARE if random.random() < 0.02 else WAYS
            text = random.choice(ways)(text, random)
        files[path] = endings(text, random)
    return Made(files, configured(random, files))


def around(module: str, random: Random) -> Made:
    """A project whose module of tasks is this text, with one or two tasks put in."""
    files = {path: text.encode() for path, text in SEEDS[0](random).items()}
    task = "\n@app.task(name='job_1()')  # one\ndef task_1():\n    pass  # two\n"
    files[HERE] = f"from shop.celery import app\n{module}\n{task}".encode("utf-8", "surrogatepass")
    return Made(files, configured(random, files))


def _picked(paths: list[str], random: Random) -> str:
    """A file to change, more often one of tasks."""
    tasks = [path for path in paths if "task" in path]
    return random.choice(tasks if tasks and random.random() < 0.6 else paths)


def configured(random: Random, files: dict[str, bytes]) -> Settings:
    """A configuration under which every step has something to do."""
    gods = tuple(path for path in files if path.endswith(("tasks.py", "more.py")))
    return Settings(
        app="" if random.random() < 0.8 else "shop.celery:app",
        god_files=gods if random.random() < 0.8 else (),
        domains={"mail": Domain(tasks=("*1*", "*mail*"))} if random.random() < 0.3 else {},
        names=Names(spaces=True, other_characters=random.random() < 0.5),
        beat=Beat(expires=True, dead=random.choice(("", "remove"))),
        routes=Routes(dead_keys=random.choice(("", "remove")), queues={"*": "rest"}),
        runtime=Runtime(
            install=random.random() < 0.5,
            in_force=random.random() < 0.5,
            bases={"job*": "IdempotentTask", "*task*": "MaintenanceTask"} if random.random() < 0.3 else {},
        ),
    )  # fmt: skip
