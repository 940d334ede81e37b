"""Writes the sample page of the README anew, as `make demo` prints it: python -m tests.demo.write_page."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from migrate.demo.history import write_demo

README = Path(__file__).parents[2] / "README.md"
FOLDER = "celery-converge-demo"
BLOCK = re.compile(r"(?<=```\n)\$ make demo\n.*?(?=```\n)", re.DOTALL)


def page(demo: Path) -> str:
    """What `migrate plan` prints of the demo before any step, at 80 columns."""
    words = [sys.executable, "-m", "migrate", "plan", "-C", str(demo), "--rev", "main"]
    environment = os.environ | {"COLUMNS": "80"}
    done = subprocess.run(words, check=True, capture_output=True, text=True, env=environment)
    printed = FOLDER + done.stdout[done.stdout.index(" at ") :]
    return f"$ make demo\n$ migrate plan -C /tmp/{FOLDER}\n{printed}"


def steady(text: str) -> str:
    """A page without the time that the machine took."""
    return re.sub(r" in \d+\.\d s", " in 0.4 s", text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        write_demo(Path(scratch, FOLDER), replace=False)
        made = steady(page(Path(scratch, FOLDER)))
    README.write_text(BLOCK.sub(lambda _: made, README.read_text("utf-8")), "utf-8")
