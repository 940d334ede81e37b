"""Which queues the workers serve that a repository starts, by the words of their commands."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

NEAR = 600
"""Bytes behind `celery` in which the rest of its command is looked for."""
WORKER = re.compile(r"(?<![\w./-])worker(?![\w-])")
QUEUES = re.compile(
    r"""(?:^|[\s"',\[])(?:-Q|--queues)(?:[\s="']|",\s*")*([^\s"'\],]+(?:,[^\s"'\],]+)*)"""
)
LEAVING_OUT = re.compile(r"""(?:^|[\s"',\[])(?:-X|--exclude-queues|multi)(?=[\s="',])""")


class Worker(Struct, frozen=True):
    """One command that starts a worker: its file, and the queues it names, none for the default ones."""

    path: str
    queues: tuple[str, ...]


def find_workers(commands: Mapping[str, bytes]) -> list[Worker] | None:
    """The workers that these files start; `None` where one's queues are told only by running it."""
    found: list[Worker] = []
    for path, data in sorted(commands.items()):
        for words in _commands(data.decode("utf-8", "replace")):
            named = QUEUES.search(words)
            if LEAVING_OUT.search(words) or (named is not None and re.search(r"[${%]", named[1])):
                return None
            if named is None and re.search(r"[$%{]", words):
                # Options that come out of a variable may name queues.
                return None
            found.append(Worker(path, tuple(named[1].split(",")) if named is not None else ()))
    return found


def _commands(text: str) -> Iterator[str]:
    """The commands of a file that start workers, each from `celery` on, in one line."""
    whole = re.sub(r"\\\r?\n\s*", " ", text)
    done = 0
    for found in re.finditer(r"\bcelery\b", whole):
        start = found.start()
        if start < done or whole[:start].rpartition("\n")[2].lstrip().startswith(("#", "//")):
            continue
        line, _, below = whole[start : start + NEAR].partition("\n")
        if WORKER.search(line):
            done = start + len(line)
            yield line
        elif line.strip(" \"',") == "celery":
            items = [row.strip() for row in below.splitlines()]
            until = next((n for n, row in enumerate(items) if not row.startswith("-")), len(items))
            words = " ".join(row[1:].strip(" \"',") for row in items[:until])
            if WORKER.search(words):
                yield words
