"""Remarks that ignore a rule at one place, with a reason."""

import pytest

from codemods.rules.remarks import remarks_of, without_ignored
from codemods.rules.table import BY_CODE
from codemods.rules.values import Finding

HEAD = "from shop.celery import app\n\n\n"
FOUND = Finding("a.py", 6, "CEL101", "bound", "send")


def left(text: str, found: Finding = FOUND, codes: set[str] | None = None) -> list[tuple[str, int]]:
    """What is told of a file in which one thing was found: codes and lines."""
    told = without_ignored([found], remarks_of("a.py", text.encode()), codes or set(BY_CODE))
    return [(item.code, item.line) for item in told]


def task(one: str = "", two: str = "", three: str = "") -> str:
    """A task of two lines of decorators, with remarks behind each line."""
    return f"{HEAD}@app.task{one}\n@other{two}\ndef send():{three}\n    return 1\n"


SAYS = "  # migrate: ignore[CEL101] an app of its own"


@pytest.mark.parametrize(
    "text",
    [
        task(one=SAYS), task(two=SAYS), task(three=SAYS),
        task(three=SAYS.replace("migrate: ", "migrate:")),
        task(three=SAYS.replace("CEL101", "forbidden-decorators")),
        f"{HEAD[:-1]}{SAYS.strip()}\n@app.task\n@other\ndef send():\n    return 1\n",
        task(three=SAYS).replace("\n", "\r\n"),
        task(three=SAYS.replace("own", "öwn")),
    ],
)  # fmt: skip
def test_a_remark_speaks_for_its_statement(text: str) -> None:
    assert left(text) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (task(three="  # migrate: ignore[CEL101]"), ["CEL101", "CEL901"]),
        (task(three="  # migrate: ignore why"), ["CEL101", "CEL901"]),
        (task(three="  # migrate: ignore[] why"), ["CEL101", "CEL901"]),
        (task(three="  # migrate: ignore[CEL999] why"), ["CEL101", "CEL901"]),
        (task(three="  # migrate: ignore[CEL201] why"), ["CEL101", "CEL902"]),
        (task(three="  # migrate: ignore[CEL101, CEL201] why"), ["CEL902"]),
        (task() + f"    x = 1{SAYS}\n", ["CEL101", "CEL902"]),
        (task() + f"    x = '{SAYS}'\n", ["CEL101"]),
    ],
)
def test_one_that_is_wrong_ignores_nothing_and_is_told(text: str, codes: list[str]) -> None:
    assert [code for code, _ in left(text)] == codes


def test_of_a_rule_that_was_not_looked_for_nothing_is_said() -> None:
    text = task(three="  # migrate: ignore[CEL201] why")
    assert left(text, codes={"CEL101", "CEL902"}) == [("CEL101", 6)]


def test_a_file_that_does_not_parse_has_none() -> None:
    assert remarks_of("a.py", f"def (:{SAYS}\n".encode()) == []


def test_of_what_a_commit_ends_it_is_not_said_that_nothing_is_ignored() -> None:
    assert left(task(three="  # migrate: ignore[CEL501] why")) == [("CEL101", 6)]
