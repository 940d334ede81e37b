"""Blocks of a page that show a terminal: their commands run one after another, and what they print written into the page.

In a `console` block a line `$ command` is typed and what follows is what it prints; a line `...` stands for lines that
are left out. A remark `# exit 1` behind a command says how it ends, else with 0.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
EXIT = re.compile(r"# exit (\d+)")
LEFT_OUT = "..."
CHANGING = (
    (re.compile(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{7,10}\b"), "COMMIT"),
    (re.compile(r" +\d+\.\d s\b"), " TIME"),
    (re.compile(r"\b20\d\d-\d\d-\d\d\b"), "DATE"),
)
"""What differs from run to run: names of commits, seconds, days."""


class Typed(NamedTuple):
    """A command of a page, and the lines that the page shows of its output."""

    command: str
    shown: list[str]


def typed(block: str) -> list[Typed]:
    """The commands of a block."""
    found: list[Typed] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(Typed(line.removeprefix("$ "), []))
        else:
            found[-1].shown.append(line)
    return found


def rewritten(text: str, folder: Path) -> str:
    """The page with what its commands print now, run in this folder."""
    session = Session(folder)

    def block(match: re.Match[str]) -> str:
        lines = (line for one in typed(match[0]) for line in session.said(one))
        return "".join(f"{line}\n" for line in lines)

    return BLOCK.sub(block, text)


class Session:
    """A shell in a folder: what changes the folder is heeded by the next command."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._state = folder / ".folder"
        home = folder / ".home"
        home.mkdir()
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._environment = {
            "PATH": path,
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "COLUMNS": "80",
            **{f"GIT_{who}_NAME": "A. Person" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "person@example.com" for who in ("AUTHOR", "COMMITTER")},
        }

    def said(self, one: Typed) -> Iterator[str]:
        """The command and the lines of its output that the page shows. Raises `AssertionError` for another exit code."""
        wanted = EXIT.search(one.command)
        done = subprocess.run(
            ["bash", "-c", f'{one.command}\ncode=$?; pwd > "$STATE"; exit $code'],
            cwd=self._folder,
            env=self._environment | {"STATE": str(self._state)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == int(wanted[1] if wanted else 0), f"{one.command}\n{done.stdout}"
        self._folder = Path(self._state.read_text().strip())
        yield f"$ {one.command}"
        yield from shortened(one.shown, done.stdout.splitlines())


def shortened(shown: list[str], real: list[str]) -> list[str]:
    """The real lines, cut where the page leaves some out. Raises `AssertionError` where a cut's place has gone."""
    parts = split(shown)
    if len(parts) == 1:
        return real
    first, *middle, last = parts
    found = real[: len(first)]
    for part in middle:
        starts = [n for n, line in enumerate(real) if normal(line) == normal(part[0])]
        assert starts, f"nothing prints {part[0]!r} any more"
        found += [LEFT_OUT, *real[starts[0] : starts[0] + len(part)]]
    return [*found, LEFT_OUT, *real[len(real) - len(last) :]]


def split(shown: list[str]) -> list[list[str]]:
    """Lines in parts, between those that stand for what is left out."""
    parts: list[list[str]] = [[]]
    for line in shown:
        if line == LEFT_OUT:
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def same(page: str, other: str) -> bool:
    """Whether two pages differ in nothing but what differs from run to run."""
    return [normal(line) for line in page.splitlines()] == list(map(normal, other.splitlines()))


def normal(line: str) -> str:
    """A line without what differs from run to run."""
    for pattern, word in CHANGING:
        line = pattern.sub(word, line)
    return line.rstrip()
