"""The command line run in this process, as a person would type it."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from migrate.__main__ import run


class Typed:
    """What one command gave: its exit code and what it printed."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def json(self) -> Any:
        """Its stdout as JSON."""
        return json.loads(self.out)


class Terminal:
    """Runs `migrate` on one folder."""

    def __init__(
        self,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        *,
        is_read: bool = False,
    ) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        self._is_read = is_read

    def __call__(self, *words: str | Path, code: int | None = 0) -> Typed:
        """Runs one command line; a code other than `code` fails the test (`None`: any)."""
        self._capsys.readouterr()
        self._monkeypatch.setattr("sys.argv", ["migrate", *map(str, words)])
        if self._is_read:
            self._monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
            self._monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        ended = run()
        said = self._capsys.readouterr()
        found = Typed(ended, said.out, said.err)
        assert code is None or found.code == code, f"exit {found.code}\n{found.out}\n{found.err}"
        return found


def git(folder: Path, *words: str) -> str:
    """What git prints in a folder."""
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def make_repository(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A repository with these files in one commit on `main`."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "Test")
    git(folder, "config", "user.email", "test@example.com")
    commit_files(folder, files, "Start")
    return folder


def commit_files(folder: Path, files: Mapping[str, str | bytes], message: str) -> None:
    """Writes files and commits them."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)
