"""`migrate check` on files that are hard to read, to name or to find."""

import json
from pathlib import Path

import pytest

from tests.codemods.harness import PROJECT
from tests.command import Terminal, git, make_repository

BOUND = "from shop.celery import app\n\n\n@app.task\ndef late():\n    return 1\n"


@pytest.fixture
def shop(here: Path) -> Path:
    """A committed project without tasks."""
    make_repository(here, PROJECT)
    return here


def told(migrate: Terminal, *words: str) -> list[tuple[str, int]]:
    """The files and lines of the findings."""
    found = migrate("check", "--json", *words, code=None).json["findings"]
    return [(item["path"], item["line"]) for item in found]


@pytest.mark.parametrize(
    "data",
    [
        BOUND.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + BOUND.encode(),
        b"# -*- coding: latin-1 -*-  \xe4\n" + BOUND.encode(),
    ],
)
def test_line_ends_marks_and_codings(shop: Path, migrate: Terminal, data: bytes) -> None:
    (shop / "orders/late.py").write_bytes(data)
    remark = b"@app.task  # migrate: ignore[CEL101] an app of its own"
    assert told(migrate) == [("orders/late.py", 5 + data.startswith(b"# -*-"))]
    (shop / "orders/late.py").write_bytes(data.replace(b"@app.task", remark))
    assert told(migrate) == []


def test_bytes_that_are_no_text_stop_nothing(shop: Path, migrate: Terminal) -> None:
    unused = b"# migrate: ignore[CEL201] for a reason \xff\n"
    (shop / "orders/bytes.py").write_bytes(b"import celery\n" + unused)
    (shop / "orders/late.py").write_text(BOUND)
    assert ("orders/late.py", 5) in told(migrate)


def test_a_line_about_a_file_is_one_line_however_long(
    shop: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    (shop / "orders/broken.py").write_text("import celery\n@celery.shared_task\ndef (\n")
    (line,) = migrate("check").err.splitlines()
    assert line.startswith("orders/broken.py:3: invalid syntax")


def test_links_are_named_by_their_own_place(shop: Path, migrate: Terminal) -> None:
    (shop / "orders/late.py").write_text(BOUND)
    (shop / "orders/link.py").symlink_to("gone.py")
    (shop / "away").symlink_to(shop.parent)
    assert told(migrate) == [("orders/late.py", 5)]
    outside = shop.parent / "outside.py"
    outside.write_text(BOUND)
    assert "is not in" in migrate("check", "away/outside.py", code=2).err


def test_names_can_not_begin_a_command(shop: Path, migrate: Terminal) -> None:
    (shop / "orders/a\n::error::%0A.py").write_text(BOUND)
    (line,) = migrate("check", "--output-format", "github", code=1).out.splitlines()
    assert line.startswith("::warning file=orders/a\\x0a%3A%3Aerror%3A%3A%250A.py,line=5")
    log = json.loads(migrate("check", "--output-format", "sarif", code=1).out)
    (result,) = log["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "orders/a%0A%3A%3Aerror%3A%3A%250A.py"


def test_where_nothing_was_committed_no_task_is_new(here: Path, migrate: Terminal) -> None:
    for path, data in PROJECT.items():
        (here / path).parent.mkdir(parents=True, exist_ok=True)
        (here / path).write_text(str(data))
    (here / "orders/tasks.py").write_text("from celery import shared_task\n\n\n@shared_task\ndef one(): ...\n")  # fmt: skip
    (here / "migrate.toml").write_text('god_files = ["orders/tasks.py"]\n')
    assert told(migrate) == []
    git(here, "init", "-q")
    assert told(migrate) == []
    git(here, "commit", "-q", "--allow-empty", "-m", "First")
    assert told(migrate) == [("orders/tasks.py", 5)]
