"""A pager is for long answers on a terminal, and for nobody who wants none."""

from io import StringIO
from types import SimpleNamespace

import pytest

from migrate import pager


class Screen(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    made = Screen()
    monkeypatch.setattr(pager, "sys", SimpleNamespace(stdout=made))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("PAGER", raising=False)
    return made


@pytest.mark.parametrize(
    ("words", "pages"),
    [
        (["plan"], True),
        (["-C", "x", "plan", "--diff"], True),
        (["explain", "split"], True),
        (["apply"], False),
        (["plan", "--no-pager"], False),
        (["plan", "--json"], False),
        ([], False),
    ],
)
def test_which_words(words: list[str], pages: bool, screen: Screen) -> None:
    assert pager.wants_pager(words) is pages


@pytest.mark.parametrize("value", ["", "cat"])
def test_no_pager_is_wanted(value: str, screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", value)
    assert not pager.wants_pager(["plan"])
    monkeypatch.setenv("PAGER", "more")
    assert pager.wants_pager(["plan"])


def test_a_pipe_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pager, "sys", SimpleNamespace(stdout=StringIO()))
    assert not pager.wants_pager(["plan"])


@pytest.mark.parametrize(("lines", "is_paged"), [(5, False), (4, True)])
def test_only_what_is_longer_than_the_screen(
    lines: int, is_paged: bool, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("pydoc.pager", told.append)
    pager.show("a\nb\nc\nd\n", lines)
    assert (told, screen.getvalue()) == (
        (["a\nb\nc\nd\n"], "") if is_paged else ([], "a\nb\nc\nd\n")
    )
