"""Each check of the proof fails when what it guards against happens."""

from collections.abc import Mapping

import msgspec
import pytest

from codemods.inventory.load import load
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from codemods.values import Change, Decisions, Edit, Rewrite
from migrate.pipeline import run_step
from migrate.proof import prove
from migrate.proof.comments import comments
from migrate.proof.imports import importable
from migrate.steps import Step
from tests.codemods.harness import PROJECT

TASKS = """\
import json

from celery import shared_task

LIMIT = 5  # seconds


@shared_task(name="job", max_retries=3)
def job(a, b=1):
    # why
    return json.dumps([a, b, LIMIT])
"""
FILES = {
    **PROJECT,
    "orders/tasks.py": TASKS,
    "orders/views.py": "from orders.tasks import LIMIT, job\n\n\ndef view():\n    job.delay(LIMIT)\n",
    "shop/settings.py": PROJECT["shop/settings.py"]
    + 'CELERY_BEAT_SCHEDULE = {"k": {"task": "job", "schedule": 1}}\nCELERY_TASK_ROUTES = {"job": {"queue": "q"}}\n',
    "shop/task_aliases.py": 'TASK_NAME_ALIASES = {"old": "job"}\n',
}


def findings(
    changes: Mapping[str, str],
    edits: tuple[Edit, ...] = (),
    *,
    once: bool = True,
    more: Mapping[str, str] | None = None,
) -> set[str]:
    """The checks that fail when a step makes these changes to the files, with `more` among them."""
    files = FILES | dict(more or {})
    snapshot = snapshot_of({path: text.encode() for path, text in files.items()})
    done: list[bool] = []

    def rewrite(now: object, inventory: object, decisions: object) -> Rewrite:
        if done and once:
            return Rewrite()
        done.append(True)
        made = [
            Change(path, snapshot.read(path) if path in snapshot else None, text.encode())
            for path, text in changes.items()
        ]
        if len(done) > 1:
            made = [Change(change.path, change.after, b"# again\n") for change in made]
        return Rewrite(tuple(made), edits)

    step = Step(
        name="bad",
        number=1,
        does="",
        about="",
        decide=lambda inventory: Decisions(),
        rewrite=rewrite,
        kinds=(),
    )
    run = run_step(step, snapshot, load(snapshot, Settings()), load)
    proof = prove(run, load)
    assert {name for name, state in proof.checks.items() if state == "failed"} == {
        finding.partition(":")[0] for finding in proof.findings
    }
    return {name for name, state in proof.checks.items() if state == "failed"}


def tasks(old: str, new: str) -> dict[str, str]:
    assert old in TASKS
    return {"orders/tasks.py": TASKS.replace(old, new)}


def everywhere(path: str) -> tuple[Edit, ...]:
    return tuple(Edit(path, line, "declared") for line in range(40))


def test_nothing_is_wrong_with_a_comment() -> None:
    assert findings({"orders/tasks.py": TASKS + "# more\n"}) == set()


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        ("parses", tasks("def job(", "def job((")),
        ("registry", tasks('name="job"', 'name="other"')),
        ("registry", tasks("max_retries=3", "max_retries=4")),
        ("registry", tasks("b=1", "b=2")),
        ("registry", tasks('@shared_task(name="job", max_retries=3)\n', "")),
        ("registry", {"shop/task_aliases.py": "TASK_NAME_ALIASES = {}\n"}),
        ("routes", {"shop/settings.py": FILES["shop/settings.py"].replace('"q"', '"r"')}),
        ("routes", {"shop/settings.py": FILES["shop/settings.py"].replace('"q"}', '"q", "priority": 3}')}),
        ("beat", {"shop/settings.py": FILES["shop/settings.py"].replace('"schedule": 1', '"schedule": 2')}),
        ("beat", {"shop/settings.py": FILES["shop/settings.py"].replace('1}', '1, "args": (1,)}')}),
        ("beat", {"shop/settings.py": FILES["shop/settings.py"].replace('"k"', '"l"')}),
        ("beat", {"shop/celery.py": FILES["shop/celery.py"] + "app.conf.beat_schedule = {}\n"}),
        ("importable", tasks("LIMIT", "BOUND")),
        ("importable", {"orders/views.py": FILES["orders/views.py"].replace("LIMIT, job", "BOUND, job") + "LIMIT = BOUND\n"}),
        ("importable", tasks("LIMIT = 5  # seconds", "from os import name as LIMIT  # seconds")),
        ("bodies", tasks("[a, b, LIMIT]", "[b, a, LIMIT]")),
        ("bodies", tasks("LIMIT = 5", "LIMIT = 6")),
        ("names", tasks("import json\n", "")),
        ("names", tasks("import json\n", "import json\nimport os\n")),
        ("cycles", tasks("import json\n", "import json\nimport orders.views  # noqa\n")),
        ("schedules", {"shop/settings.py": FILES["shop/settings.py"].replace('"task": "job"', '"task": "jib"')}),
        ("schedules", {"shop/settings.py": FILES["shop/settings.py"].replace('{"job": {"queue"', '{"jib": {"queue"')}),
        ("sent", {"orders/new.py": 'from celery import current_app\n\n\ndef f():\n    current_app.send_task("jib")\n'}),
        ("comments", tasks("    # why\n", "")),
        ("comments", tasks("  # seconds", "")),
        ("app", {"shop/__init__.py": ""}),
    ],
)  # fmt: skip
def test_what_must_not_happen_is_found(check: str, changes: dict[str, str]) -> None:
    assert check in findings(changes)


@pytest.mark.parametrize(
    "views",
    [
        "def view():\n    from {} import job\n\n    job.delay()\n",
        "from celery import chain\n\nfrom {} import job\n\n\ndef view():\n    chain(job.s())()\n",
    ],
)  # fmt: skip
def test_a_module_that_alone_loads_the_app_for_its_senders_is_missed(views: str) -> None:
    head = "import shop.celery  # noqa: F401\n"
    before = {
        "shop/__init__.py": "",
        "orders/tasks.py": head + TASKS,
        "orders/views.py": views.format("orders.tasks"),
        "orders/jobs.py": "",
    }
    moved = {
        "orders/tasks.py": f"{head}from orders.jobs import LIMIT, job  # noqa: F401\n",
        "orders/views.py": views.format("orders.jobs"),
        "orders/jobs.py": TASKS,
    }
    assert "app" in findings(moved, more=before)
    assert "app" not in findings(moved | {"orders/jobs.py": head + TASKS}, more=before)
    assert "app" not in findings({"orders/views.py": views.format("orders.tasks")}, more=before)


def test_a_declared_edit_may_change_a_body_and_take_a_comment() -> None:
    path = "orders/tasks.py"
    assert "bodies" not in findings(tasks("[a, b, LIMIT]", "[b, a, LIMIT]"), everywhere(path))
    assert "comments" not in findings(tasks("    # why\n", ""), everywhere(path))


def test_a_step_that_never_ends_is_found() -> None:
    assert "settles" in findings({"orders/tasks.py": TASKS + "# more\n"}, once=False)


def test_a_module_of_a_new_package_hides_no_name_of_it() -> None:
    plain = {"orders/mails.py": "import json\n\n\ndef f():\n    return json.dumps(1)\n"}
    step = Step("bad", 1, "", "", lambda inventory: Decisions(), lambda *asked: Rewrite(), ())
    snapshot = snapshot_of({path: text.encode() for path, text in (FILES | plain).items()})
    before = run_step(step, snapshot, load(snapshot, Settings()), load)
    old = snapshot.read("orders/mails.py")
    package, inner = "orders/mails/__init__.py", "orders/mails/json.py"
    changes = (
        Change("orders/mails.py", old, None),
        Change(package, None, old),
        Change(inner, None, b"A = 1\n"),
    )
    made = snapshot.with_changes(changes)
    run = msgspec.structs.replace(
        before, changes=changes, snapshot=made, after=load(made, Settings())
    )
    assert importable(run) == ["a module hides 'json' of orders.mails"]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"# one\rx = 1  # two\r", [(1, "# one"), (2, "# two")]),
        (b"# one\r\nx = 1\r# two\n", [(1, "# one"), (3, "# two")]),
        (b"# coding: punycode\n# \xc3\xa9\n", []),
        (b"# coding: rot13\n", []),
    ],
)
def test_comments_are_read_by_lines_as_the_parser_has_them(
    data: bytes, found: list[tuple[int, str]]
) -> None:
    assert comments(data) == found
