"""What a terminal shows of a campaign that goes on: whole lines, and nothing that a name could do."""

from io import StringIO

from migrate.cli.campaign import live_view, next_lines
from migrate.cli.console import Shown
from migrate.fleet.figures import figures
from migrate.fleet.pages import summary
from migrate.fleet.values import Outcome


def test_each_part_has_lines_of_its_own() -> None:
    bad = "\x1b[2J[red]x[/red]"
    some = [
        Outcome("a", "k", "failed", bad, bad),
        Outcome("b", "k", "done", made=("beat",), patches=1),
    ]
    found = figures("c", "/c", 4, some, running=[bad, *"defghijklmnop"])
    stream = StringIO()
    Shown(file=stream, width=400, force_terminal=True, color_system=None, highlight=False).print(
        live_view(found)
    )
    text = stream.getvalue()
    lines = text.splitlines()
    assert lines[1].strip() == summary(found)
    assert "\x1b[2J" not in text
    assert "\\x1b[2J[red]x[/red]" in text
    assert lines[2].endswith("and 2 more")
    assert any(line.startswith("failed") for line in lines)


def test_what_comes_next() -> None:
    from pathlib import Path

    failed = figures("c", "/c", 2, [Outcome("a", "k", "failed", "time")])
    assert any("--only-failed" in line for line in next_lines(failed, Path("/c")))
    left = figures("c", "/c", 3, [Outcome("a", "k", "done", patches=2)])
    lines = list(next_lines(left, Path("/c")))
    assert any("for the 2 that are left" in line for line in lines)
    assert any("patches/" in line for line in lines)
