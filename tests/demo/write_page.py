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
    """What `migrate plan` prints of the demo before any step, as far as the README shows it."""
    words = [sys.executable, "-m", "migrate", "plan", "-C", str(demo), "--rev", "main"]
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    done = subprocess.run(words, check=True, capture_output=True, text=True, env=environment)
    return excerpt(done.stdout)


def excerpt(printed: str) -> str:
    """The page up to the second decision that waits, and its last line."""
    lines = printed.rstrip().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("needs you"))
    decisions = [n for n, line in enumerate(lines) if n > first and re.match(r"  \S", line)]
    shown = [*lines[: decisions[1]], "  ...", "", lines[-1]]
    shown[0] = FOLDER + shown[0][shown[0].index(" at ") :]
    return "\n".join(["$ make demo", f"$ migrate plan -C /tmp/{FOLDER}", *shown]) + "\n"


def steady(text: str) -> str:
    """A page without the time that the machine took."""
    return re.sub(r" in \d+\.\d s", " in 0.4 s", text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        write_demo(Path(scratch, FOLDER), replace=False)
        made = steady(page(Path(scratch, FOLDER)))
    README.write_text(BLOCK.sub(lambda _: made, README.read_text("utf-8")), "utf-8")
