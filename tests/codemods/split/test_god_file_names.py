"""Which god files `split` takes apart, by their names, and what it says of the others."""

import pytest

from codemods.domains.words import domain_of
from codemods.settings import Settings
from tests.codemods.harness import check_note, run

TASKS = "".join(
    f"@shared_task\ndef {verb}_{what}_{number}():\n    return {number}\n\n\n"
    for verb, what in (("send", "email"), ("make", "report"))
    for number in range(5)
)
LONG = "from celery import shared_task\n\n\n" + TASKS + "# more\n" * 500


@pytest.mark.parametrize(
    ("path", "domain"),
    [
        ("shop/email_tasks.py", "email"),
        ("shop/order_lines_tasks.py", "order_line"),
        ("shop/general_tasks.py", "general"),
        ("shop/celery_tasks.py", ""),
        ("shop/background_tasks.py", ""),
        ("shop/all_celery_tasks.py", ""),
        ("shop/_email_tasks.py", ""),
        ("shop/tasks.py", ""),
    ],
)
def test_the_domain_that_a_file_is_named_after(path: str, domain: str) -> None:
    assert domain_of(path) == domain


def test_a_god_file_named_after_celery_is_split() -> None:
    found = run("split", {"orders/celery_tasks.py": LONG})
    assert {"orders/email_tasks.py", "orders/report_tasks.py"} <= set(found.files)


def test_a_god_file_of_one_domain_is_told_with_the_line_to_type() -> None:
    files = {"orders/report_tasks.py": LONG}
    note = check_note("split", files, "god-file-stays")
    assert note.path == "orders/report_tasks.py"
    assert 'the file of one domain, report: to split it all the same, write god_files = ["orders/report_tasks.py"]' in note.message  # fmt: skip
    settings = Settings(god_files=("orders/report_tasks.py",))
    done = run("split", files, settings)
    assert "orders/email_tasks.py" in done.files
    assert "god-file-stays" not in {note.code for note in done.notes}


@pytest.mark.parametrize(
    ("statement", "moves"),
    [
        ("warnings.filterwarnings('ignore')", True),
        ("requests.packages.urllib3.disable_warnings(Warning)", True),
        ("requests.install()", False),
        ("warnings.filters = []", False),
    ],
)
def test_imports_below_code_that_only_hushes_warnings_are_like_any(
    statement: str, moves: bool
) -> None:
    head = (
        f"import warnings\nimport requests\n\n{statement}\n\nfrom orders.models import Order\n\n\n"
    )
    god = LONG.replace("return 1", "return Order").replace("task\n\n\n", f"task\n{head}", 1)
    files = {"orders/tasks.py": god, "orders/models.py": "class Order:\n    pass\n"}
    found = run("split", files)
    new = {path: found.snapshot.read(path).decode() for path in found.files}
    assert ("def send_email_1" in new["orders/email_tasks.py"]) is moves
    assert statement in new["orders/tasks.py"]
