"""Which decorator of a function makes it a task."""

from codemods.inventory.apps import TaskMaker
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task


def decorator_index(inventory: Inventory, task: Task) -> int:
    """Which of a function's decorators makes it a task."""
    return _made_by(inventory, task)[0]


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
