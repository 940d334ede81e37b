"""Notes on the command line: a short page of many, `--notes`, one kind of them, `explain CODE`."""

import re
from pathlib import Path

import pytest

from codemods.notes.codes import KINDS, code_of
from tests.command import Terminal, commit_files, make_repository
from tests.migrate.test_json import FILES, ORPHANED, valid

NEVER = 'from celery import shared_task\n\n\n@shared_task(name="never_{0}")\ndef one():\n    pass\n\n\n@shared_task(name="never_{0}_b")\nasync def two():\n    pass\n'
ENTRIES = ", ".join(f'"entry{n}": {{"task": "gone{n}", "schedule": 5}}' for n in range(40))
MANY = {
    "manage.py": "",
    "shop/__init__.py": "",
    "shop/celery.py": f"import os\n\nfrom celery import Celery\n\napp = Celery('shop', fixups=[], include={[f'shop.by_app{n}' for n in range(11)]})\n"
    f"app.conf.beat_schedule = {{{ENTRIES}, 'computed': {{'task': os.environ['TASK'], 'schedule': 5}}}}\n",
    "shop/settings.py": 'INSTALLED_APPS = ["shop"]\nCELERY_BEAT_SCHEDULE = {"a": {"task": "never_1", "schedule": 5}}\n',
    "pyproject.toml": '[tool.migrate.names.rename]\n"nothing" = "something"\n',
    **{f"shop/never/never{n}.py": NEVER.format(n) for n in range(24)},
    **{f"shop/broken{n}.py": "print 3\n" for n in range(9)},
    **{
        f"shop/by_app{n}.py": f'from shop.celery import app\n\n\n@app.task(name="bound_{n}()")\ndef one():\n    pass\n'
        for n in range(11)
    },
}


@pytest.fixture
def many(here: Path) -> Path:
    return make_repository(here, MANY)


@pytest.fixture
def shop(here: Path) -> Path:
    return make_repository(here, ORPHANED)


def notes_on(page: str) -> list[str]:
    """The lines of a page from the head of the notes to the empty line below them."""
    lines = page.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("notes ("))
    return lines[first : lines.index("", first)]


@pytest.mark.parametrize("columns", ["80", "120"])
def test_a_hundred_notes_are_a_dozen_lines(
    columns: str, many: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = notes_on(migrate("plan").out)
    count = int(lines[0].removeprefix("notes (").removesuffix(")"))
    assert count > 100
    assert len(lines) <= 12
    assert count == len(migrate("plan", "--json").json["notes"])
    page = " ".join(" ".join(lines).split())
    where = " in 24 files" if columns == "120" else ""
    assert f"48 tasks{where} that no worker loads: shop/never/never0.py:5, …" in page
    assert "11 files keeping @app.task until the app is certain" in page
    assert "9 files that can't be read as Python" in page


def test_one_cause_is_one_line_of_all_notes(many: Path, migrate: Terminal) -> None:
    said = migrate("plan", "--notes").out
    (never,) = [line for line in said.splitlines() if "(shop/never/never0.py: 5, 10" in line]
    assert never.count("shop/never/") == 24
    (unknown,) = [line for line in said.splitlines() if "shop.celery.app is made with" in line]
    assert unknown.count("shop/by_app") == 11
    heads = re.findall(r"^([a-z-]+): ", said, re.MULTILINE)
    asking = [code_of(code).asks for code in heads]
    assert asking == sorted(asking, reverse=True)
    assert len(heads) == len(set(heads)) > 5


def test_many_places_are_one_a_line_where_a_person_reads(many: Path, terminal: Terminal) -> None:
    said = terminal("plan", "--notes").out
    assert "    shop/never/never0.py: 5, 10\n    shop/never/never1.py: 5, 10\n" in said
    assert max(map(len, said.splitlines())) <= 80
    few = [line for line in said.splitlines() if line.startswith("    ") and "(" in line]
    assert not [line for line in few if line.count(".py") > 3]


def test_one_kind_of_notes_in_full(many: Path, migrate: Terminal) -> None:
    lines = migrate("plan", "--notes", "never-loaded", "-C", many).out.splitlines()
    assert len(lines) == 48
    assert lines[0].startswith("shop/never/never0.py:5: never-loaded: no worker loads ")
    assert migrate("plan", "never-loaded", "--notes").out.splitlines() == lines
    assert migrate("plan", "--notes=never-loaded", "-C", many).out.splitlines() == lines


def test_the_flag_works_alone_and_before_other_words(shop: Path, migrate: Terminal) -> None:
    alone = migrate("plan", "--notes").out
    assert "orphan: 1 beat entry with a task that doesn't exist" in alone
    assert migrate("plan", "--notes", "-C", shop).out == alone
    assert migrate("plan", "-C", shop, "--notes").out == alone
    assert migrate("plan", "--notes=").out == alone


def test_no_notes_of_a_kind(shop: Path, migrate: Terminal) -> None:
    assert migrate("plan", "--notes", "rename-clash").out == "no notes of the kind rename-clash\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--notes", "orphans"], "there is no kind of note 'orphans'. Did you mean orphan?"),
        (["--notes", "never"], "there is no kind of note 'never'. Did you mean never-loaded?"),
        (["--notes=never"], "there is no kind of note 'never'. Did you mean never-loaded?"),
        (["--notes", "zzz"], "there is no kind of note 'zzz'. Those that there are here: migrate plan --notes; all kinds: migrate explain\n"),
        (["--notes", "god-file"], "there is no kind of note 'god-file'"),
        (["orphan"], "a kind of note is shown with --notes: migrate plan --notes orphan"),
    ],
)  # fmt: skip
def test_wrong_words(words: list[str], said: str, here: Path, migrate: Terminal) -> None:
    found = migrate("plan", *words, code=2)
    assert found.err.startswith(f"migrate: {said}")
    assert found.out == ""


def test_json_has_each_note_with_its_cause(many: Path, migrate: Terminal) -> None:
    notes = migrate("plan", "--json").json["notes"]
    never = [note for note in notes if note["code"] == "never-loaded"]
    assert len(never) == 48
    assert len({note["cause"] for note in never}) == 1
    assert not any(note["asks"] for note in never)
    orphans = [note for note in notes if note["code"] == "orphan"]
    assert all(note["asks"] and note["cause"] == note["message"] for note in orphans)


def test_notes_of_apply_have_first_what_asks_for_something(shop: Path, migrate: Terminal) -> None:
    held = '"""create_job() is sent by others."""\nNAME = {"create_job()": 1}\n'
    commit_files(shop, {"README.md": "create_job()\n", "shop/more.py": held}, "More")
    commit_files(
        shop, {"pyproject.toml": '[tool.migrate.names.rename]\n"no" = "yes"\n'}, "Configure"
    )
    migrate("apply", "--through-gates", code=1)
    lines = (shop / ".migrate" / "notes.txt").read_text().splitlines()
    codes = [line.split(": ")[2] for line in lines]
    assert {"setting-unused", "name-as-data"} <= set(codes)
    assert any(": pyproject.toml:2: setting-unused: " in line for line in lines)
    asking = [code_of(code).asks for code in codes]
    assert asking == sorted(asking, reverse=True)


def test_a_setting_that_matches_nothing_is_a_note_with_its_line(
    here: Path, migrate: Terminal
) -> None:
    make_repository(here, FILES | {"migrate.toml": 'exclude = [\n    "shp",\n]\n'})
    notes = [n for n in migrate("plan", "--json").json["notes"] if n["code"] == "setting-unused"]
    assert [(note["path"], note["line"]) for note in notes] == [("migrate.toml", 2)]
    assert "1 setting without effect: migrate.toml:2" in migrate("plan").out
    assert '"shop" is near' in migrate("plan", "--notes", "setting-unused").out


def test_explain_says_what_a_note_means(here: Path, migrate: Terminal) -> None:
    said = migrate("explain", "never-loaded").out
    assert "No worker imports the module" in said
    assert "to do: name the module in the app's include=[...]" in said
    assert "migrate plan --notes never-loaded" in said
    assert "there is nothing to do" in migrate("explain", "exception").out
    rule = migrate("explain", "parentheses").out
    assert "CEL201, a rule of migrate check" in rule
    assert migrate("explain", "cel201").out == rule
    assert "--notes" not in rule


def test_explain_a_note_in_json(shop: Path, migrate: Terminal) -> None:
    found = valid("explain", migrate("explain", "orphan", "--json").json)
    assert (found["kind"], found["name"], found["asks"]) == ("note", "orphan", True)
    assert found["do"].startswith("write the right name")
    assert valid("explain", migrate("explain", "god-file", "--json").json)["kind"] == "rule"
    assert valid("explain", migrate("explain", "names", "--json").json)["kind"] == "step"


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("orphans", "Did you mean orphan or orphaned-tasks? "),
        ("expire", "Did you mean expires, expiry or no-expiry? "),
        ("cel1001", "Did you mean CEL101, CEL901 or CEL501? "),
        ("root", "Did you mean roots, route or routes? "),
        ("xyzzy", ""),
    ],
)
def test_explain_what_there_is_not(word: str, near: str, shop: Path, migrate: Terminal) -> None:
    said = migrate("explain", word, code=2).err
    assert said == (
        f"migrate: there is nothing called '{word}' to explain. {near}All that there is: migrate explain\n"
    )


def test_explain_alone_lists_all_that_there_is(here: Path, migrate: Terminal) -> None:
    said = migrate("explain").out
    names = {line.split()[0] for line in said.splitlines() if line.startswith("  ")}
    assert names >= {"split", "roots", "CEL201", "merge", *KINDS}
    assert max(map(len, said.splitlines())) <= 80
    found = valid("explain", migrate("explain", "--json").json)
    assert (found["kind"], found["text"]) == ("list", said.removesuffix("\n"))


@pytest.mark.parametrize("kind", ["expires", "merge", "queue"])
def test_explain_a_kind_of_decision(kind: str, here: Path, migrate: Terminal) -> None:
    said = migrate("explain", kind).out
    assert said.startswith(f"{kind}  a decision of the step ")
    assert ("to answer: " in said) is (kind != "queue")
    found = valid("explain", migrate("explain", kind, "--json").json)
    assert (found["kind"], found["asks"]) == ("decision", kind != "queue")
