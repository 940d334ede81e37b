"""What git said, in words that fit a sentence."""

import os
import signal

import git

from migrate.writing import REASONS


def first_line(error: git.GitCommandError) -> str:
    """What git said, without its prefixes and full stop."""
    text = str(error.stderr).replace("stderr:", "").strip().strip("'").strip()
    line = next(
        (line.strip() for line in text.splitlines() if line.strip()), f"exit {error.status}"
    )
    while line.startswith(("fatal: ", "error: ")):
        line = line.partition(": ")[2]
    return line.rstrip(".")


def stopped(error: git.GitCommandError) -> str:
    """What to say where git failed at something that it should have done."""
    words = error.command if isinstance(error.command, list) else str(error.command).split()
    return f"git could not go on ({_verb(words)}): {said(error)}. No branch has moved for it. Mend that, then run again"


def is_refused(error: git.GitCommandError) -> bool:
    """Whether git could not write: a full disk, a limit, permissions, a file system to read only."""
    return any(os.strerror(number) in str(error.stderr) for number in REASONS)


def said(error: git.GitCommandError) -> str:
    """What git said, or how it was ended before it could."""
    return died(error) or first_line(error)


def died(error: git.GitCommandError) -> str:
    """By which signal git ended; `""` if it ended by itself."""
    number = error.status if isinstance(error.status, int) else 0
    if number >= 0:
        return ""
    return f"it was ended by {signal.Signals(-number).name}"


def _verb(words: list[str]) -> str:
    """The git command of a call, behind its general options."""
    plain = iter(words[1:])
    for word in plain:
        if word == "-c":
            next(plain, "")
        elif not word.startswith("-"):
            return f"git {word}"
    return "git"
