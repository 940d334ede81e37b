"""Which queues the workers serve that a repository starts, by the words of their commands."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

NEAR = 600
"""Bytes behind `celery` in which the rest of its command is looked for."""
WORKER = re.compile(r"(?<![\w./-])worker(?![\w-])|\bmulti[\s\"',]+(?:re)?start\b")
COMMAND = re.compile(r"(?<![\w-])celery(?![\w-])")
SAYING = re.compile(
    r"(?:^|[;&|(])\s*[@-]?(?:echo|printf|log|systemctl|supervisorctl|service|journalctl|p?kill|p?grep)\s[^;&|]*$"
)
"""What stands before `celery` where it is a word of a message, or the name of a service."""
COMPUTED = re.compile(r"\$[{(]?\w*celery\w*[})]?[^\n#]*\b(?:worker|multi)\b", re.IGNORECASE)
"""A command whose program is told by a variable: `${CELERY_BIN} multi start $NODES`."""
GOES_ON = re.compile(r"\\\r?\n\s*|\r?\n[ \t]+(?=--?[A-Za-z]|worker(?![\w:-]))")
"""Where a command goes on in the next line: behind a backslash, or indented as in `.ini` and YAML."""
QUEUES = re.compile(
    r"""(?:^|[\s"',\[])(?:-Q|--queues)(?:[\s="']|",\s*")*([^\s"'\],]+(?:,[^\s"'\],]+)*)"""
)
LEAVING_OUT = re.compile(
    r"""(?:^|[\s"',\[])(?:(?:-X|--exclude-queues)(?=[\s="',])|(?:-Q|--queues):)"""
)


class Worker(Struct, frozen=True):
    """One command that starts a worker: its file, and the queues it names, none for the default ones."""

    path: str
    queues: tuple[str, ...]


def find_workers(commands: Mapping[str, bytes]) -> list[Worker] | None:
    """The workers that these files start; `None` where one's queues are told only by running it."""
    found: list[Worker] = []
    for path, data in sorted(commands.items()):
        text = data.decode("utf-8", "replace")
        if COMPUTED.search(re.sub(r"(?m)^[ \t]*#.*", "", text)):
            return None
        for words in _commands(text):
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
    whole = GOES_ON.sub(" ", text)
    done = 0
    for found in COMMAND.finditer(whole):
        start = found.start()
        if start < done:
            continue
        line_start = whole.rfind("\n", max(0, start - NEAR), start) + 1 or max(0, start - NEAR)
        before = whole[line_start:start]
        if before.lstrip().startswith(("#", "//", ";")) or SAYING.search(before):
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
