"""No text of a repository becomes markup, whatever it is."""

from html.parser import HTMLParser

import pytest

from reports.html.elements import el, table, written

EVIL = (
    "<script>alert(1)</script>",
    "]]><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "--><!-- </title></style><base href=//x>",
    "&lt;b&gt; &amp;lt;",
    "\x1b]0;owned\x07\u202egnp.\u2028\x00",
)


class Read(HTMLParser):
    """What a browser makes of a page: its tags, attributes and texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("text", EVIL)
def test_a_text_stays_a_text(text: str) -> None:
    read = Read(written(el("p", text, el("b", text), text, title=text)))
    assert read.tags == ["p", "b"]
    assert [name for name, _ in read.attributes] == ["title"]
    seen = read.attributes[0][1] or ""
    assert not set(seen) & set("\x1b\x07\u202e\u2028\x00")
    if text.isprintable():
        assert "".join(read.texts).strip() == text * 3
        assert seen == text


def test_children_keep_their_order() -> None:
    made = written(el("p", "a", el("b", "c"), "d", "e", el("i", "f"), "g"))
    assert "<p>a<b>c</b>de<i>f</i>g</p>" in made


def test_a_table_has_a_caption_scopes_and_figures() -> None:
    made = written(table("Files", ("file", "tasks"), [("a.py", "3")], {1}))
    assert "<caption>Files</caption>" in made
    assert '<th scope="col">file</th>' in made
    assert '<th scope="row">a.py</th>' in made
    assert '<td class="figure">3</td>' in made
    assert 'tabindex="0"' in made
