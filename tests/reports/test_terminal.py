"""What people read on a terminal: every figure there, nothing cut, bars as long as their share."""

from io import StringIO

from rich.console import Console, RenderableType

from codemods.values import Note
from reports.markdown import page
from reports.progress import Aim
from reports.terminal import StepRow, aims_table, bar, notes_lines, steps_table


def shown(renderable: RenderableType, width: int = 100) -> str:
    stream = StringIO()
    Console(file=stream, width=width, no_color=True, highlight=False).print(renderable)
    return stream.getvalue()


AIMS = [
    Aim("shared_task", "83.1 %", "> 95 %", 0.831, False),
    Aim("names with ()", "0", "0", 1.0, True),
]


def test_a_bar_is_as_long_as_its_share() -> None:
    assert [bar(share).plain.count("█") for share in (-1, 0, 0.5, 1, 2)] == [0, 0, 10, 20, 20]
    assert bar(0.5, 8).plain == "████░░░░"


def test_aims_show_what_is_reached() -> None:
    text = shown(aims_table(AIMS))
    assert "83.1 %" in text
    assert text.count("reached") == 1


def test_steps_show_where_a_deploy_comes() -> None:
    rows = [
        StepRow(4, "aliases", "workers learn", 2, 0),
        StepRow(5, "names", "senders follow", 9, 1),
    ]
    lines = shown(steps_table(rows)).splitlines()
    assert ["deploy" in line for line in lines] == [False, False, True, False]


def test_no_deploy_before_a_step_that_does_nothing() -> None:
    assert "deploy" not in shown(steps_table([StepRow(5, "names", "senders follow", 0, 1)]))


def test_notes_are_counted_and_the_urgent_ones_shown() -> None:
    notes = [Note("a.py", 3, "unparsed", "broken"), Note("b.py", 5, "orphan", "points at nothing")]
    text = shown(notes_lines(notes), 40)
    assert "notes (2)" in text
    assert "b.py:5  points at nothing" in text
    assert "broken" not in text
    assert "migrate plan --notes" in text


def test_markdown_has_a_row_an_aim() -> None:
    text = page("Shop", AIMS, [])
    assert "| shared_task | 83.1 % | > 95 % | open |" in text
    assert "| names with () | 0 | 0 | reached |" in text
