"""How the Markdown files of this folder become pages: `make docs`."""

import re
from importlib.metadata import version as version_of
from typing import Any

from sphinx.application import Sphinx

project = "celery-converge"
version = release = version_of("celery-converge")
extensions = ["myst_parser"]
exclude_patterns = ["examples"]
nitpicky = True
# `--notes` in a table is an option, and no dash.
smartquotes = False
# A block without a language is a terminal's or a log's text.
highlight_language = "text"
# Headings can be linked as on a forge, `page.md#a-heading`.
myst_heading_anchors = 3

html_theme = "furo"
html_title = "celery-converge"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_js_files = ["pages.js"]
html_use_index = False
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
# A summary would be fetched, which a browser refuses pages that are opened as files.
html_show_search_summary = False
# Colours of code with enough contrast in both, by the rules of WCAG.
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

GROUP = re.compile(r"^## (?P<title>.+)\n\n(?P<rows>(?:- .+\n(?:  .+\n)*)+)", re.MULTILINE)
PAGE = re.compile(r"^- \[[^]]*]\((?P<page>[\w-]+)\.md\)", re.MULTILINE)


def with_contents(_app: Sphinx, name: str, source: list[str]) -> None:
    """Gives the first page a table of contents for each of its lists, which a forge shows as they are."""
    if name == "index":
        source[0] += "".join(
            f"\n```{{toctree}}\n:hidden:\n:caption: {group['title']}\n\n"
            + "".join(f"{page}\n" for page in PAGE.findall(group["rows"]))
            + "```\n"
            for group in GROUP.finditer(source[0])
        )


def setup(app: Sphinx) -> dict[str, Any]:
    """Has Sphinx call what stands here; answers that it may do so in several processes."""
    app.connect("source-read", with_contents)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
