"""Lists of modules that workers import, when a god file is split."""

import pytest

from tests.codemods.harness import run
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, SETTINGS

APP = "from celery import Celery\n\napp = Celery('shop', include={})\n"


def included(text: str) -> str:
    """The file after the split of its project's god file."""
    files = {
        GOD: IMPORTS + EMAIL + "\n\n" + REPORT,
        "shop/included.py": text,
        "ruff.toml": "line-length = 110\n",
    }
    return run("split", files, SETTINGS).snapshot.read("shop/included.py").decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "['orders.tasks']",
            "['orders.tasks', 'orders.email_tasks', 'orders.report_tasks']",
        ),
        (
            "('orders.tasks',)",
            "('orders.tasks', 'orders.email_tasks', 'orders.report_tasks',)",
        ),
        (
            "['a.b', 'orders.tasks', 'c.d']",
            "['a.b', 'orders.tasks', 'orders.email_tasks', 'orders.report_tasks', 'c.d']",
        ),
        (
            '[\n    "orders.tasks",  # all\n    "c.d",\n]',
            '[\n    "orders.tasks",  # all\n    "orders.email_tasks",\n    "orders.report_tasks",\n    "c.d",\n]',
        ),
        (
            '[\n    "c.d",\n    "orders.tasks"\n]',
            '[\n    "c.d",\n    "orders.tasks",\n    "orders.email_tasks",\n    "orders.report_tasks"\n]',
        ),
        (
            "['orders.tasks', 'orders.email_tasks']",
            "['orders.tasks', 'orders.report_tasks', 'orders.email_tasks']",
        ),
        ("['other.tasks']", "['other.tasks']"),
    ],
)
def test_an_include_list_names_the_new_modules(before: str, after: str) -> None:
    assert included(APP.format(before)) == APP.format(after)


def test_imports_of_settings_follow() -> None:
    assert (
        included("CELERY_IMPORTS = ('orders.tasks', )\r\n")
        == "CELERY_IMPORTS = ('orders.tasks', 'orders.email_tasks', 'orders.report_tasks', )\r\n"
    )


def test_lines_with_crlf_stay_so() -> None:
    before = "CELERY_IMPORTS = [\r\n\t'orders.tasks',\r\n]\r\n"
    after = "CELERY_IMPORTS = [\r\n\t'orders.tasks',\r\n\t'orders.email_tasks',\r\n\t'orders.report_tasks',\r\n]\r\n"
    assert included(before) == after


def test_other_lists_with_the_same_text_stay() -> None:
    text = "from celery import shared_task\n\nDOCUMENTED = ['orders.tasks']\n"
    assert included(text) == text


def test_a_file_whose_imports_follow_too_has_both() -> None:
    before = "from orders.tasks import send_email\n\nCELERY_IMPORTS = ['orders.tasks']\n"
    found = included(before)
    assert "from orders.email_tasks import send_email" in found
    assert "['orders.tasks', 'orders.email_tasks', 'orders.report_tasks']" in found


def test_a_list_that_gets_too_long_is_broken() -> None:
    modules = ["a.module", "another.module", "orders.tasks", "some.others"]
    before = f"CELERY_IMPORTS = ({', '.join(map(repr, modules))})\n"
    modules[3:3] = ["orders.email_tasks", "orders.report_tasks"]
    after = "".join(f"    {name!r},\n" for name in modules)
    assert included(APP.format("CELERY_IMPORTS") + before) == (
        APP.format("CELERY_IMPORTS") + f"CELERY_IMPORTS = (\n{after})\n"
    )
