"""Progress on a terminal: it counts, it guesses, and what is kept of an answer goes past it."""

import sys
from io import StringIO

import pytest
from rich.console import Console
from rich.progress import Progress

from migrate.answers.asking import listening
from migrate.cli.bar import Bar, TimeLeft
from migrate.cli.bar import progress as drawn_bar
from migrate.cli.speaking import Speaking, begin


def drawn(width: int = 80) -> Progress:
    console = Console(file=StringIO(), force_terminal=True, width=width)
    return Progress("{task.description}", TimeLeft(), console=console)


def test_the_time_left_follows_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("migrate.cli.bar.time.monotonic", lambda: clock[0])
    progress = drawn()
    bar, column = Bar(progress), TimeLeft()
    (task,) = progress.tasks
    bar.step(0, ["split", "dedupe"])
    assert column.render(task).plain == ""
    clock[0] += 32
    bar.step(1, ["split", "dedupe"])
    assert task.description == "dedupe (2 of 2)"
    assert column.render(task).plain == "about 20 s left"
    clock[0] += 15
    assert column.render(task).plain == "about 5 s left"
    bar.advance(1, 2000)
    assert task.description == "reading 2,000 files"
    assert column.render(task).plain == ""


def test_before_a_guess_it_says_what_is_done_and_since_when(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    progress = drawn()
    Bar(progress)
    (task,) = progress.tasks
    assert task.description == "looking at the repository"
    assert TimeLeft().render(task).plain == ""
    assert task.start_time is not None
    began = task.start_time
    monkeypatch.setattr(task, "get_time", lambda: began + 2)
    assert TimeLeft().render(task).plain == "2 s so far"


def test_all_of_it_has_room_in_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    begin(Speaking())
    clock = [100.0]
    monkeypatch.setattr("migrate.cli.bar.time.monotonic", lambda: clock[0])
    with drawn_bar() as bar:
        bar.advance(0, 12345)
        clock[0] += 1
        bar.advance(100, 12345)
    assert "reading 12,345 files" in screen.getvalue()
    assert "about 2 min left" in screen.getvalue()


def test_what_is_answered_ahead_is_not_shown_past_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    monkeypatch.setattr(sys, "stdout", screen)
    with Progress(console=Console(file=screen, force_terminal=True), transient=True):
        with listening(silent=True) as (out, _):
            Console().print("said ahead")
        assert out.text == "said ahead\n"
    assert "said ahead" not in screen.getvalue()
