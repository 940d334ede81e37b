"""docs/what-can-go-wrong.md speaks of messages that exist."""

import inspect
import re

import pytest
from celery.worker.consumer import consumer

from tests.docs.building import DOCS

PAGE = (DOCS / "what-can-go-wrong.md").read_text("utf-8")
SPOKEN = re.compile(r"`([^`]* [^`]*)`")
PATHS = sorted(DOCS.parent.joinpath("migrate").rglob("*.py"))
SAID = inspect.getsource(consumer) + "".join(path.read_text("utf-8", "replace") for path in PATHS)


def symptoms() -> list[str]:
    """The messages in the first column of its tables."""
    rows = (line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| "))
    return [text for row in rows for text in SPOKEN.findall(row) if not text.startswith("migrate ")]


@pytest.mark.parametrize("text", symptoms())
def test_a_symptom_is_a_message_of_the_tool_or_of_celery(text: str) -> None:
    assert text in SAID


def test_there_are_symptoms_and_unknown_ones_would_be_seen() -> None:
    assert len(symptoms()) >= 8
    assert "gone with the wind" not in SAID
