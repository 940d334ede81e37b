"""The whole page: what stands in it, in which order, and that it asks for nothing."""

import re
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from codemods.values import Note
from reports.html.charts import MEASURES
from reports.html.document import document
from reports.page import (
    FileDiff,
    FileTasks,
    QueueRow,
    ReportPage,
    RouteRow,
    Side,
    StepDone,
    note_groups,
)
from reports.progress import Aim, Metrics, Progress
from reports.starts import SLOTS, Starts
from reports.terminal import Need, StepRow
from tests.reports.html.test_elements import EVIL, Read

DAY = datetime(2026, 1, 2, tzinfo=UTC)
METRICS = Metrics(3, 2, 1, 1, 2, 1, 0, 66.67, 900, 3, 1, 0, 2, 1, 2, 2, 0, 0, 1)
DONE = replace(METRICS, shared_task_percent=100.0, god_file_lines=250, duplicated_names=0)


def page_of(text: str) -> ReportPage:
    """A report that says this text wherever a repository may say something."""
    counts = [[0] * SLOTS for _ in range(24)]
    counts[5][2], counts[6][0] = 8, 1
    side = Side("aaaa", METRICS, (FileTasks(text, 3, 900),), 1)
    return ReportPage(
        name=text,
        points=(Progress("a", DAY, None, METRICS), Progress("b", DAY, text, DONE)),
        short={"a": "aaaa", "b": "bbbb"},
        aims=(
            Aim(text, "250 lines", "< 300", 1.0, True),
            Aim("names with ()", "1", "0", 0.25, False),
        ),
        remarks=(text,),
        sampled="",
        left=(StepRow(4, text, text, 2, 0), StepRow(5, "names", text, 2, 1)),
        needs=(Need(text, text, text, text, (f"+{text}", f"-{text}")),),
        notes=note_groups(
            [
                Note(f"{text}.py", 3, "unparsed", text),
                Note("b.py", 4, "alias-without-app", text),
                Note("c.py", 5, "alias-without-app", text),
            ]
        ),
        steps=(
            StepDone(
                text,
                "b" * 40,
                "bbbb",
                DAY,
                text,
                (text,),
                (("Migrate-Step", text),),
                (FileDiff(text, 1, 1, (f"-{text}", f"+{text}"), 7),),
            ),
        ),
        starts=Starts(
            tuple(map(tuple, counts)),
            {(5, 2): (text,), (6, 0): ("b",)},
            ((text, text),),
            ((text, text),),
        ),
        queues=(QueueRow(text, 3),),
        routes=(RouteRow(text, text, text, True),),
        before=side,
        after=side,
    )


PLAIN = Read(document(page_of("plain")))


@pytest.mark.parametrize("text", EVIL)
def test_nothing_that_a_repository_says_becomes_markup(text: str) -> None:
    made = document(page_of(text))
    read = Read(made)
    assert read.tags == PLAIN.tags
    assert [name for name, _ in read.attributes] == [name for name, _ in PLAIN.attributes]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028]", made)


def test_the_page_loads_and_runs_nothing() -> None:
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(PLAIN.tags)
    links = [value for name, value in PLAIN.attributes if name in {"href", "src", "action"}]
    assert links
    assert all(value is not None and value.startswith("#") for value in links)
    assert not [name for name, _ in PLAIN.attributes if name.startswith("on")]
    text = document(page_of("plain"))
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import|https?:", text)


def test_headings_landmarks_and_ids_are_in_order() -> None:
    levels = [int(tag[1]) for tag in PLAIN.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    assert {"header", "nav", "main", "footer", "title"} <= set(PLAIN.tags)
    assert ("lang", "en") in PLAIN.attributes
    ids = [value for name, value in PLAIN.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    targets = {value for name, value in PLAIN.attributes if name == "href"}
    assert targets <= {f"#{value}" for value in ids}


def test_each_chart_has_its_words_and_its_table() -> None:
    text = document(page_of("plain"))
    charts = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    assert len(charts) == len(MEASURES)
    assert all("<table>" in chart and 'role="img"' in chart for chart in charts)
    assert 'aria-label="god-file lines: from 900 to 250 over 2 commits"' in charts[1]
    assert '<td class="figure">900</td>' in charts[1]


def test_a_deploy_stands_between_the_steps_that_need_one() -> None:
    assert document(page_of("plain")).count("deploy to every worker, then") == 1


def test_what_asks_for_something_comes_first_with_all_its_places() -> None:
    text = document(page_of("plain"))
    assert "2 task names in 2 files that no app can answer to under both names" in text
    assert "<code>b.py:4</code>, <code>c.py:5</code>" in text


def test_the_fullest_minutes_are_the_darkest() -> None:
    text = document(page_of("plain"))
    assert '<span class="h4" title="plain">8</span>' in text
    assert '<span class="h1" title="b">1</span>' in text


def test_one_commit_without_anything_is_a_page_too() -> None:
    page = page_of("plain")
    empty = Starts(tuple((0,) * SLOTS for _ in range(24)), {}, (), ())
    text = document(
        replace(
            page,
            points=page.points[-1:],
            left=(),
            needs=(),
            notes=(),
            steps=(),
            starts=empty,
            queues=(),
            routes=(),
        )
    )
    assert "No step is committed yet" in text
    assert "No schedule is in force" in text
    assert "over 1 commit<" in text
