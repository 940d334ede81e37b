"""What was committed last, asked without opening the repository: hooks have no time for that."""

import os
import subprocess
from pathlib import Path

from migrate.git.trusted import OFF


def common_dir(folder: Path) -> Path | None:
    """The git directory that all work trees share; `None` outside a repository."""
    text = _asked(folder, "rev-parse", "--git-common-dir")
    return (folder / text.decode().strip()).resolve() if text else None


def top(folder: Path) -> Path | None:
    """The folder of the work tree; `None` outside a repository."""
    text = _asked(folder, "rev-parse", "--show-toplevel")
    return Path(os.fsdecode(text).rstrip("\n")) if text else None


def committed(folder: Path, path: str) -> bytes | None:
    """A file as HEAD has it; `None` without one."""
    return _asked(folder, "cat-file", "blob", f"HEAD:./{path}")


def has_commit(folder: Path) -> bool:
    """Whether anything was committed: not in an unpacked archive, nor before a first commit."""
    return _asked(folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}") is not None


def _asked(folder: Path, *words: str) -> bytes | None:
    """What git says. It fetches nothing here, so no program for that can be run."""
    settings = [word for setting in OFF for word in ("-c", setting)]
    environment = {**os.environ, "GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1"}
    done = subprocess.run(
        ["git", *settings, *words], cwd=folder, env=environment, capture_output=True, check=False
    )
    return done.stdout if done.returncode == 0 else None
