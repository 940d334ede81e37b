"""The page in a real browser: nothing on its console, nothing asked for, no violation that axe-core finds.

`REPORT_PAGE` names another page to be looked at as well, `SCREENSHOTS` a folder for pictures,
`AXE_CORE` the file `axe.min.js` of the package axe-core.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.html.document import document
from tests.reports.html.browser import Browser, browser, pictured, program
from tests.reports.html.test_document import page_of

pytestmark = pytest.mark.skipif(
    not program(), reason="there is no Chromium: apt-get install chromium"
)

AXE = os.environ.get("AXE_CORE", "")
WIDTHS = {"wide": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture
def pages(tmp_path: Path) -> list[Path]:
    """A small page in which every section has something, and the one that is named."""
    made = tmp_path / "small.html"
    made.write_text(document(page_of("shop/tasks.py: a_name_that_is_rather_long " * 3)), "utf-8")
    named = os.environ.get("REPORT_PAGE", "")
    return [made, *([Path(named).resolve()] if named else [])]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", WIDTHS)
def test_nothing_is_said_nothing_asked_for_and_nothing_sticks_out(
    chromium: Browser, pages: list[Path], size: str, dark: bool
) -> None:
    for page in pages:
        chromium.said.clear()
        chromium.asked.clear()
        chromium.show(page, *WIDTHS[size], dark=dark)
        pictured(chromium, f"{page.stem}-{size}-{'dark' if dark else 'light'}")
        assert not chromium.said
        assert chromium.asked == [page.as_uri()]
        wide = "document.scrollingElement.scrollWidth - window.innerWidth"
        for opened in ("false", "true"):
            chromium.value(f"document.querySelectorAll('details').forEach(d => d.open = {opened})")
            assert chromium.value(wide) <= 0


def test_a_page_that_asks_or_says_something_would_be_seen(
    chromium: Browser, tmp_path: Path
) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        "<!doctype html><p style='width:2000px'>x</p><img src=gone.png><script>console.error('no')</script>"
    )
    chromium.said.clear()
    chromium.asked.clear()
    chromium.show(page, 390, 844, dark=False)
    assert any("no" in text for text in chromium.said)
    assert len(chromium.asked) == 2
    assert chromium.value("document.scrollingElement.scrollWidth") > 1000


def test_the_first_key_leads_to_the_report(chromium: Browser, pages: list[Path]) -> None:
    for page in pages:
        chromium.show(page, 1280, 900, dark=False)
        chromium.press("Tab")
        assert chromium.value("document.activeElement.textContent") == "Skip to the report"
        chromium.press("Tab")
        assert chromium.value("document.activeElement.closest('nav') !== null")


def test_it_prints(chromium: Browser, pages: list[Path], tmp_path: Path) -> None:
    for page in pages:
        chromium.show(page, 800, 1100, dark=True)
        chromium.media("print", dark=False)
        pictured(chromium, f"{page.stem}-print")
        background = chromium.value("getComputedStyle(document.body).backgroundColor")
        assert background in {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
        chromium.printed(tmp_path / "page.pdf")
        assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
        chromium.media("screen", dark=False)


@pytest.mark.skipif(not AXE, reason="AXE_CORE names no axe.min.js: make soak gets it from npm")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", WIDTHS)
def test_axe_finds_no_violation(
    chromium: Browser, pages: list[Path], size: str, dark: bool
) -> None:
    for page in pages:
        chromium.show(page, *WIDTHS[size], dark=dark)
        chromium.value("document.querySelectorAll('details').forEach(d => d.open = true)")
        chromium.value(Path(AXE).read_text("utf-8") + ";0")
        found = chromium.value(
            "axe.run(document).then(r => r.violations.map(v => [v.id, v.help, v.nodes.length, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + n.failureSummary)]))"
        )
        assert found == []
