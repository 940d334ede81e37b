"""What a moved task sees of names that stars give it, and that other files change while they run."""

import pytest

from tests.codemods.harness import check_note, run
from tests.codemods.split.god_file import GOD, SETTINGS

TASK = "\n\n@shared_task\ndef send_email():\n    return {reads}\n\n\n@shared_task\ndef make_report():\n    return 1\n"
TOP = "from celery import shared_task\n"


def moved(files: dict[str, str]) -> str:
    """The file that `send_email` goes to, or `""` where it stays."""
    found = run("split", files, SETTINGS)
    path = "orders/email_tasks.py"
    return found.snapshot.read(path).decode() if path in found.snapshot else ""


@pytest.mark.parametrize(
    ("one", "two", "module"),
    [
        ("def word():\n    return 1\n", "def word():\n    return 2\n", "orders.two"),
        ("def word():\n    return 1\n", "def other():\n    return 2\n", "orders.one"),
        ("def word():\n    return 1\n", "__all__ = ['other']\n\n\ndef word():\n    return 2\n\n\ndef other():\n    return 2\n", "orders.one"),
        ("__all__ = ['word']\n\n\ndef word():\n    return 1\n", "word_ = 2\n", "orders.one"),
    ],
    ids=["the last hides the first", "only one has it", "__all__ leaves it out", "__all__ lists it"],
)  # fmt: skip
def test_a_name_comes_from_the_star_that_gives_it(one: str, two: str, module: str) -> None:
    text = f"{TOP}from orders.one import *\nfrom orders.two import *\n{TASK.format(reads='word()')}"
    after = moved({GOD: text, "orders/one.py": one, "orders/two.py": two})
    assert f"from {module} import word\n" in after
    assert after.count("import word") == 1


def test_a_star_that_hides_a_builtin_comes_along() -> None:
    text = f"{TOP}from orders.one import *\n{TASK.format(reads='open(1)')}"
    after = moved({GOD: text, "orders/one.py": "def open(x):\n    return x\n"})
    assert "from orders.one import open\n" in after


def test_a_builtin_that_no_star_hides_is_left() -> None:
    text = f"{TOP}from orders.one import *\n{TASK.format(reads='open(1)')}"
    assert "import open" not in moved({GOD: text, "orders/one.py": "def close(x):\n    return x\n"})


@pytest.mark.parametrize(
    "change",
    [
        "tasks.COUNT += 1",
        "for tasks.COUNT in range(3):\n        pass",
        "tasks.COUNT, other = 1, 2",
        "other = tasks.COUNT = 7",
        "tasks.COUNT: int = 7",
        "del tasks.COUNT",
        "with open('x') as tasks.COUNT:\n        pass",
        "vars(tasks)['COUNT'] = 7",
        "del vars(tasks)['COUNT']",
        "tasks.__dict__['COUNT'] += 1",
        "tasks.__dict__.update(COUNT=7)",
        "vars(tasks).update({'COUNT': 7})",
        "vars(tasks).setdefault('COUNT', 7)",
        "tasks.__setattr__('COUNT', 7)",
        "delattr(tasks, 'COUNT')",
        "sys.modules['orders.tasks'].COUNT = 7",
        "import_module('orders.tasks').COUNT = 7",
        "setattr(sys.modules['orders.tasks'], 'COUNT', 7)",
    ],
)
def test_what_another_file_changes_while_it_runs_stays_one_thing(change: str) -> None:
    text = f"{TOP}\nCOUNT = 0\n{TASK.format(reads='COUNT')}"
    views = f"from orders import tasks\n\n\ndef view():\n    {change}\n"
    found = run("split", {GOD: text, "orders/views.py": views}, SETTINGS)
    paths = [path for path in found.snapshot.files if path.startswith("orders/")]
    holders = [path for path in paths if b"COUNT = 0" in found.snapshot.read(path)]
    readers = [path for path in paths if b"return COUNT" in found.snapshot.read(path)]
    assert holders == readers == [GOD]
    (note,) = (item for item in found.notes if item.code == "task-stays")
    assert "orders/views.py changes COUNT here while it runs" in note.message


@pytest.mark.parametrize(
    "change",
    ["vars(tasks)[name] = 7", "setattr(tasks, name, 7)", "vars(tasks).update(**name)", "vars(tasks).clear()"],
)  # fmt: skip
def test_where_another_file_may_change_any_name_all_stays(change: str) -> None:
    text = f"{TOP}\nCOUNT = 0\n{TASK.format(reads='COUNT')}"
    views = f"from orders import tasks\n\n\ndef view(name):\n    {change}\n"
    note = check_note("split", {GOD: text, "orders/views.py": views}, "task-stays", SETTINGS)
    assert "orders/views.py may change any name here while it runs" in note.message


@pytest.mark.parametrize(
    "reader",
    [
        "send = import_string('orders.tasks.deliver')\n",
        "BACKENDS = [{'to': \"orders.tasks.deliver\"}]\n",
        "POINT = 'orders.tasks:deliver'\n",
        "from orders import *\n\n\ndef view():\n    return tasks.deliver\n",
    ],
)
def test_an_import_that_others_name_by_a_text_or_reach_by_a_star_stays(reader: str) -> None:
    files = {
        GOD: f"{TOP}\nfrom orders.mails import deliver\n{TASK.format(reads='deliver()')}",
        "orders/__init__.py": "from orders import tasks\n",
        "orders/mails.py": "def deliver():\n    return 1\n",
        "orders/views.py": reader,
    }
    found = run("split", files, SETTINGS)
    line = "from orders.mails import deliver"
    assert f"{line}  # noqa: F401\n" in found.snapshot.read(GOD).decode()
    assert f"{line}\n" in found.snapshot.read("orders/email_tasks.py").decode()


def test_an_import_that_only_a_test_patches_by_its_name_leaves() -> None:
    files = {
        GOD: f"{TOP}\nfrom orders.mails import deliver\n{TASK.format(reads='deliver()')}",
        "orders/mails.py": "def deliver():\n    return 1\n",
        "orders/test_tasks.py": "from unittest.mock import patch\n\n\n@patch('orders.tasks.deliver')\ndef test_it(deliver):\n    assert deliver\n",
    }
    assert b"deliver" not in run("split", files, SETTINGS).snapshot.read(GOD)


@pytest.mark.parametrize(
    "registered",
    [
        "@show.register\ndef show_int(x: int):\n    return 6\n",
        "@show.register(int)\ndef show_int(x):\n    return 6\n",
        "@show.register(int)\n@show.register(float)\ndef show_number(x):\n    return 6\n",
    ],
)
def test_what_registers_itself_goes_with_what_it_registers_in(registered: str) -> None:
    show = "\n\n@singledispatch\ndef show(x):\n    return 5\n\n\n"
    text = f"from functools import singledispatch\n\n{TOP}{show}{registered}{TASK.format(reads='show(1)')}"
    after = moved({GOD: text, "orders/views.py": "from orders.tasks import send_email\n"})
    assert show.strip() in after
    assert registered in after


def test_a_registry_that_stays_keeps_what_registers_itself() -> None:
    text = (
        f"{TOP}\n\nclass Registry:\n    def register(self, f):\n        return f\n\n\nSEEN = Registry()\n\n\n"
        f"@SEEN.register\ndef seen():\n    return 1\n{TASK.format(reads='2')}"
    )
    found = run(
        "split", {GOD: text, "orders/views.py": "from orders.tasks import seen\n"}, SETTINGS
    )
    assert b"@SEEN.register\ndef seen()" in found.snapshot.read(GOD)
    assert b"SEEN = Registry()" in found.snapshot.read(GOD)


ASKED = "import json\n\nfrom celery import shared_task\nfrom django.utils import timezone\n\nfrom orders.other import charge\n\n\n@shared_task\ndef send_email():\n    return json, charge()\n\n\n@shared_task\ndef make_report():\n    return timezone.now()\n"
OWN = "from orders.email_tasks import send_email  # noqa: F401\nfrom orders.other import charge  # noqa: F401\nfrom orders.report_tasks import make_report  # noqa: F401\n"
EVERY = "import json  # noqa: F401\n\nfrom celery import shared_task  # noqa: F401\nfrom django.utils import timezone  # noqa: F401\n\n"


@pytest.mark.parametrize(
    ("user", "wanted"),
    [
        ("from orders import tasks\n\n\ndef run(name):\n    return getattr(tasks, name)()\n", OWN),
        ("from orders import tasks as t\n\n\ndef run(name):\n    return hasattr(t, name)\n", OWN),
        ("from importlib import import_module\n\nimport_module('orders.tasks')\n", OWN),
        ("from orders import tasks\n\n\ndef run(name):\n    return getattr(tasks, name), tasks.json\n", "import json  # noqa: F401\n\n" + OWN),
        ("from orders import tasks\n\nrun(tasks)\n", EVERY + OWN),
    ],
)  # fmt: skip
def test_a_computed_name_means_what_the_project_defines(user: str, wanted: str) -> None:
    files = {GOD: ASKED, "orders/other.py": "def charge():\n    return 1\n", "orders/user.py": user}
    assert run("split", files, SETTINGS).snapshot.read(GOD).decode() == wanted


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ('f"{__name__}.x"', '"orders.tasks.x"'),
        ("f'{__name__}.x'", "'orders.tasks.x'"),
        ("f'{__name__}.{1}'", "f'orders.tasks.{1}'"),
        ("f'{__name__!r}.x'", "f'{\"orders.tasks\"!r}.x'"),
        ("__name__", '"orders.tasks"'),
    ],
)
def test_the_files_own_name_inside_a_text(name: str, found: str) -> None:
    after = moved({GOD: TOP + TASK.format(reads=name)})
    assert f"    return {found}\n" in after
