"""Questions one by one: no answer is lost, nothing is taken that nobody took."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from migrate.cli import interactive
from tests.command import Terminal, commit_files, git, make_repository
from tests.migrate.test_json import FILES

TASK = '"""Mail."""\n\nfrom celery import shared_task\n\n\n@shared_task(name="{0}"{1})\ndef {0}(user):\n    return user\n'
TWICE = FILES | {
    f"shop/{place}_{name}.py": TASK.format(name, options)
    for name in ("mail", "post")
    for place, options in (("a", ""), ("b", ", max_retries=3"))
}
Type = Callable[..., list[str]]


@pytest.fixture
def shop(here: Path) -> Path:
    return make_repository(here, TWICE)


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Type:
    """A person who types these words; the prompts that were answered."""

    def begin(*words: str) -> list[str]:
        left, prompts = list(words), list[str]()

        def typed(prompt: str) -> str:
            prompts.append(prompt)
            if not left:
                raise EOFError
            return left.pop(0)

        monkeypatch.setattr("builtins.input", typed)
        monkeypatch.setattr("migrate.cli.apply.check_terminal", lambda: None)
        return prompts

    return begin


def accepted(shop: Path) -> dict[str, bool]:
    plan = tomllib.loads((shop / ".migrate/plan.toml").read_text())
    return {item["name"]: item["accepted"] for item in plan["dedupe"]}


def test_no_terminal_is_told_what_to_type(shop: Path, migrate: Terminal) -> None:
    said = migrate("apply", "--interactive", code=2).err
    assert "Answer in .migrate/plan.toml, then: migrate apply" in said
    assert not (shop / ".migrate").exists()


@pytest.mark.parametrize("word", ["--accept", "--json"])
def test_what_asks_nobody_does_not_ask(word: str, shop: Path, migrate: Terminal) -> None:
    assert "say one of them" in migrate("apply", "--interactive", word, code=2).err


def test_enter_takes_nothing_and_yes_takes_one(shop: Path, migrate: Terminal, types: Type) -> None:
    prompts = types("?", "", "y")
    said = migrate("apply", "--interactive", "--step", "dedupe", code=1).out
    assert prompts == ["Take this suggestion [y,N,e,q,?]? "] * 3
    assert "(1/2) dedupe: mail  options differ" in said
    assert '+@shared_task(name="mail", max_retries=3)' in said or "max_retries=3" in said
    assert said.count("take the suggestion") == 1
    assert accepted(shop) == {"mail": False, "post": True}
    assert "1 decision waits" in said
    assert git(shop, "log", "--format=%s", "migrate/head").count("dedupe") == 1


def test_a_stop_loses_no_answer_and_applies_nothing(
    shop: Path, migrate: Terminal, types: Type
) -> None:
    types("y", "q")
    said = migrate("apply", "--interactive", code=1).out
    assert "stopped: 1 answer kept in .migrate/plan.toml, nothing was applied" in said
    assert accepted(shop) == {"mail": True, "post": False}
    assert git(shop, "branch", "--list", "migrate/*") == ""
    prompts = types()
    migrate("apply", "--interactive", code=1)
    assert len(prompts) == 1
    assert accepted(shop) == {"mail": True, "post": False}


def test_an_entry_is_edited_until_it_can_be_read(
    shop: Path, migrate: Terminal, types: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[str] = []

    def edited(text: str, name: str) -> str:
        texts.append(text)
        return text + "?" if len(texts) == 1 else text.rstrip("?")

    monkeypatch.setattr(interactive, "edited", edited)
    prompts = types("e", "", "n")
    said = migrate("apply", "--interactive", "--step", "dedupe", code=1).out
    assert "this is not TOML" in said
    assert prompts[1] == "Edit it again [Y,n]? "
    assert texts[0].count("accepted = true") == 1
    assert texts[1] == texts[0] + "?"
    assert accepted(shop) == {"mail": True, "post": False}


@pytest.mark.parametrize(("word", "taken"), [("", False), ("y", True)])
def test_an_entry_that_was_only_looked_at_is_asked_about(
    shop: Path,
    migrate: Terminal,
    types: Type,
    monkeypatch: pytest.MonkeyPatch,
    word: str,
    taken: bool,
) -> None:
    monkeypatch.setattr(interactive, "edited", lambda text, name: text)
    prompts = types("e", word, "n")
    migrate("apply", "--interactive", "--step", "dedupe", code=1)
    assert prompts[1] == "Nothing was changed. Take it as it is [y,N]? "
    assert accepted(shop) == {"mail": taken, "post": False}


def test_an_answer_has_a_number(shop: Path, migrate: Terminal, types: Type) -> None:
    gone = '{"jobs": {"task": "gone", "schedule": 5, "options": {"queue": "jobs", "expires": 5}}}'
    text = f'from celery import Celery\n\napp = Celery("shop")\napp.conf.beat_schedule = {gone}\n'
    commit_files(shop, {"shop/celery.py": text}, "An orphan")
    prompts = types("y", "9", "2")
    said = migrate("apply", "--interactive", "--step", "beat", "--dry-run", code=None).out
    assert prompts == ["Answer [1,2,3,N,e,q,?]? "] * 3
    assert "it does not take 'y' as an answer" in said
    plan = tomllib.loads((shop / ".migrate/plan.toml").read_text())
    answers = [item["answer"] for item in plan["beat"] if item["type"] == "orphan"]
    assert answers == ["remove"]


def test_a_key_that_is_none_is_said(shop: Path, migrate: Terminal, types: Type) -> None:
    types("x", "?", "n", "q")
    said = migrate("apply", "--interactive", code=1).out
    assert said.count("no key here is") == 1
    assert "no key here is 'x': type one of these\ny  take the suggestion" in said


def test_questions_are_numbered_over_all_steps_as_plan_counts_them(
    shop: Path, migrate: Terminal, types: Type
) -> None:
    gone = '{"jobs": {"task": "gone", "schedule": 5, "options": {"queue": "jobs", "expires": 5}}}'
    text = f'from celery import Celery\n\napp = Celery("shop")\napp.conf.beat_schedule = {gone}\n'
    commit_files(shop, {"shop/celery.py": text}, "An orphan")
    assert "asks the 3 questions first" in migrate("plan").out
    types("y", "n", "n")
    said = migrate("apply", "--interactive", "--dry-run", code=None).out
    assert [f"({n}/3) " in said for n in (1, 2, 3)] == [True] * 3
