"""The Celery app, where an import of the god file that nothing reads is what loads it."""

import pytest

from tests.codemods.split.god_file import EMAIL, GOD, REPORT, split, text

HEAD = "from celery import shared_task\n\nfrom shop.celery import app{}\n\n\n"
REMARK = "  # noqa: F401"
LINE = f"from shop.celery import app{REMARK}\n"
BARE: dict[str, str | bytes] = {"shop/__init__.py": ""}
SEND = "    send_email.delay(1)\n"


@pytest.mark.parametrize("remark", ["", REMARK])
@pytest.mark.parametrize(
    "sender",
    [
        {"orders/views.py": f"from orders.tasks import send_email\n\n\ndef view():\n{SEND}"},
        {"orders/views.py": f"def view():\n    from orders.tasks import send_email\n\n{SEND}"},
        {"orders/models.py": f"from orders.tasks import send_email\n\n\ndef save():\n{SEND}"},
        {},
    ],
    ids=["at the top", "in a function", "in every process", "none"],
)
def test_each_new_file_loads_the_app(sender: dict[str, str | bytes], remark: str) -> None:
    found = split(HEAD.format(remark) + EMAIL + "\n\n" + REPORT, BARE | sender)
    assert LINE in text(found, "orders/email_tasks.py")
    assert LINE in text(found, "orders/report_tasks.py")


def test_a_task_that_reads_the_app_takes_it_along_and_the_other_loads_it() -> None:
    email = EMAIL.replace("return to", "return app.control")
    found = split(HEAD.format("") + email + "\n\n" + REPORT, BARE)
    assert LINE.replace(REMARK, "") in text(found, "orders/email_tasks.py")
    assert LINE in text(found, "orders/report_tasks.py")


def test_a_file_that_loads_the_app_already_imports_nothing_more() -> None:
    home = "import shop.celery\n\n\ndef own():\n    return shop.celery\n"
    found = split(HEAD.format("") + EMAIL + "\n\n" + REPORT, BARE | {"orders/email_tasks.py": home})
    assert LINE not in text(found, "orders/email_tasks.py")


def test_an_app_that_every_process_loads_is_imported_nowhere_else() -> None:
    found = split(HEAD.format("") + EMAIL + "\n\n" + REPORT)
    assert "shop.celery" not in text(found, "orders/email_tasks.py")
    assert "shop.celery" in text(found, GOD)
