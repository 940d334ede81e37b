"""Settings of the user that match nothing, each as a note with the nearest thing that exists.

[tool.migrate]                    god_files = "core/task.py": there is no such file;
god_files = ["core/task.py"]      "core/tasks.py" is near
"""

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cached_property

from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.settings import Dedupe, matches
from codemods.snapshot import folders
from codemods.values import Note

CODE = "setting-unused"
CLOSE = 0.5
"""How alike two names are, of 1, for one to be the nearest."""
LEFT_OUT = frozenset(
    {"node_modules", "__pycache__", "site-packages", "build", "dist", "venv", "env"}
)
"""Folders that people exclude whether they are committed or not."""

Fits = Callable[[str, str], bool]


class Setting(Struct, frozen=True):
    """Values under one key, what they are held against, and what is said of one that nothing fits."""

    key: str
    values: Iterable[str]
    known: Iterable[str]
    lacks: str
    near: Iterable[str]
    fits: Fits = str.__eq__


def unused_settings(inventory: Inventory) -> list[Note]:
    """A note for each value that matches nothing in the project."""
    return list(_notes(inventory, _settings(inventory)))


def unused_values(inventory: Inventory, key: str) -> list[Note]:
    """The same for one key, as the step that reads it says it."""
    return list(_notes(inventory, (item for item in _settings(inventory) if item.key == key)))


def _notes(inventory: Inventory, settings: Iterable[Setting]) -> Iterator[Note]:
    place = _Place(inventory)
    for setting in settings:
        for value in dict.fromkeys(setting.values):
            if not any(setting.fits(item, value) for item in setting.known):
                near = nearest(value, setting.near)
                hint = f'; "{near}" is near' if near else ""
                message = f'{setting.key} = "{value}" in [tool.migrate] has no effect: {setting.lacks}{hint}'
                yield Note(place.path, place.line(value), CODE, message)


def _settings(inventory: Inventory) -> Iterator[Setting]:
    settings = inventory.settings
    every, own = inventory.files.files, list(inventory.facts)
    around = sorted({folder for path in own for folder in folders(path)})
    lacks = "there is no such file"
    yield Setting("god_files", inventory.standing(settings.god_files), own, lacks, own)
    yield Setting("dedupe.winners", settings.dedupe.winners, own, lacks, own, matches)
    losers = [item for item in settings.dedupe.losers if item not in Dedupe().losers]
    yield Setting("dedupe.losers", losers, own, lacks, own, matches)
    roots = [root for root in settings.import_roots if root not in {"", "."}]
    lacks = "no Python file is below it"
    yield Setting("import_roots", roots, [f"{name}/" for name in around], lacks, around, _is_folder)
    excluded = [item for item in settings.exclude if not _is_left_out(item)]
    places = [*around, *own]
    yield Setting("exclude", excluded, every, "there is no such file", places, matches)
    yield from _exceptions(inventory, places)
    yield from _tasks(inventory)
    yield from _schedule(inventory)
    apps = [
        f"{module}:{'.'.join(rest)}"
        for module, rest in map(inventory.project.split, inventory.app_names)
    ]
    app = [settings.app] if settings.app and inventory.current_app.reason != "configured" else []
    yield Setting("app", app, (), "there is no such Celery app", apps)


def _exceptions(inventory: Inventory, places: list[str]) -> Iterator[Setting]:
    for rule in inventory.settings.exceptions:
        own = [task.path for task in inventory.tasks if task.decorator == rule.decorator]
        there = any(matches(path, rule.path) for path in inventory.facts)
        lacks = f"no task there uses @{rule.decorator}" if there else "there is no such file"
        yield Setting("exceptions.path", [rule.path], own, lacks, own if there else places, matches)


def _tasks(inventory: Inventory) -> Iterator[Setting]:
    settings = inventory.settings
    functions = sorted({task.qualname for task in inventory.tasks})
    names = sorted({t.name for t in inventory.tasks if t.name and t.name_is == "explicit"})
    for name, domain in settings.domains.items():
        lacks = "there is no such task"
        yield Setting(
            f"domains.{name}.tasks", domain.tasks, functions, lacks, functions, fnmatchcase
        )
    lacks = "no task is given that name in its decorator"
    kept = [*names, *inventory.aliases, *inventory.aliases.values()]
    yield Setting("names.keep", settings.names.keep, kept, lacks, names)
    done = {old for old, new in settings.names.rename.items() if new in kept}
    yield Setting("names.rename", settings.names.rename, [*kept, *sorted(done)], lacks, names)
    both = sorted({*inventory.names, *functions})
    yield Setting(
        "runtime.bases", settings.runtime.bases, both, "no task's name fits it", both, matches
    )


def _schedule(inventory: Inventory) -> Iterator[Setting]:
    beat, queues = inventory.settings.beat, inventory.settings.routes.queues
    if beat.orphans or beat.answers:
        keys = sorted({entry.key for entry in inventory.beat if entry.key is not None})
        yield Setting("beat.orphans", beat.orphans, keys, "no entry has that key", keys)
        tasks = sorted({entry.task for entry in inventory.beat if entry.task is not None})
        ids = [f"{kind}:{key}" for kind in ("queue", "expires-type") for key in keys]
        ids += [f"conflict:{task}" for task in tasks]
        lacks = "nothing of that id is asked"
        yield Setting("beat.answers", beat.answers, ids, lacks, ids, _is_asked)
    if queues:
        # Names that step `names` gives count too: it runs before.
        new = {name.removesuffix("()") for name in inventory.names}
        names = sorted(inventory.names | new | set(inventory.settings.names.rename.values()))
        yield Setting("routes.queues", queues, names, "no task's name fits it", names, fnmatchcase)


def _is_asked(known: str, value: str) -> bool:
    """Whether an id is one that may be asked: of several conflicts of a task a key is behind it."""
    return known == value or (known.startswith("conflict:") and value.startswith(known + ":"))


def _is_folder(known: str, value: str) -> bool:
    return known == value.rstrip("/") + "/"


def _is_left_out(pattern: str) -> bool:
    """Whether a pattern names what is never read, committed or not: hidden and installed files."""
    parts = pattern.strip("*/").split("/")
    return any(part.startswith(".") or part in LEFT_OUT for part in parts)


def nearest(value: str, known: Iterable[str]) -> str:
    """The known text that is most like a value, or `""`: first one with the same last word."""
    texts = list(known)
    plain = re.sub(r"/?\*+/?", "", value) or value
    last = plain.rstrip("/").rpartition("/")[2]
    same = sorted((t for t in texts if t.rpartition("/")[2] == last), key=lambda t: (len(t), t))
    close = get_close_matches(plain, same or texts, 1, 0.0 if same else CLOSE)
    return close[0] if close else ""


class _Place:
    """Where the settings stand, as far as the files of the revision tell."""

    def __init__(self, inventory: Inventory) -> None:
        self.files = inventory.files

    @cached_property
    def path(self) -> str:
        """The file that has them."""
        if "migrate.toml" not in self.files and b"tool.migrate" in self._read("pyproject.toml"):
            return "pyproject.toml"
        return "migrate.toml"

    def _read(self, path: str) -> bytes:
        return self.files.read_many([path]).get(path, b"") if path in self.files else b""

    def line(self, value: str) -> int:
        """The first line that has a value in quotes or as a key, or 0."""
        word = re.compile(rf"(?<![\w./*-]){re.escape(value)}(?![\w./*-])")
        text = self._read(self.path).decode("utf-8", "replace")
        lines = enumerate(text.splitlines(), 1)
        return next((number for number, line in lines if word.search(line)), 0)
