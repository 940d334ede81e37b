"""HTML as values: text goes in as text, so nothing that a repository says can become markup."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring

from codemods.notes.visible import visible, visible_lines

Child = Element | str


def el(tag: str, *children: Child, **attributes: str) -> Element:
    """An element with its children; `class_` is `class`, other underscores are hyphens.

    Texts and attributes are escaped as the element is written, with control characters made visible.
    """
    made = Element(tag)
    for name, value in attributes.items():
        made.set("class" if name == "class_" else name.replace("_", "-"), visible(value))
    for child in children:
        add(made, child)
    return made


def add(parent: Element, child: Child) -> None:
    """Puts a child behind the others."""
    if isinstance(child, Element):
        parent.append(child)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + visible_lines(child)
    else:
        parent.text = (parent.text or "") + visible_lines(child)


def table(
    caption: str,
    heads: Iterable[str],
    rows: Iterable[Iterable[Child]],
    figures: Iterable[int] = (),
) -> Element:
    """A table that scrolls by itself where it is wider than the page; `figures` are columns of numbers."""
    numbers = set(figures)
    head = el(
        "tr",
        *(el("th", text, scope="col", **_kind(place, numbers)) for place, text in enumerate(heads)),
    )
    body = el("tbody")
    for row in rows:
        cells = [_cell(place, child, numbers) for place, child in enumerate(row)]
        body.append(el("tr", *cells))
    made = el("table", el("caption", caption), el("thead", head), body)
    return el("div", made, class_="wide", tabindex="0", role="group", aria_label=caption)


def _cell(place: int, child: Child, numbers: set[int]) -> Element:
    if place == 0:
        return el("th", child, scope="row", **_kind(place, numbers))
    return el("td", child, **_kind(place, numbers))


def _kind(place: int, numbers: set[int]) -> dict[str, str]:
    return {"class_": "figure"} if place in numbers else {}


def written(root: Element) -> str:
    """The document as text."""
    return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"
