"""How long a plan takes after each of a project's last commits, in clones of real projects.

python -m tests.benchmarks.commits COMMITS FOLDER...

For each clone: a cold plan of the first of these commits and ast-grep over it, then a plan after each
further one along the first parents. The clones are checked out at these commits, and `.migrate` goes.
Prints a line a project as a row of Markdown; the exit code is 1 where half of a project's plans took
longer than is promised.
"""

import os
import sys
import time
from pathlib import Path
from statistics import median, quantiles

from tests.benchmarks.run import BIN, PATTERN, forget, ran
from tests.command import git

PROMISED = 1.5
"""Seconds that a plan after one change takes at most."""
HEAD = "| project | Python files | `plan`, cold | ast-grep | commits | median | 9 of 10 | the longest |"


def main() -> int:
    """Prints the table, a row as soon as it is measured."""
    count, *folders = sys.argv[1:]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.stdout.write(f"{HEAD}\n|{'---|' * HEAD.count(' | ')}---|\n")
    late = [folder for folder in folders if measured(Path(folder).resolve(), int(count)) > PROMISED]
    if late:
        sys.stdout.write(f"over {PROMISED} s: {', '.join(late)}\n")
    return 1 if late else 0


def measured(folder: Path, count: int) -> float:
    """The median of the seconds of a plan after a commit."""
    commits = git(folder, "rev-list", "--first-parent", f"-{count + 1}", "HEAD").split()
    first, *later = reversed(commits)
    _check_out(folder, first)
    forget(folder)
    cold = _seconds(folder, BIN / "migrate", "plan")
    ast_grep = min(
        _seconds(folder, BIN / "ast-grep", "run", "--lang", "python", "--pattern", PATTERN, ".")
        for _ in range(3)
    )
    times = []
    for commit in later:
        _check_out(folder, commit)
        times.append(_seconds(folder, BIN / "migrate", "plan"))
    files = len(git(folder, "ls-files", "*.py").splitlines())
    most = quantiles(times, n=10, method="inclusive")[-1]
    figures = [cold, ast_grep, len(times), median(times), most, max(times)]
    shown = [f"{item:.2f} s" if isinstance(item, float) else str(item) for item in figures]
    sys.stdout.write(f"| {folder.name} | {files:,} | {' | '.join(shown)} |\n")
    sys.stdout.flush()
    return median(times)


def _check_out(folder: Path, commit: str) -> None:
    git(folder, "checkout", "-q", "--detach", "--force", commit)
    git(folder, "reset", "-q", "--hard")


def _seconds(folder: Path, *words: str | Path) -> float:
    begun = time.perf_counter()
    ran(folder, *words)
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
