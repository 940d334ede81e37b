"""The words that every verb knows, before its name and behind it."""

import logging
from pathlib import Path

import pytest

from codemods.notes.codes import KINDS
from migrate import __version__
from migrate.cli import completing
from migrate.cli.verbs import VERBS
from migrate.steps import BUILT_IN, Step
from tests.command import Terminal, make_repository
from tests.migrate.test_json import FILES


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_repository(tmp_path_factory.mktemp("shop"), FILES)


def test_the_version_names_the_python_that_parses(migrate: Terminal) -> None:
    said = migrate("--version").out
    assert said.startswith(f"migrate {__version__} (celery-converge), Python 3.")


def test_a_short_help_is_the_long_one(migrate: Terminal) -> None:
    assert migrate("-h").out == migrate("--help").out
    assert migrate("status", "-h").out == migrate("status", "--help").out


def test_every_verb_knows_the_shared_words(migrate: Terminal) -> None:
    for verb in ("status", "demo", "trust"):
        said = migrate(verb, "-h").out
        assert all(word in said for word in ("-q, --quiet", "-v, --verbose", "--no-pager")), verb
    assert all(verb in migrate("-h").out for verb in VERBS)


@pytest.mark.parametrize("flag", [["-C", "@"], ["-C@"], ["--project", "@"], ["--project=@"]])
def test_the_folder_stands_before_or_behind(
    flag: list[str], shop: Path, here: Path, migrate: Terminal
) -> None:
    words = [word.replace("@", str(shop)) for word in flag]
    before, behind = migrate(*words, "status").out, migrate("status", *words).out
    assert before == behind != ""


def test_the_folder_behind_the_verb_counts(shop: Path, here: Path, migrate: Terminal) -> None:
    assert migrate("-C", here / "nowhere", "status", "-C", shop).out


def test_a_verb_without_a_folder_says_so(here: Path, migrate: Terminal) -> None:
    said = migrate("-C", here, "demo", code=2).err
    assert said == "migrate: 'migrate demo' takes no -C. See: migrate demo --help\n"


def test_quiet_says_nothing_but_what_was_asked(shop: Path, migrate: Terminal) -> None:
    for words in (["-q", "plan", "--check"], ["plan", "--check", "-q"]):
        found = migrate(*words, "-C", shop, code=1)
        assert (found.out, found.err) == ("", "")
    assert migrate("plan", "-q", "--json", "-C", shop).json["format"] == 1
    assert migrate("-q", "status", "-C", shop).out
    assert "no verb" not in migrate("-q", "plan", "-C", shop / "none", code=2).err != ""


def test_details_are_files_and_steps_then_git(shop: Path, migrate: Terminal) -> None:
    told = migrate("plan", "-v", "-C", shop).err
    assert "decorators: 1 decision" in told
    assert "git rev-parse" not in told
    assert "git rev-parse" in migrate("-v", "plan", "-v", "-C", shop).err
    assert migrate("plan", "-C", shop).err == ""
    assert logging.getLogger("migrate").handlers == []


def test_what_is_offered_is_what_there_is() -> None:
    assert tuple(step.name for step in BUILT_IN) == completing.STEPS
    assert [name for name, _ in completing.codes("")] == list(KINDS)
    assert completing.steps("de") == ["default-app", "dedupe", "decorators"]
    assert completing.levels("static,b") == ["static,boot"]
    assert {"split", "roots", "orphan"} <= set(completing.topics(""))


def test_a_shell_is_offered_steps(
    migrate: Terminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_MIGRATE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "migrate rollback --to de")
    monkeypatch.setenv("COMP_CWORD", "3")
    with pytest.raises(SystemExit):
        migrate()
    assert capsys.readouterr().out.split() == ["default-app", "dedupe", "decorators"]


def test_each_verb_is_a_line_of_the_help(
    migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    listed = migrate("-h").out.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == list(VERBS)


@pytest.mark.parametrize("step", BUILT_IN, ids=lambda step: step.name)
def test_the_example_of_a_step_fits_into_80_columns(step: Step) -> None:
    assert [line for line in step.about.splitlines()[1:] if len(line) > 79] == []
