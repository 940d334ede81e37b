"""Each rule on what breaks it, on what keeps it, and in the table."""

import pytest

from codemods.inventory.load import load
from codemods.rules.table import BY_CODE, BY_NAME, REASON, TABLE, UNUSED, chosen
from codemods.rules.values import Finding, Ground
from codemods.settings import ExceptionRule, Settings
from codemods.snapshot import snapshot_of
from migrate.checking.run import findings
from tests.codemods.harness import PROJECT, Files
from tests.write_rules_page import PAGE, page

TASK = "from celery import shared_task\n\n\n@shared_task(name='send')\ndef send():\n    return 1\n"
BOUND = "from shop.celery import app\n\n\n@app.task(name='send')\ndef send():\n    return 1\n"
CELERY = str(PROJECT["shop/celery.py"])
BEAT = "app.conf.beat_schedule = {'a': {'task': '%s', 'schedule': 60}}\n"
GOD = Settings(god_files=("orders/tasks.py",))


def found(
    code: str, files: Files, settings: Settings | None = None, before: bytes | None = None
) -> list[Finding]:
    """What breaks one rule in the project with these files."""
    all_files = {**PROJECT, "orders/tasks.py": TASK, **files}
    data = {p: t if isinstance(t, bytes) else t.encode() for p, t in all_files.items()}
    snapshot = snapshot_of(dict(sorted(data.items())))
    inventory = load(snapshot, settings or Settings())
    return findings(Ground(inventory, lambda path: before), [BY_CODE[code]])


BROKEN: list[tuple[str, Files, str, int, str]] = [
    ("CEL101", {"orders/tasks.py": BOUND}, "orders/tasks.py", 5, "send"),
    ("CEL101", {"orders/tasks.py": BOUND.replace("\n", "\r\n").encode()}, "orders/tasks.py", 5, "send"),
    ("CEL101", {"orders/tasks.py": b"\xef\xbb\xbf" + BOUND.encode()}, "orders/tasks.py", 5, "send"),
    ("CEL102", {"orders/mails.py": TASK.replace("1", "2")}, "orders/tasks.py", 5, "send"),
    ("CEL103", {"orders/tasks.py": BOUND + TASK.replace("send", "sent")}, "orders/tasks.py", 5, ""),
    ("CEL105", {"orders/celery.py": "from celery import Celery\n\napp = Celery('orders')\n"}, "orders/celery.py", 3, "orders.celery.app"),
    ("CEL106", {"orders/mails.py": "import os\nfrom shop.celery import app\n\napp.send_task('send')\n"}, "orders/mails.py", 2, "shop.celery.app as app"),
    ("CEL106", {"orders/mails.py": "from shop.celery import app as it\n\n\n@it.task\ndef broken(:\n"}, "orders/mails.py", 1, "shop.celery.app as it"),
    ("CEL303", {"shop/celery.py": CELERY + BEAT % "send"}, "shop/celery.py", CELERY.count("\n") + 1, "a"),
    ("CEL201", {"orders/tasks.py": TASK.replace("'send'", "'send()'")}, "orders/tasks.py", 5, "send()"),
    ("CEL301", {"shop/celery.py": CELERY + BEAT % "sned"}, "shop/celery.py", CELERY.count("\n") + 1, "a"),
    ("CEL401", {"orders/tasks.py": TASK}, "orders/tasks.py", 5, "send"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "files", "path", "line", "subject"), BROKEN)
def test_what_breaks_a_rule(code: str, files: Files, path: str, line: int, subject: str) -> None:
    (item,) = found(code, files)
    assert (item.code, item.path, item.line, item.subject) == (code, path, line, subject)


def test_what_keeps_a_task_from_being_shared_is_told() -> None:
    computed = BOUND.replace("'send'", "NAMES[0]")
    (item,) = found("CEL101", {"orders/tasks.py": computed})
    assert "takes more than that: it has a name that is computed at run time" in item.message


@pytest.mark.parametrize(
    "code", [rule.code for rule in TABLE if rule.code not in {"CEL303", "CEL401"}]
)
def test_what_keeps_every_rule(code: str) -> None:
    assert found(code, {"shop/celery.py": CELERY + BEAT % "send"}) == []


def test_a_task_with_a_route_has_a_queue() -> None:
    route = "app.conf.task_routes = {'send': {'queue': 'mail'}}\n"
    assert found("CEL401", {"shop/celery.py": CELERY + route}) == []


def test_a_file_that_is_excused_may_be_bound() -> None:
    settings = Settings(exceptions=(ExceptionRule("orders/*", "its own app"),))
    assert found("CEL101", {"orders/tasks.py": BOUND}, settings) == []


def test_a_second_schedule_is_told_where_it_begins() -> None:
    files: Files = {
        "shop/celery.py": CELERY + BEAT % "send",
        "shop/settings.py": str(PROJECT["shop/settings.py"])
        + "CELERY_BEAT_SCHEDULE = {'b': {'task': 'send', 'schedule': 60}}\n",
    }
    assert [item.path for item in found("CEL302", files)] == ["shop/settings.py"]


def test_a_task_is_new_in_a_god_file_if_it_was_not_there() -> None:
    more = TASK + "\n\n@shared_task\ndef late():\n    return 2\n"
    new = found("CEL501", {"orders/tasks.py": more}, GOD, TASK.encode())
    assert [item.subject for item in new] == ["late"]
    assert found("CEL501", {"orders/tasks.py": more}, GOD, more.encode()) == []
    assert len(found("CEL501", {}, GOD, None)) == 1


def test_a_god_file_is_too_much() -> None:
    (item,) = found("CEL502", {}, GOD)
    assert (item.path, item.line) == ("orders/tasks.py", 1)


def test_what_may_be_a_task_is_told() -> None:
    jobs = "import venusian\n\n\ndef cached_task(fn):\n    return venusian.attach(fn)\n"
    text = (
        "import celery\nfrom orders import jobs\n\n\n@jobs.cached_task\ndef one(self):\n    pass\n"
    )
    (item,) = found("CEL104", {"orders/jobs.py": jobs, "orders/more.py": text})
    assert (item.path, item.line, item.subject) == ("orders/more.py", 5, "@jobs.cached_task")


def test_the_rules_that_are_on_and_those_asked_for() -> None:
    on = [rule.code for rule in chosen((), (), ())]
    assert on == [rule.code for rule in TABLE if rule.on]
    assert [rule.code for rule in chosen(("CEL3",), (), ())] == ["CEL301", "CEL302", "CEL303"]
    assert [rule.code for rule in chosen(("parentheses",), ("CEL401",), ())] == ["CEL201", "CEL401"]
    assert "CEL101" not in {rule.code for rule in chosen((), (), ("CEL101",))}


@pytest.mark.parametrize(
    ("word", "says"), [("CEL999", "there is no rule"), ("duplicate", "Did you mean duplicates")]
)
def test_a_rule_that_there_is_not(word: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        chosen((word,), (), ())


def test_codes_and_names_are_one_each() -> None:
    assert len(BY_CODE) == len(BY_NAME) == len(TABLE)
    assert [rule.code for rule in TABLE] == sorted(BY_CODE)
    assert {REASON, UNUSED} <= BY_CODE.keys()


def test_the_page_is_that_of_the_table() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.write_rules_page"


@pytest.mark.parametrize("option", ["queue='mail'", "routing_key='mail'", "**somewhere()"])
def test_a_task_whose_decorator_may_give_a_queue_is_let_be(option: str) -> None:
    text = TASK.replace("name='send'", f"name='send', {option}")
    assert found("CEL401", {"orders/tasks.py": text}) == []


def test_calls_that_add_entries_are_no_second_schedule() -> None:
    call = "from shop.celery import app\n\napp.add_periodic_task(60, app.signature('send'))\n"
    files: Files = {"shop/celery.py": CELERY + BEAT % "send", "shop/late.py": call}
    assert found("CEL302", files) == []


OTHER_APP = "from celery import Celery\n\napp = Celery('mail')\n"


def test_a_schedule_of_another_app_is_no_second_one() -> None:
    settings = "CELERY_BEAT_SCHEDULE = {'b': {'task': 'send', 'schedule': 60}}\n"
    files: Files = {
        "shop/celery.py": CELERY + BEAT % "send",
        "services/mail/post/__init__.py": "",
        "services/mail/post/celery.py": OTHER_APP + BEAT % "send",
    }
    assert found("CEL302", files) == []
    third = found("CEL302", {**files, "services/mail/post/settings.py": settings})
    assert [item.path for item in third] == ["services/mail/post/settings.py"]


def test_a_schedule_of_a_service_whose_tasks_are_elsewhere_is_no_second_one() -> None:
    table = "CELERY = {'beat_schedule': {'b': {'task': 'scoop_api.tasks.go', 'schedule': 60}}}\n"
    files: Files = {"services/scoop/config.py": table}
    assert found("CEL302", {**files, "shop/celery.py": CELERY + BEAT % "send"}) == []
    both = {**files, "shop/more.py": table}
    assert [item.path for item in found("CEL302", both)] == ["shop/more.py"]
