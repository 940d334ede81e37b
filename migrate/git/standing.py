"""How a repository stands, in a few calls of git: enough to know whether anything has changed."""

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

from migrate.git.local_variables import LOCAL_VARIABLES

REFERENCES = ("refs/heads/migrate", "refs/replace")
FIELDS = "%(refname) %(objectname) %(worktreepath)"


class Standing(NamedTuple):
    """The folder that is checked out, git's own, the commit, and what git says of branches and configuration."""

    top: Path
    common_dir: Path
    commit: str
    said: tuple[bytes, ...]
    on_head: bool
    """Whether `migrate/head` is what is checked out."""


def standing(folder: Path) -> Standing | None:
    """How the repository of a folder stands; `None` in a bare one, in part of one, and where git fails."""
    where = _said(
        folder,
        "rev-parse",
        "--show-toplevel",
        "--git-common-dir",
        "--git-dir",
        "HEAD",
        "--symbolic-full-name",
        "HEAD",
    )
    configured = _said(folder, "config", "--list", "--show-scope", "-z")
    references = _said(folder, "for-each-ref", f"--format={FIELDS}", *REFERENCES)
    if where is None or configured is None or references is None:
        return None
    lines = where.split(b"\n")
    if len(lines) < 5 or b"partialclone" in configured.lower():
        return None
    top, common = (Path(os.fsdecode(line)) for line in lines[:2])
    on_head = lines[4] == b"refs/heads/migrate/head"
    commit = lines.pop(3).decode()
    said = (b"\n".join(lines), configured, references)
    return Standing(top, Path(folder, common).resolve(), commit, said, on_head)


def is_as_committed(folder: Path) -> bool:
    """Whether nothing that git tracks was changed since; no program of the repository's runs for it."""
    from migrate.git.trusted import manner

    settings = [word for setting in manner(folder).settings for word in ("-c", setting)]
    words = ("status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all")
    return _said(folder, *settings, *words) == b""


def _said(folder: Path, *words: str) -> bytes | None:
    """What git prints; `None` where it fails, or is not there."""
    environment = {k: v for k, v in os.environ.items() if k not in LOCAL_VARIABLES}
    try:
        done = subprocess.run(
            ("git", "--no-pager", *words),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
