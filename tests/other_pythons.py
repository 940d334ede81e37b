"""The Pythons of this machine by their versions, for tests that need another one."""

import os
import sys
from pathlib import Path

import pytest

from migrate.verify.pythons import Interpreter, pythons

OURS = sys.version_info[:2]


def another(version: str) -> Interpreter:
    """A Python of this version; the test is skipped where there is none, or it is this very one."""
    if tuple(int(part) for part in version.split(".")) <= OURS:
        pytest.skip(
            f"this is no older than Python {version}, so there is nothing to ask another for"
        )
    folder = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    uv = Path.home() / ".local/share/uv/python"
    for item in pythons(os.environ.get("PATH", ""), (folder, uv)):
        if item.version == version:
            return item
    pytest.skip(f"no Python {version} is on this machine")


def only_before(*version: int) -> pytest.MarkDecorator:
    """For syntax that this version knows: a tool that runs on it reads such a file as any other."""
    shown = ".".join(map(str, version))
    return pytest.mark.skipif(version <= OURS, reason=f"Python {shown} parses this itself")
