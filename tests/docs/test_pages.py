"""The pages of docs/ are built without a warning, each of them is in the table of contents, and none asks for the network."""

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.building import DOCS, WORDS, built

PAGES = sorted(path.stem for path in DOCS.glob("*.md"))
ASKS = re.compile(r"""(?:src|srcset|data)="(?:https?:)?//|url\(["']?(?:https?:)?//|@import""")
LINK = re.compile(r"""<link[^>]*rel="(?!canonical)[^"]*"[^>]*href="(?:https?:)?//""")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    done = built(DOCS, folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_make_docs_builds_the_same() -> None:
    rule = DOCS.parent.joinpath("Makefile").read_text("utf-8")
    assert f"python -m sphinx {' '.join(WORDS)} -d .docs/.doctrees docs .docs\n" in rule


def test_each_page_is_in_the_contents_of_all(pages: Path) -> None:
    for page in PAGES:
        text = (pages / f"{page}.html").read_text("utf-8")
        tree = text[text.index("sidebar-tree") :]
        for other in set(PAGES) - {page, "index"}:
            assert f'href="{other}.html"' in tree, f"{other} in the contents of {page}"


def test_options_in_a_text_keep_their_hyphens(pages: Path) -> None:
    assert "With --notes: only the notes of this kind." in (pages / "commands.html").read_text(
        "utf-8"
    )


def test_no_page_asks_for_the_network(pages: Path) -> None:
    files = [path for kind in ("html", "css") for path in pages.rglob(f"*.{kind}")]
    assert len(files) > len(PAGES)
    for path in files:
        text = path.read_text("utf-8")
        assert not ASKS.search(text), path
        assert not LINK.search(text), path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# A page\n\nSee [this](gone.md).\n", "gone.md"),
        ("# A page\n\nSee [this](drain.md#gone).\n", "gone"),
        ("A page without a head\n\n### Too deep\n", "H3"),
    ],
    ids=["page", "heading", "level"],
)
def test_a_broken_page_would_be_seen(tmp_path: Path, text: str, said: str) -> None:
    source = tmp_path / "docs"
    for name in ("conf.py", "drain.md", "index.md"):
        source.mkdir(exist_ok=True)
        shutil.copy(DOCS / name, source)
    (source / "_static").mkdir()
    (source / "_static" / "pages.css").touch()
    (source / "index.md").write_text(f"{text}\n## Pages\n\n- [Drain](drain.md)\n")
    done = built(source, tmp_path / "pages")
    assert done.returncode == 1
    assert said in done.stderr
