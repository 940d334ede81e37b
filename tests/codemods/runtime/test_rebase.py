"""A base class in a task's decorator, with its import, where the name is free."""

import pytest

from tests.codemods.harness import run
from tests.codemods.runtime.wanted import TASK, only, text


@pytest.mark.parametrize(
    ("standing", "task"),
    [
        ({}, TASK.replace("\n\n\n", "\nfrom orders.models import EmailTask\n\n\n", 1)),
        ({}, TASK + "\n\nclass EmailTask:\n    pass\n"),
        ({"apps/core/tasks/base.py": "class EmailTask:\n    pass\n"}, TASK),
        ({"apps/core/tasks/base.py": "class (\n"}, TASK),
    ],
)
def test_a_base_class_of_the_project_s_own_by_that_name_is_not_taken_for_the_runtime_s(
    standing: dict[str, str], task: str
) -> None:
    files = {
        **standing,
        "orders/tasks.py": task,
        "orders/models.py": "class EmailTask:\n    pass\n",
    }
    done = run("runtime", files, only("base", bases={"*send": "EmailTask"}))
    assert "base=" not in text(done, "orders/tasks.py")
    assert "base-by-hand" in {note.code for note in done.notes}


def test_a_name_that_comes_with_a_star_is_not_covered() -> None:
    task = TASK.replace(
        "import shared_task\n", "import shared_task\n\nfrom orders.models import *\n"
    )
    files = {"orders/tasks.py": task, "orders/models.py": "class EmailTask:\n    pass\n"}
    done = run("runtime", files, only("base", bases={"*send": "EmailTask"}))
    assert "base=" not in text(done, "orders/tasks.py")


@pytest.mark.parametrize("width", [88, 120])
def test_a_decorator_that_gets_too_long_is_broken(width: int) -> None:
    options = (
        "bind=True, name='orders.tasks.send', max_retries=15, acks_late=True, ignore_result=True"
    )
    files = {
        "orders/tasks.py": TASK.replace("@shared_task", f"@shared_task({options})").replace(
            "(to)", "(self, to)"
        ),
        "pyproject.toml": f"[tool.ruff]\nline-length = {width}\n",
    }
    found = text(
        run("runtime", files, only("base", bases={"*send": "EmailTask"})), "orders/tasks.py"
    )
    assert ("@shared_task(\n    bind=True,\n" in found) is (width == 88)
    assert ("    base=EmailTask,\n)\ndef send" in found) is (width == 88)


@pytest.mark.parametrize(
    ("decorator", "after"),
    [
        ("@shared_task", "@shared_task(base=EmailTask)"),
        ("@shared_task()", "@shared_task(base=EmailTask)"),
        ('@shared_task(name="send")', '@shared_task(name="send", base=EmailTask)'),
        (
            '@shared_task(\n    name="send",\n    bind=False  # no self\n)',
            '@shared_task(\n    name="send",\n    bind=False,  # no self\n    base=EmailTask\n)',
        ),
        (
            '@shared_task(\n    name="send",\n    bind=False,  # no self\n)',
            '@shared_task(\n    name="send",\n    bind=False,  # no self\n    base=EmailTask,\n)',
        ),
    ],
)
def test_a_base_class_only_where_the_configuration_says_so(decorator: str, after: str) -> None:
    settings = only("base", bases={"*send": "EmailTask"})
    other = "\n\n@shared_task\ndef other():\n    return 1\n"
    files = {"orders/tasks.py": TASK.replace("@shared_task", decorator) + other}
    done = run("runtime", files, settings)
    found = text(done, "orders/tasks.py")
    assert after + "\ndef send" in found
    assert "from celery import shared_task\n\nfrom apps.core.tasks.base import EmailTask\n" in found
    assert "\n@shared_task\ndef other" in found


def test_several_base_classes_come_by_one_import() -> None:
    tasks = (
        TASK
        + "\n\n@shared_task\ndef export():\n    return 1\n\n\n@shared_task\ndef clean():\n    return 2\n"
    )
    bases = {"*send": "EmailTask", "*export": "ReportTask", "*clean": "MaintenanceTask"}
    done = run("runtime", {"orders/tasks.py": tasks}, only("base", bases=bases))
    line = "from apps.core.tasks.base import EmailTask, MaintenanceTask, ReportTask\n"
    assert line in text(done, "orders/tasks.py")


@pytest.mark.parametrize(
    "other", ["def send():\n    pass\n", "@shared_task(name='other')\ndef send():\n    pass\n"]
)
@pytest.mark.parametrize("above", [True, False])
def test_of_two_functions_of_one_name_none_is_edited(other: str, above: bool) -> None:
    head, _, task = TASK.partition("\n\n\n")
    parts = (other, task) if above else (task, other)
    files = {"orders/tasks.py": "\n\n\n".join((head, *parts))}
    done = run("runtime", files, only("base", bases={"*send": "EmailTask"}))
    assert "base=" not in text(done, "orders/tasks.py")
    assert "base-by-hand" in {note.code for note in done.notes}
