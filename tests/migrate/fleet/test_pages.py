"""The pages of a campaign: what is counted, and that nothing of a repository speaks on them."""

from html.parser import HTMLParser

import pytest

from migrate.fleet.figures import figures, what_to_do
from migrate.fleet.pages import markdown, page, summary
from migrate.fleet.values import Outcome

HOSTILE = (
    "<script>alert(1)</script>",
    '" onmouseover="x',
    "</table></body>",
    "a | b\n\n# big",
    "[x](javascript:alert(1)) ![y](http://evil.example/z.png)",
    "\x1b]0;title\x07\x1b[2J\u202e",
    "`x` <img src=x> &lt;b&gt;",
    "$title ${rows}",
    "\udce4\ud800",
)


def outcome(
    name: str, state: str = "done", cause: str = "", message: str = "", **more: object
) -> Outcome:
    return Outcome(name, "k" * 40, state, cause, message, **more)  # type: ignore[arg-type]


SOME = [
    outcome("a", tasks=30, before=50.0, after=100.0, files=4, patches=1, seconds=2.0, made=("beat",)),
    outcome("b", "nothing", tasks=10, before=100.0, after=100.0),
    outcome("c", "failed", "time", "it did not end"),
    outcome("d", "failed", "time", "it did not end"),
    outcome("e", "failed", "clone", "no such folder"),
    outcome("f", "waits", "decisions", "2 decisions"),
]  # fmt: skip


def test_what_is_counted() -> None:
    found = figures("spring", "/c", 10, SOME, running=("h", "g"), lost=1)
    assert (found.ended, found.done, found.nothing, found.failed, found.waits, found.pending) == (
        6,
        1,
        1,
        3,
        1,
        4,
    )
    assert (found.commits, found.patches, found.files, found.running) == (1, 1, 4, ("g", "h"))
    assert (found.shared_task_before, found.shared_task_after) == (62.5, 100.0)
    assert [(one.state, one.cause, one.count) for one in found.causes] == [
        ("failed", "time", 2), ("failed", "clone", 1), ("waits", "decisions", 1),
    ]  # fmt: skip
    assert found.causes[0].repositories == ("c", "d")
    assert summary(found).startswith(
        "6 of 10 repositories ended, 1 done, 1 with nothing to do, 1 waits for people, 3 failed; 1 commit, 1 patch;"
    )


def test_each_cause_says_what_to_do() -> None:
    assert "deployed = N" in what_to_do("deploy 1")
    assert "report" in what_to_do("fault KeyError in a/b.py:3")
    assert "log.txt" in what_to_do("lost (signal 9)")
    assert what_to_do("time") == "allow more in the manifest: seconds"


class Seen(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_words_on_the_page_and_nothing_else(text: str) -> None:
    harmless = figures("c", "/c", 2, [outcome("a", "failed", "x", "y", folder="z")], running=("a",))
    found = figures(
        text, text, 2, [outcome(text, "failed", text, text, folder=text)], running=(text,)
    )
    plain, hostile = Seen(page(harmless)), Seen(page(found))
    assert hostile.tags == plain.tags
    assert hostile.attributes == plain.attributes
    shown = page(found) + markdown(found)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    shown.encode()
    written = markdown(found)
    assert len(written.splitlines()) == len(markdown(harmless).splitlines())
    assert "](" not in written
    assert "<" not in written.replace("\\<", "")
    rows = [line for line in written.splitlines() if line.startswith("|")]
    plain_rows = [line for line in markdown(harmless).splitlines() if line.startswith("|")]
    cells = [line.replace("\\\\", "").replace("\\|", "").count("|") for line in rows]
    assert cells == [line.count("|") for line in plain_rows]


def test_a_page_reads_itself_anew_until_it_is_over() -> None:
    assert 'http-equiv="refresh"' in page(figures("c", "/c", 2, SOME))
    over = page(figures("c", "/c", 6, SOME, is_over=True))
    assert 'http-equiv="refresh"' not in over
    assert "src=" not in over
    assert "href=" not in over
    assert "default-src 'none'" in over
