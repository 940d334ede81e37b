"""The command lines of a page: those in its blocks, and those of `migrate` and `celery-audit` in its text."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md")))
EXAMPLES = tuple(sorted(ROOT.glob("docs/examples/*.yml")))
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:migrate|celery-audit)(?: [^`]+)?|make [a-z]+)`")
RUN = re.compile(r"^\s*-? *run: *(.+)$", re.MULTILINE)
SHELLS = ("bash", "sh")
PROGRAMS = ("migrate", "celery-audit", "make", "python", "git", "pipx", "uv", "cd")
TYPED = re.compile(rf"(?:{'|'.join(PROGRAMS)}) \S")


class Line(NamedTuple):
    """A command line and the page and line where it stands."""

    page: str
    number: int
    text: str

    @property
    def words(self) -> list[str]:
        """Its words as a shell would part them, without a remark, without where its output goes and what may be left out."""
        text = re.sub(r"\[[A-Z]+\](?:\.\.\.)?| > \S+$", "", self.text)
        return shlex.split(text, comments=True)


def lines_of(page: Path) -> Iterator[Line]:
    """The command lines of a page or a workflow."""
    text, name = page.read_text("utf-8"), page.name
    found = [*in_blocks(text), *in_text(text)] if page.suffix == ".md" else in_runs(text)
    for start, line in found:
        yield Line(name, text.count("\n", 0, start) + 1, line)


def in_blocks(text: str) -> Iterator[tuple[int, str]]:
    """Command lines in blocks: behind a `$`, any line of a shell's block, else lines that begin with a program."""
    for block in BLOCK.finditer(text):
        at, kind = block.start(3), block[2]
        prompts = kind == "console" or re.search(r"^ *\$ ", block[3], re.MULTILINE)
        for line in block[3].splitlines(keepends=True):
            bare = line.strip()
            if prompts and bare.startswith("$ "):
                yield at, bare[2:]
            elif not prompts and (kind in SHELLS or (not kind and TYPED.match(bare))):
                yield at, bare
            at += len(line)


def in_text(text: str) -> Iterator[tuple[int, str]]:
    """Command lines between backticks, outside of blocks."""
    bare = BLOCK.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text)
    for found in INLINE.finditer(bare):
        yield found.start(), found[1].replace("\n", " ").replace("\\|", "|")


def in_runs(text: str) -> Iterator[tuple[int, str]]:
    """Command lines of a workflow."""
    for found in RUN.finditer(text):
        yield found.start(1), found[1]
