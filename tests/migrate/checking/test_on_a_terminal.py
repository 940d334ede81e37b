"""`migrate check` for a person: findings by rule, each rule once, and what can be done."""

from pathlib import Path

import pytest

from tests.codemods.harness import PROJECT
from tests.command import Terminal, make_repository

APP_TASKS = "from shop.celery import app\n\n\n@app.task(name='late()')\ndef late():\n    return 1\n\n\n@app.task\ndef soon():\n    return 1\n"
UNUSED = "from celery import shared_task\n\n\n@shared_task  # migrate: ignore[CEL101] an app of its own\ndef send():\n    return 1\n"


@pytest.fixture
def shop(here: Path) -> Path:
    make_repository(here, {**PROJECT, "orders/late.py": APP_TASKS, "orders/tasks.py": UNUSED})
    return here


def test_findings_stand_under_their_rules(shop: Path, terminal: Terminal) -> None:
    assert terminal("check", code=1).out == (
        "CEL101 forbidden-decorators: 2 tasks bound to one app\n"
        "  orders/late.py:5: late is bound to one app: use @shared_task\n"
        "  orders/late.py:10: soon is bound to one app: use @shared_task\n"
        "\n"
        "CEL201 parentheses: 1 task name with () at its end\n"
        '  orders/late.py:5: beat entries and routes by function name miss "late()": take\n'
        "    the () out\n"
        "\n"
        "CEL902 ignore-unused: 1 remark ignoring nothing\n"
        "  orders/tasks.py:4: nothing here breaks CEL101: take the remark out\n\n"
        "4 findings; what they mean: migrate explain CODE\n"
        "a migration has steps for 3 of them: migrate plan says what it would mend\n"
        "1 is a remark to be taken out: migrate check --fix\n"
    )


def test_what_is_fixed_is_not_offered_again(shop: Path, terminal: Terminal) -> None:
    said = terminal("check", "--fix", code=1)
    assert "reading the work tree" in said.err
    assert said.err.endswith("1 finding mended in 1 file: remarks that ignored nothing are out\n")
    assert said.out.splitlines()[-2:] == [
        "3 findings left; what they mean: migrate explain CODE",
        "a migration has steps for them: migrate plan says what it would mend",
    ]


def test_forms_for_programs_are_the_same_there(shop: Path, terminal: Terminal) -> None:
    first = terminal("check", "--output-format", "github", code=1).out.splitlines()[0]
    assert first.startswith("::warning file=orders/late.py,line=5")
    assert len(terminal("check", "--json", code=1).json["findings"]) == 4
