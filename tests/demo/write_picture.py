"""Draws the picture of the README, `migrate status` and `migrate report` on the migrated demo: python -m tests.demo.write_picture."""

import io
import os
import re
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from rich.console import Console
from rich.text import Text

from migrate.demo.history import write_demo
from tests.demo.write_page import FOLDER

PICTURE = Path(__file__).parents[2] / "docs" / "terminal.svg"
COLUMNS = 80
COMMIT = re.compile(r"\b[0-9a-f]{7}(?= )|(?<= at )[0-9a-f]{7}\b")
FONT_FACE = re.compile(r" *@font-face \{.*?\}\n", re.DOTALL)
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace"
TITLE = "migrate status and migrate report on the bundled project, every step applied"


def said(demo: Path, verb: str) -> str:
    """What a verb prints on a terminal of 80 columns, with its colours."""
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    environment |= {"COLUMNS": str(COLUMNS), "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    done = subprocess.run(
        [sys.executable, "-m", "migrate", verb, "-C", str(demo)],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    return done.stdout.replace(demo.name, FOLDER)


def steady(text: str) -> str:
    """A text whose commits have the same names in every run: each by what stands behind it where it is named first."""
    names: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        behind = text[match.end() :].partition("\n")[0]
        return names.setdefault(match[0], sha256(behind.encode()).hexdigest()[:7])

    return COMMIT.sub(name, text)


def picture(demo: Path) -> str:
    """The picture, without fonts from elsewhere: how it stands, and of the report the part above the history."""
    console = Console(
        record=True,
        width=COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
    )
    status = said(demo, "status").rpartition("\n\n")[0]
    head, _, rest = said(demo, "report").partition("\n\n")
    targets = rest.partition("\n\n")[0]
    for line in steady(
        f"$ migrate status\n{status}\n\n$ migrate report\n{head}\n\n{targets}"
    ).splitlines():
        typed = line.startswith("$ ")
        console.print(Text(line, style="bold cyan") if typed else Text.from_ansi(line))
    svg = console.export_svg(title="celery-converge", unique_id="terminal")
    svg = FONT_FACE.sub("", svg).replace("Fira Code, monospace", FONTS)
    return svg.replace(
        '<svg class="rich-terminal"', f'<svg role="img" aria-label="{TITLE}" class="rich-terminal"'
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        write_demo(Path(scratch, FOLDER), replace=False)
        apply = [sys.executable, "-m", "migrate", "apply", "-q", "--accept", "--through-gates"]
        subprocess.run([*apply, "-C", str(Path(scratch, FOLDER))], check=True)
        PICTURE.write_text(picture(Path(scratch, FOLDER)), "utf-8")
