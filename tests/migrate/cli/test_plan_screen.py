"""The page of a plan is one screen, at any width, and says where the rest is."""

from io import StringIO

import pytest
from msgspec.structs import replace
from rich.console import Console

from codemods.notes.codes import KINDS
from codemods.values import Note
from migrate.cli.needs import gathered, without_folders
from migrate.cli.plan_screen import shares, show
from migrate.plans.page import PlanPage
from reports.progress import Aim
from reports.terminal import Need, StepRow

NAMES = ("split", "dedupe", "decorators", "aliases", "names", "beat", "routes", "runtime")
PAGE = PlanPage(
    title="shop",
    place="at 0123456 on main",
    read="2,551 Python files, read in 1.2 s",
    counts="130 task definitions, 94 names, 24 beat entries",
    stands_on="Celery app shop.celery.app; imports start from .",
    reasons=("Celery app shop.celery.app: the only one",),
    warnings=("58 files don't parse: not read at all (migrate plan --notes)",),
    rows=tuple(
        StepRow(n, name, "what it does, in some words", 3, int(n > 4), decisions=1204)
        for n, name in enumerate(NAMES, 1)
    ),
    aims=tuple(Aim(f"figure {n} of the page", "2,320 lines", "< 300", 0.4, False) for n in range(7)),
    reached="reached",
    applied=(),
    needs=tuple(
        Need(f"send_{'reminder_' * (n % 4)}{n}", "semantic", "why", f"keep a/b/c{n}.py as it is", ("+x",))
        for n in range(30)
    ),
    notes=tuple(Note(f"a/rather/long/path/{n}.py", n, code, "m") for n, code in enumerate(KINDS)),
    next=(("migrate apply", "commits what is decided"), ("migrate plan --diff", "the changes")),
)  # fmt: skip


def printed(page: PlanPage, width: int, height: int = 0, *, everything: bool = False) -> str:
    stream = StringIO()
    console = Console(
        file=stream, width=width, height=height or None, force_terminal=bool(height),
        no_color=True, highlight=False, color_system=None,
    )  # fmt: skip
    show(console, page, everything=everything)
    return stream.getvalue()


@pytest.mark.parametrize("width", [80, 100, 120])
def test_a_page_is_one_screen(width: int) -> None:
    lines = printed(PAGE, width).splitlines()
    assert len(lines) <= 42
    assert max(map(len, lines)) <= width
    assert len(printed(PAGE, width, 60).splitlines()) in {58, 59}


def test_the_order_is_what_why_needs_next() -> None:
    text = printed(PAGE, 80)
    parts = [
        "2,551 Python",
        "don't parse",
        "1 split",
        "figure 0",
        "needs you (30)",
        "notes (",
        "next:",
    ]
    assert sorted(map(text.index, parts)) == list(map(text.index, parts))
    assert "migrate plan --all" in text


def test_all_has_every_question_with_its_difference() -> None:
    text = printed(replace(PAGE, needs=PAGE.needs[:9]), 80, everything=True)
    assert text.count("suggestion: ") == 9
    assert "Celery app shop.celery.app: the only one" in text


def test_equal_questions_share_a_line() -> None:
    same = [Need(f"n{n}", "options", "", "keep x.py", ()) for n in range(5)]
    assert [len(group) for group in gathered([*same, PAGE.needs[0]])] == [5, 1]
    text = printed(replace(PAGE, needs=tuple(same)), 80)
    assert "n0 and 4 others" in text


def test_nothing_open_leaves_no_empty_heads() -> None:
    text = printed(replace(PAGE, needs=(), notes=()), 80)
    assert "needs you" not in text
    assert "notes (" not in text


@pytest.mark.parametrize(
    ("room", "needs", "notes", "shared"),
    [(20, 5, 4, (5, 4)), (8, 30, 9, (5, 3)), (8, 2, 9, (2, 6)), (0, 30, 9, (3, 3)), (9, 0, 9, (0, 9))],
)  # fmt: skip
def test_shares(room: int, needs: int, notes: int, shared: tuple[int, int]) -> None:
    assert shares(room, needs, notes) == shared


def test_paths_are_told_by_their_files() -> None:
    text = "text of a/b/tasks.py, in c/job_tasks.py, and/or not"
    assert without_folders(text) == "text of tasks.py, in job_tasks.py, and/or not"
    alike = "text of a/tasks.py, in b/tasks.py"
    assert without_folders(alike) == alike


def test_steps_with_nothing_to_do_share_a_line() -> None:
    idle = [
        replace(row, files=0, needs="waits for you (1)" if n == 3 else "")
        for n, row in enumerate(PAGE.rows)
    ]
    lines = printed(replace(PAGE, rows=(PAGE.rows[0], *idle[1:])), 80).splitlines()
    (line,) = [line for line in lines if line.startswith("nothing to do")]
    assert line == "nothing to do: dedupe, decorators, names, beat, routes, runtime"
    assert any("4 aliases" in line and "waits for you (1)" in line for line in lines)


def test_a_repository_speaks_no_markup() -> None:
    page = replace(
        PAGE,
        title="[red]x[/red]\x1b[2J",
        needs=(Need("[bold]n\x1b", "semantic", "", "keep [/x] it", ()),),
    )
    text = printed(page, 80)
    assert "[red]x[/red]" in text
    assert "[bold]n" in text
    assert "\x1b[2J" not in text
