"""A god file that becomes a package: what it hands on, and what follows it there."""

import subprocess
import sys
from pathlib import Path

import pytest

from codemods.settings import Domain, Settings, Split
from codemods.values import Decision
from migrate.pipeline import StepRun, run_step
from migrate.proof import prove
from migrate.steps import BY_NAME
from tests.codemods.harness import PROJECT, encoded, run
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, SETTINGS

PACKAGES = Settings(god_files=(GOD,), domains=SETTINGS.domains, split=Split(packages=True))
INIT, MAIL, BILL = "orders/tasks/__init__.py", "orders/tasks/email.py", "orders/tasks/report.py"
BOTH = IMPORTS + EMAIL + "\n\n" + REPORT


def packaged(
    god: str, more: dict[str, str | bytes] | None = None, settings: Settings = PACKAGES
) -> dict[str, str]:
    """The files once the god file is a package."""
    return texts(run("split", {GOD: god, **(more or {})}, settings))


def texts(done: StepRun) -> dict[str, str]:
    return {
        path: done.snapshot.read(path).decode("utf-8", "replace") for path in done.snapshot.files
    }


def test_the_package_hands_on_what_its_modules_have() -> None:
    found = packaged(BOTH)
    assert GOD not in found
    assert found[INIT] == (
        "from orders.tasks.email import send_email  # noqa: F401\n"
        "from orders.tasks.report import make_report  # noqa: F401\n"
    )
    assert found[MAIL] == '"""Email tasks."""\n\n' + IMPORTS + EMAIL
    assert found[BILL] == '"""Report tasks."""\n\n' + IMPORTS + REPORT


def test_an_automatic_name_stays_the_one_of_the_file() -> None:
    done = run("split", {GOD: BOTH.replace('(name="send_email")', "")}, PACKAGES)
    assert '@shared_task(name="orders.tasks.send_email")' in texts(done)[MAIL]
    assert {task.name for task in done.after.tasks} == {"orders.tasks.send_email", "make_report"}


def test_relative_imports_have_one_more_dot() -> None:
    god = "from celery import shared_task\n\nfrom . import prices\nfrom .models import Bill, Order\n\n\n"
    god += EMAIL.replace("return to", "from .mails import render\n    return render(Order)")
    god += (
        "\n\n"
        + REPORT
        + "\n\ndef left():\n    from .mails import render\n    return render, Bill, prices\n"
    )
    more: dict[str, str | bytes] = {
        "orders/models.py": "Bill = Order = 1\n",
        "orders/mails.py": "def render(order): ...\n",
        "orders/prices.py": "",
    }
    found = packaged(god, more)
    assert "from ..models import Order\n" in found[MAIL]
    assert "    from ..mails import render\n    return render(Order)" in found[MAIL]
    assert "from .. import prices\nfrom ..models import Bill\nfrom .email import" in found[INIT]
    assert "    from ..mails import render\n    return render, Bill, prices" in found[INIT]


def test_optional_and_typing_imports_have_one_more_dot() -> None:
    god = "from typing import TYPE_CHECKING\n\nfrom celery import shared_task\n\ntry:\n    from .fast import render\nexcept ImportError:\n    render = None\n\nif TYPE_CHECKING:\n    from .models import Order\n\n\n"
    god += EMAIL.replace("(to)", "(to: 'Order')").replace("return to", "return render(to)")
    more: dict[str, str | bytes] = {"orders/models.py": "Order = 1\n"}
    found = packaged(god + "\n\n" + REPORT, more)
    assert "try:\n    from ..fast import render\n" in found[MAIL]
    assert "    from ..models import Order\n" in found[MAIL]


def test_a_star_of_a_module_beside_it_has_one_more_dot() -> None:
    god = "from celery import shared_task\n\nfrom .consts import *\n\n\n"
    god += EMAIL.replace("return to", "return LIMIT") + "\n\n" + REPORT
    found = packaged(god, {"orders/consts.py": "from os.path import *\nLIMIT = 1\n"})
    assert not any("from .consts" in text for text in found.values())
    assert "LIMIT" in found[MAIL]


def test_a_logger_keeps_its_name_and_the_code_that_stays_its_own() -> None:
    god = "import logging\n\nfrom celery import shared_task\n\nlogger = logging.getLogger(__name__)\n\n\n"
    god += EMAIL.replace("return to", "logger.info(to)") + "\n\n" + REPORT
    god += "\n\ndef left():\n    logger.info(1)\n"
    found = packaged(god)
    assert 'logger = logging.getLogger("orders.tasks")\n' in found[MAIL]
    assert "logger = logging.getLogger(__name__)\n" in found[INIT]


def test_helpers_of_several_go_to_a_module_of_the_package() -> None:
    god = IMPORTS + "def both():\n    return 1\n\n\n"
    god += EMAIL.replace("return to", "return both()") + "\n\n" + REPORT.replace("1\n", "both()\n")
    found = packaged(god)
    assert "def both" in found["orders/tasks/shared.py"]
    assert "from orders.tasks.shared import both" in found[MAIL]
    assert found["orders/tasks/shared.py"].startswith(
        '"""Helpers that several files of tasks share.'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from orders.tasks import send_email\n", "from orders.tasks.email import send_email\n"),
        ("from .tasks import send_email\n", "from .tasks.email import send_email\n"),
        ("from .tasks import send_email as s\n", "from .tasks.email import send_email as s\n"),
        ("from . import tasks\n", "from . import tasks\n"),
        ("import orders.tasks as tasks\n", "import orders.tasks as tasks\n"),
        ("from orders.tasks import *\n", "from orders.tasks import *\n"),
    ],
)
def test_importers_follow_into_the_package(before: str, after: str) -> None:
    assert packaged(BOTH, {"orders/views.py": before})["orders/views.py"] == after


def test_an_import_inside_a_function_follows() -> None:
    views = "def view():\n    from .tasks import make_report\n\n    make_report.delay()\n"
    found = packaged(BOTH, {"orders/views.py": views})
    assert "    from .tasks.report import make_report\n" in found["orders/views.py"]


HELPED = IMPORTS + "def render(to):\n    return to\n\n\n" + EMAIL.replace("return to", "render(to)")
TEST = "from unittest.mock import patch\n\n{}\n\n\n@{}\ndef test_it(m):\n    tasks.send_email(1)\n"


@pytest.mark.parametrize(
    ("line", "patch", "after", "imported"),
    [
        ("from orders import tasks", "patch('orders.tasks.render')",
         "@patch('orders.tasks.email.render')", "from orders import tasks\n"),
        ("from orders import tasks", "patch.object(tasks, 'render')",
         "@patch.object(email, 'render')", "from orders.tasks import email\n"),
        ("from .. import tasks", "patch.object(tasks, 'render')",
         "@patch.object(email, 'render')", "from ..tasks import email\n"),
        ("import orders.tasks as tasks", "patch.object(tasks, 'render')",
         "@patch.object(email, 'render')", "import orders.tasks.email as email\n"),
    ],
)  # fmt: skip
def test_patches_follow_into_the_package(line: str, patch: str, after: str, imported: str) -> None:
    path = "orders/tests/test_it.py"
    more: dict[str, str | bytes] = {"orders/tests/__init__.py": "", path: TEST.format(line, patch)}
    found = packaged(HELPED + "\n\n" + REPORT, more)[path]
    assert after in found
    assert imported in found


def test_a_list_of_modules_names_the_package_alone() -> None:
    app = "from celery import Celery\n\napp = Celery('shop', include=['orders.tasks'])\n"
    assert packaged(BOTH, {"shop/included.py": app})["shop/included.py"] == app


def test_all_that_is_exported_is_handed_on() -> None:
    found = packaged('__all__ = ["send_email"]\n' + BOTH)
    assert '__all__ = ["send_email"]\n' in found[INIT]
    assert "import send_email" in found[INIT]


@pytest.mark.parametrize(
    ("word", "name"),
    [("import", "import_tasks"), ("max", "max_tasks"), ("json", "json_tasks"), ("post", "post")],
)
def test_no_module_bears_a_word_that_its_package_means_otherwise(word: str, name: str) -> None:
    domains = {word: Domain(tasks=("*email*",)), "report": Domain(tasks=("*report*",))}
    settings = Settings(god_files=(GOD,), domains=domains, split=Split(packages=True))
    god = "import json\n" + BOTH + "\n\ndef left(x):\n    return json.dumps(max(x))\n"
    assert "def send_email" in packaged(god, settings=settings)[f"orders/tasks/{name}.py"]


@pytest.mark.parametrize(
    ("god", "more", "why"),
    [
        ("HERE = __file__\n", {}, "asks where the file stands, by __file__"),
        ("import pkgutil\n\nT = pkgutil.get_data(__name__, 'x')\n", {}, "by __name__"),
        ("if __name__ == '__main__':\n    print(1)\n", {}, "by __main__"),
        ("", {"orders/tasks/notes.txt": "x"}, "orders/tasks/notes.txt stands in a folder of that"),
        ("", {"setup.cfg": "[options]\npackages =\n    orders\n"}, "setup.cfg lists the packages"),
        ("", {"setup.py": "setup(packages=['orders'])\n"}, "setup.py lists the packages"),
        ("", {"pyproject.toml": '[tool.setuptools]\npackages = ["orders"]\n'}, "pyproject.toml"),
    ],
)
def test_what_holds_it_a_file_is_told_and_files_stand_beside_it(
    god: str, more: dict[str, str | bytes], why: str
) -> None:
    done = run("split", {GOD: f"{BOTH}\n\n{god}", **more}, PACKAGES)
    (note,) = [note for note in done.notes if note.code == "no-package"]
    assert why in note.message
    assert "orders/email_tasks.py" in done.files


@pytest.mark.parametrize(
    "more",
    [
        {"setup.cfg": "[options]\npackages = find:\n"},
        {"setup.py": "setup(packages=find_packages())\n"},
        {"pyproject.toml": "[tool.setuptools.packages.find]\nwhere = ['.']\n"},
        {"setup.cfg": b"\xff", "pyproject.toml": "]"},
    ],
)
def test_packages_that_are_found_may_be_new(more: dict[str, str | bytes]) -> None:
    assert INIT in packaged(BOTH, more)


MODULE = "from celery import shared_task\n\n\n@shared_task\ndef {}():\n    return 1\n"


@pytest.mark.parametrize(
    ("more", "asked", "is_package"),
    [
        ({"users/tasks/__init__.py": "", "users/tasks/sync.py": MODULE.format("sync")}, None, True),
        ({"users/tasks/__init__.py": "", "users/tasks/sync.py": MODULE.format("sync")}, False, False),
        ({"users/tasks.py": MODULE.format("sync")}, None, False),
        ({"users/sync_tasks.py": MODULE.format("sync")}, None, False),
        ({}, ("orders",), True),
        ({}, ("users",), False),
    ],
)  # fmt: skip
def test_it_becomes_a_package_where_the_project_or_the_user_wants_it(
    more: dict[str, str | bytes], asked: bool | tuple[str, ...] | None, is_package: bool
) -> None:
    settings = Settings(god_files=(GOD,), domains=SETTINGS.domains, split=Split(packages=asked))
    assert (INIT in packaged(BOTH, more, settings)) == is_package


def test_a_package_that_stands_takes_new_modules_by_their_word() -> None:
    settings = Settings(god_files=(INIT,), domains=SETTINGS.domains)
    more = {INIT: BOTH, "orders/tasks/report.py": MODULE.format("totals")}
    found = texts(run("split", more, settings))
    assert "def make_report" in found[BILL]
    assert "def totals" in found[BILL]
    assert "def send_email" in found[MAIL]


def test_a_god_file_inside_a_package_of_tasks_has_its_new_files_beside_it() -> None:
    god = "orders/tasks/all.py"
    settings = Settings(god_files=(god,), domains=SETTINGS.domains)
    more = {god: BOTH, INIT: "", "orders/tasks/sync.py": MODULE.format("sync")}
    assert "def send_email" in texts(run("split", more, settings))[MAIL]


def test_a_package_named_by_its_configured_file_is_the_same_god_file() -> None:
    done = run("split", {GOD: BOTH + "\n\nLEFT = 1\n"}, PACKAGES)
    assert done.after.god_files == [INIT]
    assert [n for n in done.after.notes if n.code == "setting-unused"] == []


def test_a_plan_that_names_a_file_in_the_package_makes_one() -> None:
    from codemods.inventory.load import load
    from codemods.snapshot import snapshot_of
    from codemods.split import Move

    known = {path: encoded(text) for path, text in (PROJECT | {GOD: BOTH}).items()}
    snapshot = snapshot_of(known)
    inventory = load(snapshot, SETTINGS)
    move = Move(f"move:{GOD}::send_email", "mine", GOD, "send_email", MAIL)
    decisions: tuple[Decision, ...] = (move,)
    done = run_step(BY_NAME["split"], snapshot, inventory, load, decisions)
    assert prove(done, load).holds
    assert REPORT in texts(done)[INIT]
    assert EMAIL in texts(done)[MAIL]


def test_carriage_returns_stay() -> None:
    found = packaged(BOTH.replace("\n", "\r\n") + "\r\n\r\nLEFT = 1\r\n")
    for path in (INIT, MAIL, BILL):
        assert "\n" not in found[path].replace("\r\n", "")


BOOT = """
import base64, pickle, sys
from shop.celery import app

app.loader.import_default_modules()
from orders import tasks

if sys.argv[1:]:
    pickle.loads(base64.b64decode(sys.argv[1]))
print(base64.b64encode(pickle.dumps((tasks.send_email, tasks.Bill(), tasks.render))).decode())
print(sorted((n, t.run("x")) for n, t in app.tasks.items() if not n.startswith("celery.")))
"""


def booted(folder: Path, files: dict[str, str], *words: str) -> list[str]:
    """What a process that loads the real Celery app tells, which finds its tasks in the apps of Django."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    command = [sys.executable, "-c", BOOT, *words]
    made = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return made.stdout.splitlines()


def test_celery_finds_the_same_tasks_and_old_pickles_load(tmp_path: Path) -> None:
    app = "from celery import Celery\n\napp = Celery('shop')\napp.autodiscover_tasks(['orders'])\napp.set_default()\n"
    god = "from celery import shared_task\n\n\nclass Bill:\n    pass\n\n\ndef render(to):\n    return Bill and to\n"
    god += "\n\n@shared_task\ndef send_email(to):\n    return render(to)\n"
    god += "\n\n@shared_task(name='make_report')\ndef make_report(day):\n    return render(day)\n"
    done = run("split", {"shop/celery.py": app, GOD: god}, PACKAGES)
    old = {path: done.snapshot.read(path).decode() for path in PROJECT if path != GOD} | {GOD: god}
    pickled, before = booted(tmp_path / "before", old)
    _, after = booted(tmp_path / "after", texts(done), pickled)
    assert before == after == "[('make_report', 'x'), ('orders.tasks.send_email', 'x')]"
