"""The time limits that tasks have of their own, and the defaults that leave room for them."""

import pytest

from tests.codemods.harness import run
from tests.codemods.runtime.wanted import TASK, only, text


@pytest.mark.parametrize(
    ("options", "defaults"),
    [
        ("", "safe_defaults() | limits()"),
        ("soft_time_limit=900", "safe_defaults()"),
        ("time_limit=7200", "safe_defaults(longest_limit=7200)"),
        ("time_limit=LIMIT", "safe_defaults()"),
        ("time_limit=3 * 60 * 60", "safe_defaults(longest_limit=10800)"),
        ("time_limit=None", "safe_defaults() | limits()"),
        ("**{'time_limit': 7200}", "safe_defaults(longest_limit=7200)"),
    ],
)
def test_limits_only_where_no_task_sets_its_own(options: str, defaults: str) -> None:
    """Half a pair from a task and half from the app is worse than none."""
    task = TASK.replace("@shared_task", f"LIMIT = 60\n\n\n@shared_task({options})")
    found = run("runtime", {"orders/tasks.py": task}, only("settings"))
    assert f"CELERY_DEFAULTS = {defaults}\n" in text(found, "apps/core/tasks/celery_settings.py")


@pytest.mark.parametrize("limit", ["time_limit = 7200", "soft_time_limit: int = 7200"])
def test_limits_of_a_class_count(limit: str) -> None:
    own = f"from celery import Task\n\n\nclass Long(Task):\n    {limit}\n"
    done = run("runtime", {"shop/base.py": own, "orders/tasks.py": TASK}, only("settings"))
    found = text(done, "apps/core/tasks/celery_settings.py")
    assert "CELERY_DEFAULTS = safe_defaults(longest_limit=7200)\n" in found


@pytest.mark.parametrize(
    "value", ["LIMIT * HOURS", "int(timedelta(hours=6).total_seconds())", "settings.LONGEST"]
)
def test_a_limit_that_can_t_be_told_is_a_note(value: str) -> None:
    task = TASK.replace("@shared_task", f"@shared_task(time_limit={value})")
    done = run("runtime", {"orders/tasks.py": task}, only("settings"))
    assert "CELERY_DEFAULTS = safe_defaults()\n" in text(done, "apps/core/tasks/celery_settings.py")
    assert [note.code for note in done.notes] == ["runtime-limit"]
    assert value in done.notes[0].message


@pytest.mark.parametrize(
    ("own", "seconds"),
    [
        ("HOUR = 60 * 60\nLONG = {'queue': 'a', 'time_limit': 4 * HOUR}\n", 14400),
        ("LONG = dict(time_limit=(4 * 60) * 60)\n", 14400),
    ],
)
def test_limits_of_a_table_of_options_count(own: str, seconds: int) -> None:
    task = TASK.replace(
        "\n\n\n@shared_task", "\nfrom shop.options import LONG\n\n\n@shared_task(**LONG)"
    )
    done = run("runtime", {"shop/options.py": own, "orders/tasks.py": task}, only("settings"))
    found = text(done, "apps/core/tasks/celery_settings.py")
    assert f"CELERY_DEFAULTS = safe_defaults(longest_limit={seconds})\n" in found


def test_a_property_that_is_a_limit_is_a_note() -> None:
    own = "from celery import Task\n\n\nclass Long(Task):\n    @property\n    def time_limit(self):\n        return 7200\n"
    done = run("runtime", {"shop/base.py": own}, only("settings"))
    assert [note.code for note in done.notes] == ["runtime-limit"]
