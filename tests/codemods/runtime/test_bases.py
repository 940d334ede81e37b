"""Which tasks get a base class, and what the plan says that it does to each."""

from typing import Any

import pytest

from codemods.runtime.bases import LIMITS, POLICIES
from target_runtime import tasks
from tests.codemods.harness import APP, check_note, check_untouched, run
from tests.codemods.runtime.wanted import CLASS, TASK, only, text


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_what_the_plan_says_of_a_base_class_is_what_that_does(name: str) -> None:
    base: Any = getattr(tasks, name)
    said = POLICIES[name]
    backoff = getattr(base, "retry_backoff", 0)
    retries = [backoff * 2**n for n in range(base.max_retries)]
    waits = ", ".join(f"{min(wait, base.retry_backoff_max)}" for wait in retries if wait)
    if hasattr(base, "autoretry_for"):
        assert said.startswith(f"{base.max_retries} retries of any exception after up to {waits} s")
        assert base.autoretry_for == (Exception,)
        assert base.retry_jitter
    else:
        assert name in {"RuntimeTask", "MaintenanceTask"}
    limits = (base.soft_time_limit, base.time_limit)
    assert limits == (tuple(map(int, LIMITS[name])) if name in LIMITS else (None, None))
    assert (f"stopped after {base.soft_time_limit} s" in said) is (name in LIMITS)
    assert ("one run a key" in said) is base.idempotent


def test_a_base_class_is_given_only_from_a_module_that_is_there() -> None:
    settings = only("decorators", bases={"*send": "EmailTask"})
    check_note("runtime", {"orders/tasks.py": TASK}, "base-by-hand", settings)


def test_the_longest_of_several_patterns_counts() -> None:
    settings = only("base", bases={"*s*": "EmailTask", "*send": "MaintenanceTask"})
    assert "base=MaintenanceTask" in text(
        run("runtime", {"orders/tasks.py": TASK}, settings), "orders/tasks.py"
    )


@pytest.mark.parametrize(
    ("head", "options", "base", "given"),
    [
        ("MINUTE = 60\n", "time_limit=MINUTE", "EmailTask", False),
        ("HOUR = 3600\n", "time_limit=HOUR", "EmailTask", True),
        ("", "time_limit=settings.LONG", "EmailTask", False),
        ("", "time_limit=settings.LONG", "IdempotentTask", True),
        ("", "time_limit=settings.LONG, soft_time_limit=settings.SOFT", "EmailTask", True),
        ("", "autoretry_for=(KeyError,)", "MaintenanceTask", False),
        ("", "autoretry_for=(KeyError,), max_retries=2", "MaintenanceTask", True),
    ],
)
def test_a_base_that_would_not_do_as_it_says_is_by_hand(
    head: str, options: str, base: str, given: bool
) -> None:
    task = TASK.replace("\n\n\n@shared_task", f"\n\n{head}\n\n@shared_task({options})")
    done = run("runtime", {"orders/tasks.py": task}, only("base", bases={"*send": base}))
    assert (f"base={base}" in text(done, "orders/tasks.py")) is given
    assert ("base-by-hand" in {note.code for note in done.notes}) is not given


def test_no_base_while_the_app_s_own_class_is_not_known() -> None:
    own = "from celery import Celery\n\n\nclass ShopCelery(Celery):\n    pass\n\n\napp = ShopCelery('shop')\n"
    late = "from shop.celery import app as celery_app\n\ncelery_app.Task = object\n"
    for files in ({"shop/celery.py": own}, {"shop/late.py": late}):
        done = run(
            "runtime", files | {"orders/tasks.py": TASK}, only("base", bases={"*send": "EmailTask"})
        )
        assert "base=" not in text(done, "orders/tasks.py")
        assert "base-by-hand" in {note.code for note in done.notes}


@pytest.mark.parametrize(
    "decorator",
    ["retrying = shared_task(max_retries=3)", "def retrying(f):\n    return shared_task(f)"],
)
def test_a_decorator_of_the_project_s_own_is_not_given_a_base(decorator: str) -> None:
    task = TASK.replace("@shared_task", f"{decorator}\n\n\n@retrying")
    files = {"orders/tasks.py": task}
    settings = only("base", bases={"*send": "EmailTask"})
    check_note("runtime", files, "base-by-hand", settings)
    check_untouched("runtime", files, settings)


@pytest.mark.parametrize(
    ("app", "kept"),
    [
        (APP.replace('"shop"', '"shop", task_cls="shop.base:Own"'), True),
        (APP + "from shop.base import Own\n\napp.Task = Own\n", True),
        (APP.replace('"shop"', f'"shop", {CLASS}'), False),
        (APP + "# task_cls=Own\nif app.Task == 1:\n    pass\n", False),
    ],
)
def test_the_task_class_of_an_app_is_not_taken_away_from_a_task(app: str, kept: bool) -> None:
    own = "from celery import Task\n\n\nclass Own(Task):\n    pass\n"
    files = {"orders/tasks.py": TASK, "shop/celery.py": app, "shop/base.py": own}
    done = run("runtime", files, only("base", bases={"*send": "EmailTask"}))
    assert ("base=EmailTask" in text(done, "orders/tasks.py")) is not kept
    assert ("base-by-hand" in {note.code for note in done.notes}) is kept


def test_a_base_class_is_shown_with_what_it_changes() -> None:
    settings = only("base", bases={"*send": "EmailTask"})
    done = run(
        "runtime",
        {"orders/tasks.py": TASK.replace("@shared_task", "@shared_task(max_retries=9)")},
        settings,
    )
    (assigned,) = [item for item in done.decisions if item.id.startswith("base:")]
    assert assigned.before == "max_retries=9"  # type: ignore[attr-defined]
    assert assigned.after.startswith("5 retries of any exception")  # type: ignore[attr-defined]
    assert assigned.after.endswith(", but for its own max_retries=9")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("options", "given"),
    [
        ("soft_time_limit=240", False),
        ("soft_time_limit=60", True),
        ("soft_time_limit=240, time_limit=300", True),
        ("time_limit=100", False),
        ("soft_time_limit=2 * 60", False),
        ("soft_time_limit=60 + 30", True),
    ],
)
def test_half_a_pair_of_limits_is_a_note(options: str, given: bool) -> None:
    """A soft limit over the base's hard one would be stopped before it is told to end."""
    task = TASK.replace("@shared_task", f"@shared_task({options})")
    done = run("runtime", {"orders/tasks.py": task}, only("base", bases={"*send": "EmailTask"}))
    assert ("base=EmailTask" in text(done, "orders/tasks.py")) is given
    assert ("base-by-hand" in {note.code for note in done.notes}) is not given


def test_a_pattern_may_fit_the_function_s_name_and_one_that_fits_none_is_a_note() -> None:
    files = {"orders/tasks.py": TASK}
    settings = only("base", bases={"send": "EmailTask", "sned": "EmailTask"})
    note = check_note("runtime", files, "setting-unused", settings)
    assert note.message.startswith('runtime.bases = "sned" in [tool.migrate] has no effect: ')
    assert "base=EmailTask" in text(run("runtime", files, settings), "orders/tasks.py")


@pytest.mark.parametrize(
    ("decorator", "code"),
    [
        ("@shared_task(base=Mine)", "base-kept"),
        ("@shared_task(**OPTIONS)", "base-by-hand"),
    ],
)
def test_a_base_class_that_can_t_be_given_is_a_note(decorator: str, code: str) -> None:
    head = "from celery import Task\n\nOPTIONS = {}\n\n\nclass Mine(Task):\n    pass\n\n\n"
    task = TASK.replace("\n\n\n@shared_task", "\n" + head + decorator)
    check_note(
        "runtime", {"orders/tasks.py": task}, code, only("base", bases={"*send": "EmailTask"})
    )


def test_a_base_class_that_nobody_knows_is_a_note() -> None:
    files = {"orders/tasks.py": TASK}
    check_note("runtime", files, "base-unknown", only("base", bases={"*send": "MailTask"}))
