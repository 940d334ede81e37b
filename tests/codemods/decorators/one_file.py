"""One file of tasks, before and after the step."""

from tests.codemods.harness import check_change

TASKS = "orders/tasks.py"


def change(before: str | bytes, after: str | bytes, **more: str) -> None:
    check_change("decorators", {TASKS: before, **more}, {TASKS: after})
