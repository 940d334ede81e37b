"""The report as Markdown: whatever a repository says, tables stay tables and graphs graphs."""

import re

import pytest
from msgspec.structs import replace

from reports.god_map import GodMap, Went
from reports.markdown_cells import cell, code, label
from reports.page import ReportPage
from reports.pull_request import ARROWS, graph, report
from tests.reports.html.test_document import page_of

EVIL = 'a|b `c` *d* <img src=x> @org/team "e" [f](g) \\| \x1b[31m #1; ```'
GOD = GodMap(
    EVIL, 900, (Went("send", ("b.py", EVIL), ("HOST",)),), (Went("HOST", ("b.py",), ("send",)),)
)


def evil() -> ReportPage:
    page = page_of(EVIL)
    return replace(page, gods=(GOD,), after=replace(page.after, short="bbbb"))


def rows(text: str) -> list[list[str]]:
    """The tables of a Markdown text as cells: a backslash keeps a line from ending its cell."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1] for line in lines]


def test_every_row_has_as_many_cells_as_its_head() -> None:
    text = report(evil(), [])
    blocks = [block for block in text.split("\n\n") if block.startswith("|")]
    assert len(blocks) == 6
    for block in blocks:
        counts = {len(row) for row in rows(block.replace("## ", ""))}
        assert len(counts) == 1, block


def test_what_a_repository_says_is_no_mark() -> None:
    text = report(evil(), [])
    assert "\x1b" not in text
    outside = re.sub(r"(?<!\\)`[^`\n]+`", "", text)
    assert "<img" not in outside
    assert "@org" not in outside
    for made in (cell(EVIL), code(EVIL)):
        assert not re.search(r"(?<!\\)[|`*\[\]]", made)
        assert "@" not in made


@pytest.mark.parametrize("text", ["orders/tasks.py", "a|b", "", " "])
def test_code_is_quoted_where_it_can_be(text: str) -> None:
    made = code(text)
    assert made == {"orders/tasks.py": "`orders/tasks.py`", "a|b": "`a\\|b`"}.get(text, text)


def test_labels_of_a_graph_hold_nothing_that_ends_them() -> None:
    assert re.fullmatch(r'"[\w ./,;#-]*"', label(EVIL))
    lines = [*graph(GOD)]
    assert lines[0] == "```mermaid"
    assert lines[-1] == "```"
    assert not [line for line in lines[1:-1] if "`" in line]
    assert lines[3] == '  old -->|"1 task, 1 helper"| new0["b.py"]'


def test_a_graph_of_many_files_says_how_many_it_leaves_out() -> None:
    tasks = tuple(Went(f"t{n}", (f"f{n}.py",), ()) for n in range(ARROWS + 2))
    lines = [*graph(GodMap("old.py", 1, tasks, ()))]
    assert sum("new" in line for line in lines) == ARROWS
    assert lines[-2] == '  old --> more["2 more files"]'


def test_steps_tell_what_is_recorded_of_their_checks() -> None:
    page = page_of("x")
    assert "| not recorded |" in report(page, [])
    proved = replace(page, steps=(replace(page.steps[0], proved=("parses", "bodies")),))
    assert "| 2 held |" in report(proved, [])


def test_nothing_stands_where_nothing_is() -> None:
    page = replace(page_of("x"), steps=(), gods=(), left=(), notes=())
    page = replace(page, after=page.before)
    heads = [line for line in report(page, []).splitlines() if line.startswith("## ")]
    assert heads == ["## Over time"]
