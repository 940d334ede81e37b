"""`make bench`: whole commands on one tree of real code, each against a peer in the same run.

python -m tests.benchmarks.run [ROUNDS]

A line is printed as soon as it is measured. The exit code is 1 where a figure is over what is promised.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.trees import god_tree, real_tree
from tests.command import git

BIN = Path(sys.executable).parent
HERE = Path(__file__).parent
GOD = "background_tasks/tasks.py"
MOVED = "send_birthday_greetings"
"""The one task that rope moves."""
COMMITS = 40
"""Commits over which a report is made."""
PATTERN = "shared_task($$$ARGUMENTS)"
"""The one pattern that ast-grep looks for."""


@dataclass(frozen=True)
class Limit:
    """The most that is promised: seconds, times a peer's figure, or megabytes."""

    most: float
    unit: str = "s"
    peer: str = ""


class Bench:
    """The measurements of one run, printed as they come."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.found: dict[str, float] = {}
        self.late: list[str] = []

    def measure(
        self,
        label: str,
        work: Callable[[], object],
        before: Callable[[], object] = lambda: None,
        limit: Limit | None = None,
    ) -> None:
        """Times some work, each round after what must come `before` it."""
        times = []
        for _ in range(self.rounds):
            before()
            started = time.perf_counter()
            work()
            times.append(time.perf_counter() - started)
        self.tell(label, median(times), limit)

    def tell(self, label: str, value: float, limit: Limit | None = None) -> None:
        """Prints one figure beside what is promised of it."""
        self.found[label] = value
        unit = limit.unit if limit else "s"
        line = f"{label:<58} {value:>8.2f} {unit}"
        if limit is not None:
            figure, times = (value / self.found[limit.peer], "x ") if limit.peer else (value, "")
            over = figure > limit.most
            if over:
                self.late.append(label)
            of = f" {limit.peer.strip()}" if limit.peer else f" {unit}"
            said = f"{figure:.2f} x, " if limit.peer else ""
            mark = "OVER" if over else "held"
            line += f"   {said}at most {limit.most:g} {times}{of.strip()}: {mark}"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def ran(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """A whole process in a folder; one that can't do its work ends the run."""
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1}:
        raise RuntimeError(f"{words}: {done.stderr[-2000:]}")
    return done


def migrate(folder: Path, *words: str) -> Callable[[], object]:
    """A command line of ours as work."""
    return lambda: ran(folder, BIN / "migrate", *words)


def forget(folder: Path) -> None:
    """Everything that a run before has left."""
    shutil.rmtree(folder / ".git" / "migrate", ignore_errors=True)
    shutil.rmtree(folder / ".migrate", ignore_errors=True)
    for ref in git(folder, "for-each-ref", "--format=%(refname)", "refs/heads/migrate").split():
        git(folder, "update-ref", "-d", ref)


def forget_answers(folder: Path) -> None:
    """The kept answers alone: what is read is in the cache."""
    shutil.rmtree(folder / ".git" / "migrate" / "answers", ignore_errors=True)


def edited(folder: Path, name: str = "manage.py") -> None:
    """One file changed, and committed."""
    path = folder / name
    path.write_text(path.read_text() + f"# {time.time_ns()}\n")
    git(folder, "commit", "-qam", "one more line")


def peak(folder: Path, *words: str) -> float:
    """The most memory that a command of ours takes, in megabytes, its own processes counted each alone."""
    script = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    done = ran(folder, sys.executable, "-c", script, str(BIN / "migrate"), *words)
    return int(done.stdout) / 1024


def plans(bench: Bench, folder: Path) -> None:
    """Plans: cold, once more, and after a change."""
    scan = (BIN / "ast-grep", "run", "--lang", "python", "--pattern", PATTERN, ".")
    ast_grep = "ast-grep, one pattern over the same tree"
    bench.measure(ast_grep, lambda: ran(folder, *scan))
    cold = Limit(2, peer=ast_grep)
    bench.measure("plan, cold", migrate(folder, "plan"), lambda: forget(folder), cold)
    bench.measure("plan once more", migrate(folder, "plan"), limit=Limit(0.3))
    bench.measure("plan after one file changed", migrate(folder, "plan"), lambda: edited(folder), Limit(1.5))  # fmt: skip
    god = "plan after the god file changed, all steps run anew"
    bench.measure(god, migrate(folder, "plan"), lambda: edited(folder, GOD))
    bench.tell("peak memory of a cold plan", _cold_peak(folder), Limit(400, "MB"))
    check = migrate(folder, "check", "manage.py")
    check()
    bench.measure(
        "check of the file that a commit changes", check, lambda: edited(folder), Limit(1)
    )


def _cold_peak(folder: Path) -> float:
    forget(folder)
    return peak(folder, "plan")


def histories(bench: Bench, folder: Path) -> None:
    """The figures of the commits of a branch, each of which changes a Python file."""
    for _ in range(COMMITS):
        edited(folder)
    words = ("report", "--history")
    first, again = (
        f"report over {COMMITS} commits, cold",
        f"report over {COMMITS} commits once more",
    )
    bench.measure(
        first, migrate(folder, *words), lambda: forget(folder), Limit(4, peer="plan, cold")
    )
    bench.measure(again, migrate(folder, *words), limit=Limit(0.1, peer=first))


def applies(bench: Bench, folder: Path) -> None:
    """The whole migration, and what is asked after it."""
    rope = "rope, one task moved"
    task = (BIN / "python", HERE / "rope_move.py", folder, GOD, MOVED, "background_tasks/moved.py")

    def restored() -> None:
        git(folder, "reset", "-q", "--hard")
        git(folder, "clean", "-qfd")

    bench.measure(rope, lambda: ran(folder, *task), restored)
    restored()
    whole = ("apply", "--accept", "--through-gates")

    def planned() -> None:
        forget(folder)
        migrate(folder, "plan")()

    bench.measure(
        "apply --accept, all steps", migrate(folder, *whole), planned, Limit(1, peer=rope)
    )
    bench.measure("status after it", migrate(folder, "status"), limit=Limit(1))
    bench.measure("the same apply after it, with nothing to do", migrate(folder, *whole), limit=Limit(1))  # fmt: skip
    bench.measure("status worked out anew", migrate(folder, "status"), lambda: forget_answers(folder))  # fmt: skip
    bench.measure("apply with nothing to do, worked out anew", migrate(folder, *whole), lambda: forget_answers(folder))  # fmt: skip
    bench.measure("migrate --help", migrate(folder, "--help"), limit=Limit(0.2))


def main() -> int:
    """Prints the table; how many figures are over what is promised decides the exit code."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPATH"] = str(HERE.parents[1])
    bench = Bench(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = real_tree(Path(scratch, "tree"))
        count = len(list(folder.rglob("*.py")))
        sys.stdout.write(f"{count} Python files, {os.cpu_count()} cores\n")
        plans(bench, folder)
        histories(bench, folder)
        applies(bench, folder)
        god = god_tree(Path(scratch, "god"), 900)
        lines = (god / "shop" / "tasks.py").read_text().count("\n")
        label = f"plan of a god file of {lines:,} lines, 900 tasks"
        bench.measure(label, migrate(god, "plan"), lambda: forget(god), Limit(15))
    if bench.late:
        sys.stdout.write(f"over what is promised: {', '.join(bench.late)}\n")
    return 1 if bench.late else 0


if __name__ == "__main__":
    sys.exit(main())
