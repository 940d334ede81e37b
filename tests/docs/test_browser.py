"""The pages of docs/ in a real browser: in both colours, on a phone, on paper, searched without a network.

`SCREENSHOTS` names a folder for pictures, `AXE_CORE` the file `axe.min.js` of the package axe-core.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.building import DOCS, built
from tests.reports.html.browser import Browser, browser, pictured, program

pytestmark = pytest.mark.skipif(
    not program(), reason="there is no Chromium: apt-get install chromium"
)

AXE = os.environ.get("AXE_CORE", "")
WIDTHS = {"wide": (1280, 900), "phone": (390, 844)}
FEW = ("index", "tutorial", "commands", "search")
"""Pages that have all there is: the others are looked at with axe-core."""
VIOLATIONS = "axe.run(document, {preload: false}).then(r => r.violations.map(v => [v.id, v.help, v.nodes.length, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + n.failureSummary)]))"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    assert built(DOCS, folder).returncode == 0
    return folder


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("name", FEW)
def test_nothing_is_said_fetched_or_sticks_out(
    chromium: Browser, pages: Path, name: str, size: str, dark: bool
) -> None:
    chromium.said.clear()
    chromium.asked.clear()
    chromium.show(pages / f"{name}.html", *WIDTHS[size], dark=dark)
    pictured(chromium, f"docs-{name}-{size}-{'dark' if dark else 'light'}")
    assert chromium.value("document.scrollingElement.scrollWidth - window.innerWidth") <= 0
    background = chromium.value("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") != dark
    assert not chromium.said
    assert [url for url in chromium.asked if not url.startswith(("file:", "data:"))] == []


def test_it_is_searched_without_a_network(chromium: Browser, pages: Path) -> None:
    chromium.said.clear()
    chromium.show(pages / "search.html", 1280, 900, dark=False)
    found = chromium.value(
        "new Promise(done => { Search.performSearch('quorum'); setTimeout(() => done("
        "[...document.querySelectorAll('#search-results a')].map(a => a.getAttribute('href'))), 1000) })"
    )
    assert any(link.startswith("drain.html") for link in found)
    assert not chromium.said


@pytest.mark.parametrize("name", FEW[:3])
def test_paper_has_the_text_alone(
    chromium: Browser, pages: Path, tmp_path: Path, name: str
) -> None:
    chromium.show(pages / f"{name}.html", 800, 1100, dark=True)
    chromium.media("print", dark=False)
    pictured(chromium, f"docs-{name}-print")
    background = chromium.value("getComputedStyle(document.body).backgroundColor")
    assert background in {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    shown = "[...document.querySelectorAll('.sidebar-drawer, .toc-drawer, .mobile-header')]"
    assert not chromium.value(f"{shown}.some(e => getComputedStyle(e).display !== 'none')")
    cut = "[...document.querySelectorAll('pre')].some(e => e.scrollWidth > e.clientWidth)"
    assert not chromium.value(cut)
    chromium.printed(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    chromium.media("screen", dark=False)


@pytest.mark.skipif(not AXE, reason="AXE_CORE names no axe.min.js: make soak gets it from npm")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", WIDTHS)
def test_axe_finds_no_violation(chromium: Browser, pages: Path, size: str, dark: bool) -> None:
    every = sorted(pages.glob("*.html"))
    assert len(every) > 20
    for page in every:
        chromium.show(page, *WIDTHS[size], dark=dark)
        chromium.value(Path(AXE).read_text("utf-8") + ";0")
        assert (page.name, chromium.value(VIOLATIONS)) == (page.name, [])
