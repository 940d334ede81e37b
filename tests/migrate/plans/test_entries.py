"""One decision of a plan, shown, edited, and put back without touching its neighbours."""

import tomllib
from pathlib import Path

import pytest

from codemods.beat.values import Orphan
from codemods.dedupe import Merge
from migrate.errors import SafetyError, UsageError
from migrate.plans.entries import (
    Open,
    entry_text,
    keep_answer,
    offers,
    read_entry,
    with_answer,
    with_entry,
)
from migrate.steps import BY_NAME

MERGE = Merge(
    "merge:send", "b.py is nearer", "send", "b.py::send", "a.py::send", "options", False, "-x\n+y"
)
ORPHAN = Orphan("orphan:mail", "no such task", key="mail", task="gone", near="send")
ASKED = Open(BY_NAME["dedupe"], MERGE)
PLAN = """# mine
revision = "1"

[[dedupe]]  # a remark
type = "merge"
id = "merge:other"
accepted = false

[[dedupe]]
type = "merge"
id = "merge:send"
because = "b.py is nearer"
name = "send"
place = "b.py::send"
text = "a.py::send"
difference = "options"
accepted = false
diff = "-x\\n+y"
comments = []
"""


def test_an_entry_is_shown_without_what_the_source_says() -> None:
    text = entry_text(MERGE)
    assert "diff =" not in text
    assert read_entry(ASKED, text) == MERGE
    assert read_entry(ASKED, text.replace("false", "true")) == MERGE.taken()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("accepted = false", "accepted = ", "this is not TOML: "),
        ("accepted = false", "accepted = 3", "accepted must be true or false"),
        ("place", "plase", 'unknown key "plase"; did you mean "place"?'),
        ("merge:send", "merge:other", '"id" must stay "merge:send"'),
    ],
)
def test_what_is_wrong_is_told(old: str, new: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("?", "[?]")):
        read_entry(ASKED, entry_text(MERGE).replace(old, new, 1))


def test_only_its_own_entry_changes() -> None:
    made = with_entry(PLAN, BY_NAME["dedupe"], MERGE.taken())
    assert made == PLAN.replace("accepted = false\ndiff", "accepted = true\ndiff")


def test_an_entry_that_is_gone_is_told() -> None:
    with pytest.raises(UsageError, match="Plan again: migrate plan"):
        with_entry('revision = "1"\n', BY_NAME["dedupe"], MERGE)


def test_an_answer_is_kept_in_the_plan(tmp_path: Path) -> None:
    own = tmp_path / ".migrate"
    own.mkdir()
    (own / "plan.toml").write_text(PLAN)
    keep_answer(own, BY_NAME["dedupe"], MERGE.taken())
    assert tomllib.loads((own / "plan.toml").read_text())["dedupe"][1]["accepted"]
    (own / "plan.toml").unlink()
    (own / "plan.toml").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").write_text(PLAN)
    with pytest.raises(SafetyError, match="symbolic link"):
        keep_answer(own, BY_NAME["dedupe"], MERGE.taken())


def test_answers_are_those_that_the_question_offers() -> None:
    assert offers(MERGE) == ()
    assert offers(ORPHAN) == ("point-to send", "remove", "keep")
    assert with_answer(ORPHAN, "gone") is None
    kept = with_answer(ORPHAN, "keep")
    assert kept is not None
    assert not kept.waits
    assert with_answer(MERGE, "keep") is None
