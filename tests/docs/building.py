"""The pages of docs/ built as `make docs` builds them."""

import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
WORDS = ("-W", "--keep-going", "--nitpicky", "--quiet", "-b", "html")


def built(source: Path, pages: Path) -> "subprocess.CompletedProcess[str]":
    """What Sphinx says of a build, in a process of its own: a warning makes its exit code 1."""
    command = [sys.executable, "-m", "sphinx", *WORDS]
    return subprocess.run(
        [*command, "-d", f"{pages}/.doctrees", str(source), str(pages)],
        capture_output=True,
        text=True,
        check=False,
    )
