"""Each command line on a page of the documentation is one that the tool takes."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from codemods.notes.codes import KINDS
from migrate.audit import arguments
from migrate.cli import app
from migrate.cli.reasons import TOPICS
from migrate.cli.topics import kinds_of
from migrate.cli.verbs import VERBS
from migrate.steps import Steps
from tests.docs.commands import EXAMPLES, PAGES, PROGRAMS, ROOT, Line, lines_of

GROUP: Any = get_command(app)
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
OWN_STEPS = {"log-arguments"}
"""Codemods that pages add as steps."""
KNOWN_STEPS = set(Steps().by_name) | OWN_STEPS
WORD = re.compile(r"[A-Z]+$")
"""A word that stands for another: STEP, CODE."""


def fault(line: Line) -> str:
    """What is wrong with a command line, `""` if nothing."""
    program, *words = line.words
    if program == "migrate":
        return fault_of_migrate(words)
    if program == "celery-audit":
        return fault_of_parsing(lambda: arguments(words))
    if program == "make":
        wrong = [word for word in words if word not in TARGETS and "=" not in word]
        return f"no target {wrong[0]}" if wrong else ""
    if program == "python" and words[0] == "-m":
        found = words[1] in {"build", "venv"} or importlib.util.find_spec(words[1])
        return "" if found else f"no module {words[1]}"
    known = program in PROGRAMS or program.startswith(
        ("PATH=", "/tmp/", "pip", "sed", "grep", "rm")
    )
    return "" if known else f"no test knows {program}"


def fault_of_migrate(words: list[str]) -> str:
    """What `migrate` says against these words."""
    while words and words[0].startswith("-"):
        if words[0] in {"-h", "--help"}:
            return ""
        option = next((item for item in GROUP.params if words[0] in item.opts), None)
        if option is None:
            return f"no option {words[0]}"
        words = words[1 if option.is_flag or option.count else 2 :]
    if not words:
        return ""
    verb, *rest = words
    if verb == "VERB":
        return ""
    if verb not in VERBS:
        return f"no verb {verb}"
    if not rest:
        return ""
    given = ["1" if word == "N" else word for word in rest]
    return fault_of_parsing(
        lambda: GROUP.get_command(None, verb).make_context(verb, given)
    ) or fault_of_names(verb, rest)


def fault_of_names(verb: str, words: list[str]) -> str:
    """Whether steps and kinds of notes that are named exist."""
    for option, word in zip(words, words[1:], strict=False):
        if option in {"--step", "--to", "--drop"} and word not in KNOWN_STEPS | {"STEP"}:
            return f"no step {word}"
        if option == "--notes" and word not in KINDS and not WORD.match(word):
            return f"no note {word}"
    topics = {*KNOWN_STEPS, *KINDS, *TOPICS, *kinds_of(Steps())}
    if verb == "explain" and not WORD.match(words[0]) and words[0] not in topics:
        return f"nothing to explain of {words[0]}"
    return ""


def fault_of_parsing(parse: Any) -> str:
    """What a parser says against its words."""
    try:
        parse()
    except SystemExit as end:
        return "" if end.code in (0, None) else "wrong words"
    except Exception as error:  # noqa: BLE001 - whatever a parser raises is told
        return str(error) or type(error).__name__
    return ""


@pytest.mark.parametrize("page", [*PAGES, *EXAMPLES], ids=lambda page: page.name)
def test_each_command_line_is_one_that_the_tool_takes(page: Path) -> None:
    assert [(line, fault(line)) for line in lines_of(page) if fault(line)] == []


def test_pages_have_command_lines() -> None:
    found = [line for page in (*PAGES, *EXAMPLES) for line in lines_of(page)]
    used = {line.words[1] for line in found if line.words[0] == "migrate" and line.words[1:]}
    assert used >= set(VERBS)
    assert len(found) > 200


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("migrate plann", "no verb plann"),
        ("migrate plan --gone", "--gone"),
        ("migrate --gone plan", "no option --gone"),
        ("migrate -C shop plan --rev main", ""),
        ("migrate apply --gate two", "valid integer"),
        ("migrate apply --deployed N", ""),
        ("migrate apply --step aliasses", "no step aliasses"),
        ("migrate plan --notes gone", "no note gone"),
        ("migrate explain gone", "nothing to explain"),
        ("migrate drain --name x", "broker"),
        ("migrate trust [STEP]...", ""),
        ("celery-audit --gone", "wrong words"),
        ("celery-audit --rules gone", "wrong words"),
        ("make gone", "no target gone"),
        ("python -m gone", "no module gone"),
        ("gone", "no test knows gone"),
    ],
)
def test_a_wrong_command_line_would_be_seen(
    text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = fault(Line("page.md", 1, text))
    assert said in found
    assert bool(said) == bool(found)


def test_where_command_lines_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "Say `migrate plan\n--check`, not `migrate/head`.\n\n```\nmigrate status  # now\nmigrate   is a tool\n```\n\n"
        "1. Then:\n   ```console\n   $ make demo\n   out\n   ```\n\n```bash\ncd shop\n```\n\n```python\nmake = 1\n```\n"
    )
    assert [(line.number, line.words) for line in lines_of(page)] == [
        (5, ["migrate", "status"]),
        (11, ["make", "demo"]),
        (16, ["cd", "shop"]),
        (1, ["migrate", "plan", "--check"]),
    ]
