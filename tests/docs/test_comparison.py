"""docs/comparison.md is true of the move of a task, by this tool and, where it is installed, by rope."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import Terminal, git, make_repository
from tests.docs.building import DOCS

PAGE = (DOCS / "comparison.md").read_text("utf-8")
FILES = {
    "pyproject.toml": '[tool.migrate]\ngod_files = ["shop/tasks.py"]\n\n[tool.migrate.domains.email]\nfile = "shop/email_tasks.py"\ntasks = ["send_email"]\n',
    "shop/__init__.py": "from .celery import app\n",
    "shop/celery.py": 'from celery import Celery\n\napp = Celery("shop")\napp.autodiscover_tasks(["shop"])\n',
    "shop/tasks.py": "from celery import shared_task\n\n\ndef helper():\n    return 3\n\n\n# Goes out every morning.\n@shared_task\ndef send_email(to):\n    return helper()\n\n\n@shared_task\ndef other():\n    return send_email.delay(1)\n",
    "shop/views.py": 'from celery import current_app\n\nfrom shop.tasks import send_email\n\n\ndef view():\n    send_email.delay(2)\n    current_app.send_task("shop.tasks.send_email")\n',
    "shop/tests.py": 'from unittest import mock\n\nfrom shop.tasks import send_email\n\n\n@mock.patch("shop.tasks.helper")\ndef test(helper):\n    send_email(1)\n',
}


@pytest.fixture
def shop(here: Path) -> Path:
    return make_repository(here, FILES)


def imported(folder: Path, text: str) -> str:
    """What a Python says that imports the project and runs this."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", text],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


NAMES = "import shop.tasks as t; print(t.send_email.name, t.helper.__name__)"


def test_this_tool_keeps_name_patch_and_old_place(shop: Path, migrate: Terminal) -> None:
    migrate("apply", "--step", "split", "--checkout")
    assert imported(shop, NAMES) == "shop.tasks.send_email helper\n"
    moved = (shop / "shop" / "email_tasks.py").read_text()
    assert '# Goes out every morning.\n@shared_task(name="shop.tasks.send_email")\n' in moved
    assert 'patch("shop.email_tasks.helper")' in (shop / "shop" / "tests.py").read_text()
    assert "from shop.email_tasks import send_email" in (shop / "shop" / "views.py").read_text()
    proofs = git(shop, "log", "-1", "--format=%(trailers:key=Migrate-Proved,valueonly)")
    assert len(proofs.split(",")) == 20
    assert "[twenty proofs]" in PAGE


def test_rope_moves_the_function_and_knows_no_task(shop: Path) -> None:
    pytest.importorskip("rope", reason="rope is of the dependency group bench: make bench")
    mover = DOCS.parent / "tests" / "benchmarks" / "rope_move.py"
    words = [str(shop), "shop/tasks.py", "send_email", "shop/email_tasks.py"]
    subprocess.run([sys.executable, str(mover), *words], check=True, capture_output=True)
    moved = (shop / "shop" / "email_tasks.py").read_text()
    assert "# Goes out every morning.\n@shared_task\n" in moved
    assert 'patch("shop.tasks.helper")' in (shop / "shop" / "tests.py").read_text()
    assert "shop.email_tasks.send_email.delay(2)" in (shop / "shop" / "views.py").read_text()
    assert "circular import" in imported(shop, NAMES)


def test_its_figures_are_those_of_the_benchmarks() -> None:
    speed, benchmarks = (
        (DOCS / f"{name}.md").read_text("utf-8") for name in ("speed", "benchmarks")
    )
    shown = {
        "move one task took 13.6 s": re.search(r"rope 1.15, one task moved \| 13\.6 s", speed),
        "`apply` took 8.07 s": re.search(r"each proved \| 8\.07 s", speed),
        "files in 0.7 s": re.search(r"one pattern over the same tree \| 0\.69 s", speed),
        "`plan` takes 6.4 s": re.search(r"run in memory \| 6\.39 s", speed),
        "23 % against 42 %": re.search(r"\| 0 ms .*\+42 % \| \+23 % \| \+21 %", benchmarks),
        "(21 %)": re.search(r"\+21 %", benchmarks),
        "all eleven scenarios hold": re.search(r"(?:\n\| [^|]+ \| yes \|.*){11}", benchmarks),
    }
    assert {text for text, found in shown.items() if not (text in PAGE and found)} == set()
