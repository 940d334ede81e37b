"""`migrate check --fix`: what it writes, shows and leaves alone."""

from pathlib import Path

import pytest

from tests.codemods.harness import PROJECT
from tests.command import Terminal, make_repository

TASK = "from celery import shared_task\n\n\n@shared_task{}\ndef send():\n    return 1\n"
UNUSED = TASK.format("  # migrate: ignore[CEL101] an app of its own")


@pytest.fixture
def shop(here: Path) -> Path:
    """A project with one remark that ignores nothing."""
    make_repository(here, {**PROJECT, "orders/tasks.py": UNUSED})
    return here


def test_a_remark_that_ignores_nothing_is_shown_then_taken_out(
    shop: Path, migrate: Terminal
) -> None:
    file = shop / "orders/tasks.py"
    file.chmod(0o755)
    shown = migrate("check", "--fix", "--diff", code=1).out
    assert "--- a/orders/tasks.py" in shown
    assert "\n-@shared_task  # migrate: ignore" in shown
    assert file.read_text() == UNUSED
    said = migrate("check", "--fix")
    assert "1 finding mended in 1 file: remarks that ignored nothing are out" in said.err
    assert "rules kept" in said.out
    assert file.read_text() == TASK.format("")
    assert file.stat().st_mode & 0o777 == 0o755
    assert migrate("check", "--diff").out == ""


def test_only_files_that_were_named_are_written(shop: Path, migrate: Terminal) -> None:
    migrate("check", "--fix", "shop/celery.py")
    assert (shop / "orders/tasks.py").read_text() == UNUSED


def test_what_a_plan_has_to_mend_stays(shop: Path, migrate: Terminal) -> None:
    bound = "from shop.celery import app\n\n\n@app.task(name='late()')\ndef late():\n    return 1\n"
    (shop / "orders/late.py").write_text(bound)
    assert "2 findings left; " in migrate("check", "--fix", code=1).out
    assert "nothing was mended: --fix takes out" in migrate("check", "--fix", code=1).err
    assert (shop / "orders/late.py").read_text() == bound


def test_a_file_behind_a_link_stays(shop: Path, migrate: Terminal) -> None:
    kept = shop / "kept"
    (shop / "orders/tasks.py").rename(kept)
    (shop / "orders/tasks.py").symlink_to(kept)
    assert "CEL902" in migrate("check", "--fix", code=1).out
    assert kept.read_text() == UNUSED
