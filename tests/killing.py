"""A run that is killed at its Nth operation: each call of git, each file that is written or goes."""

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from migrate.__main__ import run
from migrate.git.opened import Calls
from tests.command import git

OPERATIONS = ("replace", "unlink", "rmdir", "mkdir", "open", "write")


def killed(folder: Path, words: tuple[str, ...], number: int) -> bool:
    """Whether the run of a command was killed at this operation; `False` if it has fewer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _run(folder, words, number)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) in {0, 1}, status
    return os.WIFSIGNALED(status)


def _run(folder: Path, words: tuple[str, ...], number: int) -> None:
    """The command in this process, which ends with it."""
    left = [number]

    def counted(operation: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return operation(*args, **options)

        return call

    code = 99
    try:
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        os.chdir(folder)
        for name in OPERATIONS:
            setattr(os, name, counted(getattr(os, name)))
        Calls.execute = counted(Calls.execute)  # type: ignore[method-assign]
        sys.argv = ["migrate", *words]
        code = run()
    finally:
        os._exit(code)


def stands(folder: Path) -> dict[str, str]:
    """The tree of each branch, what is checked out, and what is not as committed."""
    lines = git(folder, "for-each-ref", "--format=%(refname) %(tree)", "refs/heads").splitlines()
    found = dict(line.split(" ") for line in lines)
    return found | {
        "HEAD": git(folder, "symbolic-ref", "HEAD"),
        "status": git(folder, "status", "--porcelain"),
        "locks": "\n".join(sorted(str(p) for p in (folder / ".git").rglob("*.lock"))),
    }


def copied(source: Path, target: Path) -> Path:
    """A repository once more, files and all."""
    subprocess.run(["cp", "-a", source, target], check=True)
    return target
