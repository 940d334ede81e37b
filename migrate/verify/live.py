"""Which copy of a task a running worker has, which the source doesn't show."""

import ast
from pathlib import Path

import msgspec
from msgspec import Struct

from codemods.inventory.duplicates import Duplicate
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from migrate.errors import UsageError
from migrate.verify.registry import INSIDE, BootError, app_environment, run_inside

WAIT = 3.0
"""Seconds to wait for the workers' answers."""
TOLD = ("max_retries", "default_retry_delay", "rate_limit", "time_limit", "soft_time_limit", "acks_late", "ignore_result")  # fmt: skip


class Answers(Struct, frozen=True):
    """What the workers said: who answered, and the attributes of each task in each of them."""

    workers: tuple[str, ...]
    tasks: dict[str, dict[str, dict[str, str]]]


def running_copies(inventory: Inventory, folder: Path, python: Path) -> tuple[dict[str, str], int]:
    """The file of the copy that all workers run, by task, and how many workers answered.

    A worker of Celery 5.6 or newer does not say where a function is from; then a copy is known by
    its options and `bind`, where those differ. What stays in doubt, or differs between workers, is
    left out. Raises `UsageError` if the project can't be asked or nobody answers.
    """
    if not inventory.app_names:
        raise UsageError("--live asks the workers of a Celery app, and none was found here")
    module, rest = inventory.project.split(inventory.app_names[0])
    root = inventory.project.root_of(inventory.project.path_of[module])
    app = f"{module}:{'.'.join(rest)}"
    command = [str(python), "-W", "ignore", str(INSIDE / "live.py"), app, str(WAIT)]
    try:
        text = run_inside(command, folder / root, app_environment(folder / root))
    except BootError as error:
        raise UsageError(f"--live could not ask: {error}") from None
    found = msgspec.json.decode(text, type=Answers)
    if not found.workers:
        raise UsageError(
            "--live: no worker answered. Start one on the broker that the project is configured for, or plan without --live"
        )
    copies: dict[str, str] = {}
    for group in inventory.duplicates:
        answers = found.tasks.get(group.name, {}).values()
        files = {copy_of(inventory, group, answer) for answer in answers}
        if len(files) == 1 and "" not in files:
            copies[group.name] = files.pop()
    return copies, len(found.workers)


def copy_of(inventory: Inventory, group: Duplicate, answer: dict[str, str]) -> str:
    """The file of the only copy that fits what a worker said of a task, or `""`."""
    if "__module__" in answer:
        return inventory.project.path_of.get(answer["__module__"], "")
    fitting = {copy.path for copy in group.copies if fits(copy, group.copies, answer)}
    return fitting.pop() if len(fitting) == 1 else ""


def fits(copy: Task, copies: tuple[Task, ...], answer: dict[str, str]) -> bool:
    """Whether a worker's task can be this copy.

    An option that no copy sets to what the worker says comes from its configuration: then only the
    copies that set another value are ruled out.
    """
    if "run" in answer and ("bound method" in answer["run"]) != copy.bind:
        return False
    for name in TOLD:
        said = answer.get(name)
        given = [value_of(item, name) for item in copies]
        if value_of(copy, name) not in ({said} if said in given else {None, said}):
            return False
    return True


def value_of(copy: Task, option: str) -> str | None:
    """The value that a copy sets an option to, as a worker shows it; `None` for none."""
    source = copy.options.get(option)
    try:
        return str(ast.literal_eval(source)) if source else None
    except ValueError:
        return None
