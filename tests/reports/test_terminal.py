"""What people read on a terminal: every figure there, nothing cut, bars as long as their share."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from msgspec import convert
from msgspec.structs import fields
from rich.console import Console, RenderableType

from reports.markdown import page
from reports.progress import Aim, Metrics, Progress
from reports.terminal import (
    ROOMY,
    Need,
    StepRow,
    aims_table,
    bar,
    history_table,
    needs_lines,
    steps_table,
)
from reports.words import plural


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


def test_of_a_path_that_is_too_long_the_folders_in_front_go() -> None:
    path = "services/web/perma/internet_archive_tasks.py"
    found = [Aim(path, "828 lines", "< 300", 0.36, False), *AIMS]
    assert path in shown(aims_table(found))
    assert "\n…/perma/internet_archive_tasks.py " in shown(aims_table(found), 75)
    assert "\n…/internet_archive_tasks.py " in shown(aims_table(found), 68)


def test_steps_show_where_a_deploy_comes() -> None:
    rows = [
        StepRow(4, "aliases", "workers learn", 2, 0),
        StepRow(5, "names", "senders follow", 9, 1),
    ]
    lines = shown(steps_table(rows)).splitlines()
    assert ["deploy" in line for line in lines] == [False, False, True, False]


def test_no_deploy_before_a_step_that_does_nothing() -> None:
    assert "deploy" not in shown(steps_table([StepRow(5, "names", "senders follow", 0, 1)]))


def history(step: str) -> list[Progress]:
    date = datetime(2026, 2, 28, tzinfo=UTC)
    numbers = {item.name: 1000 for item in fields(Metrics)}
    metrics = convert(numbers | {"shared_task_percent": 100.0}, Metrics)
    return [Progress("0123456789", date, step, metrics)]


@pytest.mark.parametrize("step", ["decorators", "drop-aliases", "one-of-the-users-own-steps"])
def test_the_history_is_whole_at_80_columns(step: str) -> None:
    text = shown(history_table(history(step), {}, 80), 80)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80
    assert "…" not in text
    words = ["commit", "date", "twice", "orphans", "aliases", "2026-02-28", "0123456", "100.0 %"]
    assert all(word in text for word in words)
    assert text.count("1,000") == 1


def test_the_history_has_bars_where_there_is_room() -> None:
    text = shown(history_table(history("drop-aliases"), {}, ROOMY), ROOMY)
    assert "shared_task" in text
    assert "████████" in text
    assert "…" not in text


def test_one_is_not_many() -> None:
    assert [plural(count, "file") for count in (0, 1, 2)] == ["files", "file", "files"]
    assert [plural(count, "entry", "entries") for count in (1, 2)] == ["entry", "entries"]
    long = Need("work", "options", "", "", tuple("+line" for _ in range(9)))
    assert "... 1 line more in the plan" in shown(needs_lines([long]))


def test_markdown_has_a_row_an_aim() -> None:
    text = page("Shop", AIMS, [])
    assert "| shared_task | 83.1 % | > 95 % | open |" in text
    assert "| names with () | 0 | 0 | reached |" in text
