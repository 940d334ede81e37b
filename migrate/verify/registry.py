"""The real registry of a tree: read in another process, on an export that is thrown away."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from codemods.in_force.version import side_of
from codemods.inventory.configuration.entries import Entry
from codemods.inventory.link import Inventory
from migrate.errors import MigrateError

INSIDE = Path(__file__).parent / "inside"
MARK = "@@"
SECONDS = 600

Export = Callable[[str, Path], None]


class Registry(Struct, frozen=True):
    """What a booted project answers to.

    `keys` are the registry's names, aliases included; `tasks` are described under their own name;
    `problems` what was healed or went wrong on the way.
    """

    keys: list[str]
    tasks: dict[str, dict[str, object]]
    beat: dict[str, dict[str, object]]
    problems: list[object]
    routes: dict[str, dict[str, object]] = {}
    """The whole route of each key, the queue by its name."""
    celery: str = ""
    roots: list[str] = []
    """The import roots that `stub` found by itself."""


class BootError(MigrateError):
    """The project could not be booted."""


def boot(export: Export, tree: str, inventory: Inventory, python: Path) -> Registry:
    """The registry by the project's own interpreter. Raises `BootError` with its last words."""
    app = inventory.current_app.name
    if not app:
        raise BootError(f"no Celery app to boot: {inventory.current_app.reason}")
    module, rest = inventory.project.split(app)
    root = inventory.project.root_of(inventory.project.path_of[module])
    command = [str(python), str(INSIDE / "registry.py"), f"{module}:{'.'.join(rest)}"]
    with tempfile.TemporaryDirectory(prefix="migrate-") as scratch:
        folder = Path(scratch, "project")
        export(tree, folder)
        environment = app_environment(folder / root)
        return _read(command, folder / root, environment)


def app_environment(root: Path) -> dict[str, str]:
    """The environment in which a project's own interpreter finds the project."""
    environment = dict(os.environ)
    known = [str(root), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(part for part in known if part)
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    return environment


def stub(export: Export, tree: str, inventory: Inventory) -> Registry:
    """The registry by real Celery and stand-ins, in an environment of its own."""
    paths = sorted({task.path for task in inventory.tasks})
    modules = [inventory.project.split(name)[0] for name in inventory.app_names]
    apps = [inventory.project.path_of[module] for module in modules]
    with tempfile.TemporaryDirectory(prefix="migrate-") as scratch:
        folder = Path(scratch, "project")
        export(tree, folder)
        Path(scratch, "home").mkdir()
        environment = {
            "HOME": str(Path(scratch, "home")),
            "PATH": os.environ.get("PATH", ""),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        script = str(INSIDE / "stub.py")
        command = [sys.executable, "-W", "ignore", script, str(folder), *apps, *paths]
        return _read(command, Path(scratch, "home"), environment)


def _read(command: list[str], folder: Path, environment: dict[str, str]) -> Registry:
    return msgspec.json.decode(run_inside(command, folder, environment), type=Registry)


def run_inside(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    """What a script inside the project printed behind its mark. Raises `BootError`."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BootError(
            f"the project did not finish booting in {SECONDS} s: {' '.join(command[:2])}"
        ) from None
    except OSError as error:
        raise BootError(
            f"'{command[0]}' can't be run: {error.strerror}. Say which interpreter: --python PATH"
        ) from None
    line = next((s for s in reversed(done.stdout.splitlines()) if s.startswith(MARK)), None)
    if line is None:
        words = (done.stderr or done.stdout).strip().splitlines()[-8:]
        raise BootError(did_not_boot(command[0], words))
    return line[len(MARK) :]


def did_not_boot(python: str, words: list[str]) -> str:
    """What stopped a boot, the cause first, and what is wrong where a package lacks."""
    cause = words[-1].strip() if words else "it said nothing"
    lacks = "No module named" in cause
    hint = (
        f". '{python}' lacks what the project needs: --python PATH names its own" if lacks else ""
    )
    return f"the project did not boot: {cause}{hint}" + "".join(f"\n  {w}" for w in words[:-1])


class Expected(Struct, frozen=True):
    """What a step means to do to the registry.

    `copies` are the modules of names that are registered twice: which of them wins follows memory
    addresses in the running process (CPython's sets), so a boot can only tell that one of them did.
    """

    renames: dict[str, str] = {}
    added: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    copies: dict[str, frozenset[str]] = {}
    modules: dict[str, tuple[str, str]] = {}
    """By task, the module that its function moves from and the one it moves to."""
    rebased: frozenset[str] = frozenset()
    """Tasks that get another base class, which may bring options along."""
    defaults: frozenset[str] = frozenset()
    """Options that the app gives from now on to tasks that set none."""
    own_classes: tuple[str, ...] = ()
    """Beginnings of the dotted names of base classes that the step may put in or out."""
    entries: dict[str, dict[str, Entry | None]] = {}
    """By side of Celery 5.7 the entries that the step changes as they are to be; `None`: it goes."""
    queues: dict[str, dict[str, str]] = {}
    """By side of Celery 5.7 the names that the step sends elsewhere, each with its queue or `""`."""
    moved: dict[str, str] = {}
    """Dotted names of classes and functions that move, each with its new one."""

    def moved_task(self, name: str, task: dict[str, object]) -> dict[str, object]:
        """A task's description as it must be after the step."""
        found = self.plain(task)
        bases = found.get("bases")
        if isinstance(bases, list):
            found["bases"] = [self.moved.get(base, base) for base in bases]
        old, new = self.modules.get(name, ("", ""))
        if old and task.get("module") == old:
            # A wrapper's function has a module of its own, which need not move.
            found["module"] = new
        return found

    def plain(self, task: dict[str, object]) -> dict[str, object]:
        """A task's description without the base classes and the options that the step may change."""
        found, bases, options = dict(task), task.get("bases"), task.get("options")
        if self.own_classes and isinstance(bases, list):
            found["bases"] = [base for base in bases if not base.startswith(self.own_classes)]
        if isinstance(options, dict):
            found["options"] = {k: v for k, v in options.items() if k not in self.defaults}
        return found


def compare(before: Registry, after: Registry, expected: Expected) -> list[str]:
    """How two registries differ beyond what is expected."""
    keys = (set(before.keys) | expected.added) - expected.gone
    found = [f'"{name}" is no longer registered' for name in sorted(keys - set(after.keys))]
    found.extend(f'"{name}" is registered now' for name in sorted(set(after.keys) - keys))
    for name, task in before.tasks.items():
        new = expected.renames.get(name, name)
        now = after.tasks.get(new)
        if now is None:
            found.append(f'no task is named "{new}" now')
        elif name in expected.copies:
            known = expected.copies[name] | {expected.modules.get(name, ("", ""))[1]}
            if now.get("module") not in known:
                found.append(
                    f'"{name}" is registered by {now.get("module")}, which had no copy of it'
                )
        elif name not in expected.rebased:
            old = expected.moved_task(name, task)
            lines = task_differences(old, expected.plain(now))
            found.extend(f'"{name}": {line}' for line in lines)
    side = side_of(after.celery or "5.7")
    found.extend(_schedules(before, after, expected, expected.entries.get(side, {})))
    found.extend(_routes(before, after, expected, expected.queues.get(side, {})))
    return found


def _schedules(
    before: Registry, after: Registry, expected: Expected, changed: dict[str, Entry | None]
) -> Iterator[str]:
    """How the schedule in force differs beyond what the step means to do."""
    for key in sorted(before.beat.keys() | after.beat.keys()):
        old, new = before.beat.get(key), after.beat.get(key)
        if key in changed:
            wanted = changed[key]
            if (wanted is None) != (new is None):
                yield f'beat entry "{key}" was to {"go" if wanted is None else "run"}'
            elif wanted is not None and new is not None and new.get("task") != wanted.task:
                yield f'beat entry "{key}" was to run "{wanted.task}", runs {new.get("task")!r}'
            continue
        if old is not None:
            task = str(old.get("task"))
            old = {**old, "task": expected.renames.get(task, task)}
        if old != new:
            yield f'beat entry "{key}" was {old!r}, is {new!r}'


def _routes(
    before: Registry, after: Registry, expected: Expected, changed: dict[str, str]
) -> Iterator[str]:
    """How the routes in force differ beyond what the step means to do."""
    for name, old in sorted(before.routes.items()):
        if name in expected.renames.values():
            # Until now a name for messages that nobody sends yet; its route follows the old one's.
            continue
        for now in sorted({name, expected.renames.get(name, name)} & after.routes.keys()):
            new = after.routes[now]
            if name in changed:
                if changed[name] and new.get("queue") != changed[name]:
                    yield f'"{now}" was to go to "{changed[name]}", goes to {new.get("queue")!r}'
            elif old != new:
                yield f'"{now}" went by {old!r}, goes by {new!r}'


def task_differences(before: dict[str, object], after: dict[str, object]) -> list[str]:
    """What differs between two descriptions of one task, option by option."""
    found: list[str] = []
    for part in ("module", "bases", "options", "signature", "bound"):
        old, new = before.get(part), after.get(part)
        if isinstance(old, dict) and isinstance(new, dict):
            names = [name for name in old if old[name] != new.get(name)]
            found.extend(f"{name} was {old[name]!r}, is {new.get(name)!r}" for name in names)
        elif old != new:
            found.append(f"{part} was {old!r}, is {new!r}")
    return found
