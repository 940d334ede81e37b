"""Which decorator of a function makes it a task."""

from codemods.inventory.apps import TaskMaker
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task


def decorator_index(inventory: Inventory, task: Task) -> int:
    """Which of a function's decorators makes it a task."""
    return _made_by(inventory, task)[0]


def takes_unnamed(inventory: Inventory, task: Task) -> bool:
    """Whether one of the decorators that make a task is given an argument without a name."""
    facts = inventory.facts[task.path]
    return any(
        use.positional and inventory.apps.maker_of(use.symbol, facts) is not None
        for use in inventory.function_of(task).decorators
    )


def naming_decorator(inventory: Inventory, task: Task) -> int | None:
    """Which of a function's decorators can be given the task's name, by running the project's own.

    `None` where none is sure to take it and to leave all else as it is.
    """
    if task.name is None or "." in task.qualname:
        return None
    return inventory.evaluator.takes_name(task.path, task.line, task.name)


def made_by_own_decorator(inventory: Inventory, task: Task) -> bool:
    """Whether a decorator of the project's own makes this task: `retrying = shared_task(max_retries=3)`."""
    return bool(_made_by(inventory, task)[1].wrappers)


def _made_by(inventory: Inventory, task: Task) -> tuple[int, TaskMaker]:
    facts = inventory.facts[task.path]
    function = inventory.function_of(task)
    for index, use in enumerate(function.decorators):
        maker = inventory.apps.maker_of(use.symbol, facts)
        if maker is not None:
            return index, maker
    raise AssertionError(task.qualname)
