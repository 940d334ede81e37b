"""Writes what the commands of pages print anew: python -m tests.docs.write_walks."""

import tempfile
from pathlib import Path

from tests.docs.building import DOCS
from tests.docs.transcript import rewritten, same

PAGES = (DOCS / "tutorial.md", DOCS / "production.md")
"""Those whose console blocks are run, one after another in one folder."""

if __name__ == "__main__":
    for page in PAGES:
        with tempfile.TemporaryDirectory() as scratch:
            shown = page.read_text("utf-8")
            made = rewritten(shown, Path(scratch))
        if not same(made, shown):
            page.write_text(made, "utf-8")
