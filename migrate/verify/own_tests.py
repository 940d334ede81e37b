"""The project's own tests, run on an export of a tree before and after a step."""

import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from migrate.errors import UsageError
from migrate.project import Project

FAILED = re.compile(r"(?:(?:FAILED|ERROR) |(?:FAIL|ERROR): )(\S+(?: \([^)]*\))?)")
"""A line on a failed test: of pytest's short summary, or of unittest's report."""
SHOWN, LAST = 5, 8
"""How many tests a finding names, and how many of the last lines it shows."""


def split_command(command: str) -> list[str]:
    """The words of a test command. Raises `UsageError` if they can't be split."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--test-command {command!r}: {error}") from None
    if not words:
        raise UsageError("--test-command is empty: say what runs your tests")
    return words


def test_findings(
    project: Project, parent: str, tree: str, command: str, python: Path | None
) -> list[str]:
    """How the project's own tests end before and after: the same tests fail, or a finding.

    Raises `UsageError` where they fail before and don't say which, since then they tell nothing.
    """
    before, said = run_tests(project, parent, command, python)
    already = failed_tests(said)
    if before and not already:
        raise UsageError(
            f"--test-command: '{command}' ends with {before} before the step already, and names no test that fails, so it can't tell whether the step changes anything. Choose a command that passes:\n    "
            + _last(said)
        )
    after, said = run_tests(project, tree, command, python)
    fresh = sorted(failed_tests(said) - already)
    if before == after and not fresh:
        return []
    named = f": {', '.join(fresh[:SHOWN])}{' and more' * (len(fresh) > SHOWN)}" if fresh else ""
    return [f"'{command}' ended with {before} before and {after} after{named}:\n    {_last(said)}"]


def failed_tests(lines: Iterable[str]) -> set[str]:
    """The tests that pytest's summary, or unittest's report, says have failed."""
    return {found[1] for line in lines if (found := FAILED.match(line))}


def _last(lines: Sequence[str]) -> str:
    return "\n    ".join(lines[-LAST:])


def run_tests(
    project: Project, tree: str, command: str, python: Path | None
) -> tuple[int, list[str]]:
    """The exit code and lines of the project's tests on an export of a tree.

    `python` in the command is the project's interpreter where one was given.
    """
    words = split_command(command)
    environment = dict(os.environ)
    if python is not None:
        environment["PATH"] = f"{python.parent}{os.pathsep}{environment.get('PATH', '')}"
        if words[0] in {"python", "python3"}:
            words[0] = str(python)
    with tempfile.TemporaryDirectory(prefix="migrate-") as scratch:
        folder = Path(scratch, "project")
        project.repository.export(tree, folder)
        try:
            done = subprocess.run(
                words, cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
        except OSError as error:
            raise UsageError(
                f"--test-command: '{words[0]}' can't be run: {error.strerror}"
            ) from None
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()
