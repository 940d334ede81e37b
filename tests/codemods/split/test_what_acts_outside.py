"""What a god file does to other modules when it is imported runs for all who import the new files instead."""

import subprocess
import sys
from pathlib import Path

import pytest

from codemods.values import Note
from migrate.pipeline import StepRun
from tests.codemods.harness import run
from tests.codemods.split.god_file import EMAIL, GOD, REPORT, SETTINGS, split, text

SHARED, HOME, OTHER = "orders/task_helpers.py", "orders/email_tasks.py", "orders/report_tasks.py"
POST = {
    "post/__init__.py": "key = ''\nseen = []\n\n\ndef enter(thing):\n    seen.append(thing)\n    return thing\n"
}
VIEW = "from orders.tasks import make_report\n\n\ndef view():\n    make_report.delay()\n"
LATE = "def view():\n    from orders.tasks import make_report\n\n    make_report.delay()\n"
LOADS = "from orders import task_helpers  # noqa: F401\n"
KEY = 'post.key = "secret"\n'


def god(acting: str, email: str = EMAIL) -> str:
    return f"from celery import shared_task\n\nimport post\n\n{acting}\n\n{email}\n\n{REPORT}"


def made(acting: str, view: str = VIEW, more: dict[str, str] | None = None) -> StepRun:
    return split(god(acting), {**POST, "shop/views.py": view, **(more or {})})


def said(found: StepRun) -> list[Note]:
    return [note for note in found.notes if note.code == "effect-stays"]


def seen_by(found: StepRun, tmp_path: Path, module: str, ask: str) -> str:
    """What a process of its own finds in the library once it has imported one module."""
    for path in found.snapshot.entries:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(found.snapshot.read(path))
    code = f"import {module} as m; getattr(m, 'start', lambda: 0)(); import post; print({ask})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("acting", "ask", "answer"),
    [
        (KEY, "post.key", "secret"),
        ("post.enter(1)\n", "post.seen", "[1]"),
        ("for number in (1, 2):\n    post.enter(number)\n", "post.seen", "[1, 2]"),
        ("if post:\n    post.enter(3)\n", "post.seen", "[3]"),
        ("KEY = 'mine'\npost.key = KEY\n", "post.key", "mine"),
        ("def name():\n    return 'own'\n\n\npost.key = name()\n", "post.key", "own"),
        ("post.__dict__['key'] = 'deep'\n", "post.key", "deep"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "view", [VIEW, f"{LATE}\n\ndef start():\n    from orders.tasks import make_report\n"]
)
def test_a_view_has_it_done_as_before(
    acting: str, ask: str, answer: str, view: str, tmp_path: Path
) -> None:
    found = made(acting, view)
    assert seen_by(found, tmp_path, "shop.views", ask) == answer
    assert seen_by(found, tmp_path, "orders.tasks", ask) == answer


def test_it_goes_to_the_shared_file_that_those_new_files_load_which_others_import() -> None:
    found = made(KEY)
    assert KEY in text(found, SHARED)
    assert KEY not in text(found, GOD)
    assert LOADS in text(found, OTHER)
    assert "task_helpers" not in text(found, HOME)
    assert "from orders.report_tasks import make_report" in text(found, "shop/views.py")
    assert said(found) == []


def test_a_task_that_reads_what_is_set_loads_it_too() -> None:
    email = EMAIL.replace("return to", "return post.key")
    found = split(god(KEY, email), {**POST, "shop/views.py": VIEW})
    assert LOADS in text(found, HOME)


def test_a_file_that_imports_a_shared_helper_anyway_imports_it_once() -> None:
    helper = "def both(to):\n    return to\n"
    source = god(f"{KEY}\n\n{helper}", EMAIL.replace("return to", "return both(to)"))
    source = source.replace("return 1", "return both(1)")
    found = split(source, {**POST, "shop/views.py": VIEW})
    assert "from orders.task_helpers import both\n" in text(found, OTHER)
    assert LOADS not in text(found, OTHER)


def test_relative_neighbours_are_loaded_so() -> None:
    source = god(KEY).replace("import post\n", "import post\n\nfrom .names import NAME\n")
    source = source.replace("return to", "return NAME")
    found = split(source, {**POST, "shop/views.py": VIEW, "orders/names.py": "NAME = 1\n"})
    assert "from . import task_helpers  # noqa: F401\n" in text(found, OTHER)


def test_where_nobody_imports_the_god_file_it_stays_with_a_note() -> None:
    found = split(god(KEY), {**POST})
    assert KEY in text(found, GOD)
    assert "importing a domain file alone doesn't run it" in said(found)[0].message


@pytest.mark.parametrize(
    "acting",
    [
        "post.enter(globals())\n",
        "for number in (1, 2):\n    post.enter(number)\nLAST = number\n",
        "from contextlib import suppress\n\nwith suppress(ValueError) as held:\n    post.enter(held)\n",
    ],
)
def test_where_it_must_stay_the_importers_do_too(acting: str, tmp_path: Path) -> None:
    found = made(acting)
    assert "from orders.tasks import make_report" in text(found, "shop/views.py")
    assert "so whoever imports make_report still does so from there" in said(found)[0].message
    assert seen_by(found, tmp_path, "shop.views", "len(post.seen) > 0") == "True"


def test_what_registers_a_task_does_so_for_importers_of_others(tmp_path: Path) -> None:
    source = god("") + "\n\npost.enter(send_email)\n"
    found = split(source, {**POST, "shop/views.py": VIEW})
    assert "from orders.report_tasks import make_report" in text(found, "shop/views.py")
    assert seen_by(found, tmp_path, "shop.views", "len(post.seen)") == "1"


def test_a_receiver_that_goes_with_another_task_keeps_importers(tmp_path: Path) -> None:
    receiver = "\n\n@post.receiver\ndef on_save(order=None):\n    send_email.delay(order)\n"
    library = {"post/__init__.py": POST["post/__init__.py"] + "\n\nreceiver = enter\n"}
    view = (
        VIEW
        + "\n\ndef other():\n    from orders.tasks import send_email\n\n    return send_email\n"
    )
    found = split(god("") + receiver, {**library, "shop/views.py": view})
    assert "def on_save" in text(found, HOME)
    assert text(found, "shop/views.py") == view.replace(
        "    from orders.tasks", "    from orders.email_tasks"
    )
    assert seen_by(found, tmp_path, "shop.views", "len(post.seen)") == "1"


def test_signals_of_workers_keep_nobody() -> None:
    handler = "from celery.signals import task_failure\n\n\n@task_failure.connect\ndef on_failure(**kwargs):\n    return kwargs\n"
    found = made(handler)
    assert "from orders.report_tasks import make_report" in text(found, "shop/views.py")
    assert said(found) == []


def test_a_shared_file_that_would_close_a_circle_leaves_it_where_it_is(tmp_path: Path) -> None:
    acting = "import shop.keys\n\npost.key = shop.keys.KEY\n"
    more = {
        "shop/keys.py": "KEY = 'ring'\n\n\ndef late():\n    import shop.views\n\n    return shop.views\n"
    }
    found = made(acting, more=more)
    assert seen_by(found, tmp_path, "shop.views", "post.key") == "ring"


def test_a_package_runs_it_by_itself(tmp_path: Path) -> None:
    from msgspec import structs

    from codemods.settings import Split

    settings = structs.replace(SETTINGS, split=Split(packages=True))
    files = {GOD: god(KEY), "shop/views.py": VIEW, **POST}
    found = run("split", files, settings)
    assert "from orders.tasks.report import make_report" in text(found, "shop/views.py")
    assert KEY in text(found, "orders/tasks/__init__.py")
    assert seen_by(found, tmp_path, "shop.views", "post.key") == "secret"
