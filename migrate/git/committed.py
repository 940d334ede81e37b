"""What was committed last, asked without opening the repository: hooks have no time for that."""

import subprocess
from pathlib import Path


def common_dir(folder: Path) -> Path | None:
    """The git directory that all work trees share; `None` outside a repository."""
    text = _asked(folder, "rev-parse", "--git-common-dir")
    return (folder / text.decode().strip()).resolve() if text else None


def committed(folder: Path, path: str) -> bytes | None:
    """A file as HEAD has it; `None` without one."""
    return _asked(folder, "show", f"HEAD:./{path}")


def _asked(folder: Path, *words: str) -> bytes | None:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None
