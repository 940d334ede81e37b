"""The graph that `migrate explain split` draws: who starts whom, and what tasks share."""

import io

import pytest
from rich.console import Console

from codemods.inventory.load import load
from codemods.snapshot import snapshot_of
from codemods.split import Cluster, clusters
from migrate.cli.explain import in_words, trees
from tests.codemods.harness import PROJECT, encoded
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, SETTINGS

CLUSTERS = [
    Cluster("a/tasks.py", "a/email_tasks.py", (("send", "name: email"), ("post", "name: mail")), ("render",), (("send", "sum_up"), ("send", "post")), (("render", ("send", "post")),)),
    Cluster("a/tasks.py", "a/report_tasks.py", (("sum_up", "\x1b[31mwhy" + " why" * 30),), ()),
]  # fmt: skip


def drawn(found: list[Cluster]) -> list[str]:
    console = Console(file=io.StringIO(), width=80)
    for tree in trees(found):
        console.print(tree)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_files_tasks_reasons_starts_and_what_is_shared() -> None:
    assert drawn(CLUSTERS)[:9] == [
        "a/tasks.py  3 tasks",
        "├── a/email_tasks.py  2 tasks",
        '│   ├── send  its name has "email"',
        "│   │   ├── starts sum_up in a/report_tasks.py",
        "│   │   └── starts post",
        '│   ├── post  its name has "mail"',
        "│   ├── render is read by send and post",
        "│   └── helpers that go along: render",
        "└── a/report_tasks.py  1 task",
    ]


@pytest.mark.parametrize(
    ("because", "words"),
    [
        ("name: mail, send", 'its name has "mail" and "send"'),
        ("section: daily jobs; starts: one", 'it stands under the heading "daily jobs"; it starts one'),
        ("started by: one; queue: mail", 'one starts it; its queue\'s name has "mail"'),
        ("started by: one, two", "one and two start it"),
        ("base: mail; code: mail, post, box", 'its base class\'s name has "mail"; its code reads names with "mail", "post" and "box"'),
        ("likest to send", "it is most like send"),
        ("it is named in [tool.migrate]", "it is named in [tool.migrate]"),
        ("name: mail; another file than its domain's: a circle: of imports", 'its name has "mail"; another file than its domain\'s: a circle: of imports'),
    ],
)  # fmt: skip
def test_reasons_are_told_in_words(because: str, words: str) -> None:
    assert in_words(because) == words


def test_80_columns_hold_it_and_control_characters_are_visible() -> None:
    lines = drawn(CLUSTERS)
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in "".join(lines)


def test_the_graph_of_a_project_is_read_from_its_code() -> None:
    god = IMPORTS + "def both(to):\n    return to\n\n\n"
    god += EMAIL.replace("return to", "return both(make_report.delay())")
    god += "\n\n" + REPORT.replace("return 1", "return both(1)")
    files = {path: encoded(text) for path, text in (PROJECT | {GOD: god}).items()}
    mails, reports, shared = clusters(load(snapshot_of(files), SETTINGS))
    assert mails.starts == (("send_email", "make_report"),)
    assert mails.shares == (("both", ("send_email",)),)
    assert reports.shares == (("both", ("make_report",)),)
    assert shared.helpers == ("both",)
