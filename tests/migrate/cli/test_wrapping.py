"""Prose on a terminal goes on at words; what a person copies stays whole; a pipe gets whole lines."""

import sys
from io import StringIO

import pytest

from migrate.cli.console import Shown, complain, print_lines
from migrate.cli.wrapping import wrapped
from migrate.errors import UsageError


class Screen(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a short line", ["a short line"]),
        ("", [""]),
        ("one\n\ntwo", ["one", "", "two"]),
        (f"{'word ' * 8}end", ["word " * 7 + "word", "end"]),
        (f"  - {'word ' * 8}end", ["  - " + "word " * 6 + "word", "    word end"]),
        (f"next: {'word ' * 8}end", ["next: " + "word " * 6 + "word", "      word end"]),
        (f"migrate: {'word ' * 8}", ["migrate: " + "word " * 5 + "word", "word word"]),
        (
            "deploy it to every worker, then migrate apply --deployed 2 (or all)",
            ["deploy it to every worker, then", "migrate apply --deployed 2 (or all)"],
        ),
        (
            "say which app counts in the file, as in 'two words' here",
            ["say which app counts in the file, as in", "'two words' here"],
        ),
        (
            "it is in a/folder/of/some/length/and/then/some/more.py: 3",
            ["it is in", "a/folder/of/some/length/and/then/some/more.py:", "3"],
        ),
        (f"  a/b.py:12: {'word ' * 7}", ["  a/b.py:12: " + "word " * 4 + "word", "    word word"]),
        (f"{'word ' * 7}some 60 s on", ["word " * 7 + "some", "60 s on"]),
        (f'{"word " * 6}write app = "a.b:c" there', ["word " * 6 + "write", 'app = "a.b:c" there']),
        (f"{'word ' * 5}| next: migrate report", ["word " * 4 + "word", "| next: migrate report"]),
        ("a   b" + " word" * 8, ["a   b" + " word" * 7, "word"]),
        ("語" * 21 + " " + "語" * 3, ["語" * 21, "語" * 3]),
    ],
)
def test_lines(text: str, lines: list[str]) -> None:
    assert wrapped(text, 40).split("\n") == lines


def test_a_long_quotation_is_parted() -> None:
    text = "it says '" + "word " * 9 + "word'"
    assert wrapped(text, 40).split("\n")[0] == "it says 'word word word word word word"


SAID = "there is something wrong here, and to see what it is: migrate plan --notes orphan"


@pytest.mark.parametrize(
    ("stream", "lines"),
    [
        (StringIO, [f"migrate: {SAID}"]),
        (
            Screen,
            ["migrate: there is something wrong here,", "and to see what it is:", "migrate plan --notes orphan"],
        ),
    ],
)  # fmt: skip
def test_what_stops_a_run(
    stream: type[StringIO], lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = stream()
    monkeypatch.setattr(sys, "stderr", screen)
    assert complain(UsageError(SAID)) == 2
    assert screen.getvalue().splitlines() == lines


def test_notes_and_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, pipe = Screen(), StringIO()
    for stream in (screen, pipe):
        monkeypatch.setattr(sys, "stdout", stream)
        print_lines(f"  {SAID}\n")
    assert pipe.getvalue() == f"  {SAID}\n"
    assert all(len(line) <= 40 and line.startswith("  ") for line in screen.getvalue().splitlines())


def test_prose_of_a_verb(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Shown(force_terminal=True, color_system="standard", no_color=False, highlight=False)
    with console.capture() as screen:
        console.print(f"[cyan]next: {SAID}[/cyan]")
    first, *others = screen.get().splitlines()
    assert first == "\x1b[36mnext: there is something wrong here, and\x1b[0m"
    assert others[-1] == "      \x1b[36mmigrate plan --notes orphan\x1b[0m"
    monkeypatch.delenv("COLUMNS")
    pipe = Shown(width=40)
    with pipe.capture() as screen:
        pipe.print(SAID)
    assert screen.get() == f"{SAID}\n"
