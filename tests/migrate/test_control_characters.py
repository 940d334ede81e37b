"""Names with control characters are shown, committed and kept as text that does nothing."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from codemods.notes.visible import json_escaped, visible, visible_lines
from tests.command import Terminal, git, make_repository
from tests.migrate.test_json import FILES

RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\u2028]")
TITLE = "\x1b]0;owned\x07"
NAME = TITLE + "\x9b2J\x7f\u202e[/bold]job()"
FORGED = "x\n\nMigrate-Step: split\nnext: rm -rf ~()"
TASK = "from shop.celery import app\n\n\n@app.task(name={!r})\ndef {}():\n    pass\n"


@pytest.fixture
def shop(here: Path) -> Path:
    twice = TASK.format(TITLE + "twice", "twice")
    return make_repository(
        here,
        {
            **FILES,
            "shop/named.py": TASK.format(NAME, "named"),
            "shop/forged.py": TASK.format(FORGED, "forged"),
            f"shop/{TITLE}evil.py": TASK.format("evil()", "evil") + f"# {TITLE}\n",
            f"shop/{TITLE}broken\n.py": f"def ( # {TITLE}\n",
            "shop/one.py": twice,
            "shop/two.py": twice.replace("pass", f"print('{TITLE}')"),
            "[/red]/manage.py": "",
        },
    )


VERBS = (
    ("plan",),
    ("plan", "--notes"),
    ("plan", "--diff"),
    ("plan", "--json"),
    ("apply", "--accept", "--dry-run", "--diff"),
    ("apply", "--accept"),
    ("status",),
    ("status", "--json"),
    ("report",),
    ("report", "--format", "markdown"),
    ("report", "--json"),
    ("verify",),
    ("verify", "--json"),
    ("explain", "split"),
    ("rollback", "--json"),
)


def test_no_verb_lets_one_through(shop: Path, migrate: Terminal) -> None:
    for words in VERBS:
        said = migrate(*words)
        assert RAW.findall(said.out + said.err) == [], words
        if "--json" in words:
            assert said.json
        if words == ("plan", "--notes"):
            assert "\\x1b]0;owned\\x07" in said.out
        if words == ("plan", "--json"):
            assert {NAME, FORGED} <= {task["name"] for task in said.json["tasks"]}


def test_commits_and_notes_hold_none_and_forge_nothing(shop: Path, migrate: Terminal) -> None:
    (shop / "pyproject.toml").write_text(
        '[[tool.migrate.codemods]]\nname = "mine"\nlibcst = "\\u001b]0;owned\\u0007.py:X"\n'
    )
    migrate("plan", "--accept")
    migrate("apply", "--through-gates", code=1)
    messages = git(shop, "log", "--format=%B", "main..migrate/head")
    assert RAW.findall(messages) == []
    assert "\\x1b]0;owned\\x07" in messages
    applied = [line for line in messages.splitlines() if line.startswith("Migrate-Step: ")]
    assert "Migrate-Step: split" not in applied
    assert not any(line.startswith("next: rm") for line in messages.splitlines())
    notes = (shop / ".migrate" / "notes.txt").read_text()
    assert RAW.findall(notes) == []
    assert "owned" in notes
    migrate("verify")


def test_the_plan_holds_none_and_means_the_same(shop: Path, migrate: Terminal) -> None:
    migrate("plan", "--accept")
    text = (shop / ".migrate" / "plan.toml").read_text()
    assert RAW.findall(text) == []
    assert NAME in {entry.get("old") for entry in tomllib.loads(text)["aliases"]}
    assert "changed" not in migrate("apply", "--through-gates").err


def test_errors_hold_none(shop: Path, migrate: Terminal) -> None:
    (shop / "pyproject.toml").write_text(f'[tool.migrate]\n"\\u001b{TITLE[1:-1]}\\u0007" = 1\n')
    assert RAW.findall(migrate("plan", code=2).err) == []
    assert RAW.findall(migrate("plan", "--rev", TITLE, code=2).err) == []


def test_a_page_that_is_written_holds_none(shop: Path, migrate: Terminal) -> None:
    (shop / "pyproject.toml").write_text(
        '[tool.migrate]\ngod_files = ["shop/\\u001b]0;owned\\u0007evil.py"]\n'
    )
    for form in ("terminal", "markdown", "html", "json"):
        migrate("report", "--format", form, "--out", "page")
        text = (shop / "page").read_text()
        assert RAW.findall(text) == []
        assert "owned" in text or form == "json"


def test_the_audit_lets_none_through(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from migrate import audit

    for words in ((), ("--rules",), ("--duplicates-only",), ("--generate-report",)):
        monkeypatch.setattr("sys.argv", ["celery-audit", *words])
        audit.main()
        said = capsys.readouterr()
        assert RAW.findall(said.out + said.err) == [], words
    assert RAW.findall((shop / audit.REPORT).read_text()) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain \u00e9 \u540d [x]", "plain \u00e9 \u540d [x]"),
        ("a\tb\nc\r\nd\re", "a\tb\nc\r\nd\\x0de"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202ecod.py", "\\u202ecod.py"),
        ("\udcff.py", "\\xff.py"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("\x00", "\\x00"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
    ],
)
def test_what_acts_is_written_as_an_escape(text: str, shown: str) -> None:
    assert visible_lines(text) == shown
    assert visible_lines(shown) == shown
    assert visible(text) == shown.replace("\r\n", "\\x0d\\x0a").replace("\n", "\\x0a").replace(
        "\t", "\\x09"
    )


def test_json_stays_the_same_value() -> None:
    value = {"a": "\x7f\x9b\u202e\U000e0041\n\x1b"}
    text = json_escaped(json.dumps(value, ensure_ascii=False, indent=2))
    assert json.loads(text) == value
    assert RAW.findall(text) == []
