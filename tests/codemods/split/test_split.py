"""The step `split`: tasks of a god file to the files of their domains, or of a person's choice."""

import pytest

from codemods.settings import Settings
from codemods.values import Decision
from migrate.pipeline import run_step
from migrate.proof import prove
from migrate.steps import BY_NAME
from tests.codemods.harness import check_change, check_untouched, encoded, run
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, SETTINGS, split, text


def test_each_task_goes_to_its_domain() -> None:
    check_change(
        "split",
        {GOD: IMPORTS + EMAIL + "\n\n" + REPORT},
        {
            GOD: "from orders.email_tasks import send_email  # noqa: F401\n"
            "from orders.report_tasks import make_report  # noqa: F401\n",
            "orders/email_tasks.py": '"""Email tasks."""\n\n' + IMPORTS + EMAIL,
            "orders/report_tasks.py": '"""Report tasks."""\n\n' + IMPORTS + REPORT,
        },
        SETTINGS,
    )


def test_an_automatic_name_is_pinned() -> None:
    bare = "@shared_task\ndef send_email(to):\n    return to\n"
    done = split(IMPORTS + bare + "\n\n" + REPORT)
    assert '@shared_task(name="orders.tasks.send_email")\n' in text(done, "orders/email_tasks.py")


@pytest.mark.parametrize(
    ("decorator", "pinned"),
    [
        ("@shared_task()", '@shared_task(name="orders.tasks.send_email")'),
        ("@shared_task(bind=True)", '@shared_task(name="orders.tasks.send_email", bind=True)'),
        (
            "@shared_task(\n    bind=True,  # why\n)",
            '@shared_task(\n    name="orders.tasks.send_email",\n    bind=True,  # why\n)',
        ),
        (
            "@shared_task(  # (open\n)",
            '@shared_task(name="orders.tasks.send_email"  # (open\n)',
        ),
        (
            '@shared_task(name=__name__ + ".mail")',
            '@shared_task(name="orders.tasks.mail")',
        ),
    ],
)
def test_names_are_pinned_in_every_form(decorator: str, pinned: str) -> None:
    god = IMPORTS + f"{decorator}\ndef send_email(*args):\n    return 1\n\n\n" + REPORT
    done = split(god)
    found = text(done, "orders/email_tasks.py")
    assert pinned.replace("(name", "(name") in found or pinned.split("(")[0] in found
    name = next(task.name for task in done.after.tasks if task.qualname == "send_email")
    assert name in {"orders.tasks.send_email", "orders.tasks.mail"}


def test_a_task_defined_twice_is_left_to_dedupe() -> None:
    copy = IMPORTS + EMAIL
    done = split(IMPORTS + EMAIL + "\n\n" + REPORT, {"orders/mails.py": copy})
    assert EMAIL in text(done, GOD)


def test_domains_that_call_each_other_close_no_circle() -> None:
    god = (
        IMPORTS
        + EMAIL.replace("return to", "make_report.delay()")
        + "\n\n"
        + REPORT.replace("return 1", "send_email.delay(1)")
    )
    done = split(god)
    both = text(done, "orders/email_tasks.py") + text(done, "orders/report_tasks.py")
    assert both.count("    from orders.") == 1
    assert both.count("\nfrom orders.") == 1


def test_two_god_files_of_one_folder() -> None:
    one = IMPORTS + "def both():\n    return 1\n\n\n" + EMAIL.replace("to\n", "both()\n")
    two = IMPORTS + "def both():\n    return 2\n\n\n" + REPORT.replace("1\n", "both()\n")
    both = Settings(god_files=(GOD, "orders/more.py"), domains=SETTINGS.domains)
    done = run("split", {GOD: one, "orders/more.py": two}, both)
    assert "return 1" in text(done, "orders/email_tasks.py")
    assert "return 2" in text(done, "orders/report_tasks.py")


def test_a_package_of_tasks() -> None:
    package = Settings(god_files=("orders/tasks/__init__.py",), domains=SETTINGS.domains)
    done = run("split", {"orders/tasks/__init__.py": IMPORTS + EMAIL + "\n\n" + REPORT}, package)
    assert EMAIL in text(done, "orders/tasks/email.py")
    assert "from orders.tasks.email import send_email" in text(done, "orders/tasks/__init__.py")


def test_a_god_file_that_does_not_parse_is_left_alone() -> None:
    check_untouched("split", {GOD: "print 'x'\n"}, SETTINGS)


def test_nothing_is_split_in_a_project_without_god_files() -> None:
    check_untouched("split", {GOD: IMPORTS + EMAIL + "\n\n" + REPORT})


def test_the_user_moves_a_task_elsewhere_in_the_plan() -> None:
    from codemods.inventory.load import load
    from codemods.snapshot import snapshot_of
    from codemods.split import Move
    from tests.codemods.harness import PROJECT

    files = PROJECT | {GOD: IMPORTS + EMAIL + "\n\n" + REPORT}
    snapshot = snapshot_of({path: encoded(text) for path, text in files.items()})
    inventory = load(snapshot, SETTINGS)
    move = Move("move:orders/tasks.py::send_email", "mine", GOD, "send_email", "orders/post.py")
    decisions: tuple[Decision, ...] = (move,)
    done = run_step(BY_NAME["split"], snapshot, inventory, load, decisions)
    assert prove(done, load).holds
    assert EMAIL in text(done, "orders/post.py")
    assert REPORT in text(done, GOD)
