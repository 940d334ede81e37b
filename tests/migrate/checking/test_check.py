"""`migrate check` on a work tree: its words, forms and exit codes."""

import json
import re
from pathlib import Path

import pytest

from tests.codemods.harness import PROJECT
from tests.command import Terminal, git, make_repository

TASK = "from celery import shared_task\n\n\n@shared_task(name='send')\ndef send():\n    return 1\n"
BOUND = "from shop.celery import app\n\n\n@app.task(name='late()')\ndef late():\n    return 1\n"


@pytest.fixture
def shop(here: Path) -> Path:
    """A committed project in which every rule is kept."""
    make_repository(here, {**PROJECT, "orders/tasks.py": TASK})
    return here


def test_a_clean_project_keeps_every_rule(shop: Path, migrate: Terminal) -> None:
    assert "1 task, 8 rules kept" in migrate("check").out
    assert migrate("check", "--json").json == {"findings": [], "format": 1}
    assert migrate("check", "--output-format", "github").out == ""


def test_a_finding_says_where_it_is_and_what_it_is(shop: Path, migrate: Terminal) -> None:
    (shop / "orders/late.py").write_text(BOUND)
    said = migrate("check", code=1).out
    assert "orders/late.py:5: CEL101 late is bound to one app: use @shared_task\n" in said
    assert "2 findings; what they mean: migrate explain CODE" in said
    assert migrate("check", "--select", "CEL301").out.startswith("2 tasks, 1 rule kept")
    first = migrate("check", "--output-format", "json", "--ignore", "parentheses", code=1).json
    assert first["findings"] == [
        {"code": "CEL101", "rule": "forbidden-decorators", "path": "orders/late.py", "line": 5,
         "message": "late is bound to one app: use @shared_task"}
    ]  # fmt: skip


def test_files_are_those_that_are_told_of(
    shop: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "orders/late.py").write_text(BOUND)
    assert migrate("check", "orders/tasks.py").out
    assert migrate("check", "orders/late.py", code=1).out
    monkeypatch.chdir(shop / "orders")
    assert "orders/late.py:5" in migrate("check", ".", code=1).out
    assert "is not in" in migrate("check", "../../x.py", code=2).err
    assert "there is no file 'gone.py'" in migrate("check", "gone.py", code=2).err


def test_only_what_was_added_since_the_work_left_a_revision(shop: Path, migrate: Terminal) -> None:
    (shop / "orders/late.py").write_text(BOUND)
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", "Late")
    git(shop, "switch", "-qc", "work")
    (shop / "orders/late.py").write_text("# more\n" + BOUND + BOUND.replace("late", "later"))
    found = migrate("check", "--base", "main", "--json", code=1).json["findings"]
    assert {item["message"].split()[0] for item in found} == {"later", "beat"}
    assert "'gone'" in migrate("check", "--base", "gone", code=2).err


def test_a_ratchet_only_shrinks(
    shop: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    (shop / "orders/late.py").write_text(BOUND)
    words = ("check", "--ratchet", "celery.json")
    assert "celery.json lets 2 findings be: commit it" in migrate(*words).err
    first = (shop / "celery.json").read_bytes()
    assert migrate(*words).err == ""
    (shop / "orders/later.py").write_text(BOUND.replace("late", "later"))
    assert "later is bound" in migrate(*words, code=1).out
    assert (shop / "celery.json").read_bytes() == first
    (shop / "orders/later.py").unlink()
    (shop / "orders/late.py").write_text(BOUND.replace("()'", "'"))
    assert "celery.json has 1 fewer: commit it" in migrate(*words).err
    assert "late()" not in (shop / "celery.json").read_text()


def test_in_ci_a_ratchet_is_read_alone(
    shop: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    words = ("check", "--ratchet", "celery.json")
    assert "there is no 'celery.json'" in migrate(*words, code=2).err
    kept = '{"format": 1, "findings": {"CEL101": {"orders/tasks.py": ["gone"]}}}'
    (shop / "celery.json").write_text(kept)
    assert "1 of celery.json are mended" in migrate(*words).err
    assert (shop / "celery.json").read_text() == kept


def test_rules_of_the_configuration(shop: Path, migrate: Terminal) -> None:
    (shop / "migrate.toml").write_text('[check]\nselect = ["CEL401"]\n')
    assert "CEL401" in migrate("check", code=1).out
    assert "there is no rule 'CEL9x'" in migrate("check", "--select", "CEL9x", code=2).err


def test_a_file_that_can_not_be_read_is_told_and_the_rest_looked_at(
    shop: Path, migrate: Terminal
) -> None:
    (shop / "orders/broken.py").write_text("import celery\n@celery.shared_task\ndef (\n")
    said = migrate("check")
    assert "orders/broken.py:3: invalid syntax" in said.err
    run = json.loads(migrate("check", "--output-format", "sarif").out)["runs"][0]
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == 1


def test_the_rules_are_listed(here: Path, migrate: Terminal) -> None:
    assert re.search(
        r"^CEL101  on   forbidden-decorators +task bound", migrate("check", "--rules").out
    )


def test_a_remark_with_a_reason_lets_a_finding_be(shop: Path, migrate: Terminal) -> None:
    text = BOUND.replace("()'", "'").replace(
        ")\ndef", ")  # migrate: ignore[CEL101] its own app\ndef"
    )
    (shop / "orders/late.py").write_text(text)
    assert "rules kept" in migrate("check").out
