"""`make bench`: ratios against peers on one tree of real code, all in the same run."""

import ast
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import django
import libcst
from celery import __file__ as celery_file

from codemods.inventory.facts import is_relevant, read_facts
from migrate.demo.history import SOURCE
from tests.command import git

ROUNDS = 3
FILES = 3000
"""Python files of the tree: the demo, Django, Celery, Django once more, and small modules."""
MODULE = """\
from celery import shared_task

LIMIT = {number}


class Thing{number}:
    def value(self, other=LIMIT):
        return [other + index for index in range({number} % 50)]


def work_{number}(thing):
    return thing.value() or LIMIT
"""


def tree(folder: Path) -> int:
    """A repository of the demo, Django and Celery; its number of Python files."""
    sources = {
        "demo": SOURCE,
        "django": Path(django.__file__).parent,
        "celery": Path(celery_file).parent,
    }
    count = 0
    for name, source in sources.items():
        for path in source.rglob("*.py"):
            target = folder / ("" if name == "demo" else name) / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
            count += 1
    for number, path in enumerate(sorted(folder.joinpath("django").rglob("*.py"))):
        if count >= FILES:
            break
        target = folder / f"vendor{number % 7}" / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes() + f"\n# copy {number}\n".encode())
        count += 1
    for number in range(max(0, FILES - count)):
        target = folder / "more" / f"module_{number}.py"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(MODULE.format(number=number))
        count += 1
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A", "-f")
    git(folder, "-c", "user.name=b", "-c", "user.email=b@example.com", "commit", "-qm", "bench")
    return count


def seconds(work: Callable[[], object]) -> float:
    """The median time of some work, in seconds."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return median(times)


def command(*words: str, folder: Path) -> Callable[[], object]:
    """A whole process as work."""
    return lambda: subprocess.run(words, cwd=folder, capture_output=True, check=False)


def main() -> int:
    """Prints a table of times and ratios."""
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch, "tree")
        folder.mkdir()
        files = tree(folder)
        relevant = [
            (str(path.relative_to(folder)), data)
            for path in sorted(folder.rglob("*.py"))
            if is_relevant(data := path.read_bytes())
        ]
        parsing = [(path, data) for path, data in relevant if b"print '" not in data]
        migrate = (sys.executable, "-m", "migrate")

        def cold() -> None:
            (folder / ".git" / "migrate" / "facts.sqlite").unlink(missing_ok=True)
            subprocess.run(
                [*migrate, "plan", "--json"], cwd=folder, capture_output=True, check=True
            )

        def hooks_cold() -> None:
            (folder / ".git" / "migrate" / "facts.sqlite").unlink(missing_ok=True)
            audit()

        audit = command(
            sys.executable,
            "-c",
            "from celery_converge import audit; audit()",
            "--rules",
            folder=folder,
        )

        def whole_apply() -> None:
            apply = [*migrate, "apply", "--accept", "--through-gates"]
            subprocess.run(apply, cwd=folder, capture_output=True, check=True)
            subprocess.run([*migrate, "rollback"], cwd=folder, capture_output=True, check=True)

        rows = [
            (
                f"facts of {len(relevant)} files, one process",
                seconds(lambda: [read_facts(p, d) for p, d in relevant]),
            ),
            (
                "  ast.parse of the same files (floor)",
                seconds(lambda: [ast.parse(d) for p, d in parsing if p[:11] != "scripts_old"]),
            ),
            (
                "  LibCST parse_module of the same files",
                seconds(
                    lambda: [libcst.parse_module(d) for p, d in parsing if p[:11] != "scripts_old"]
                ),
            ),
            (f"migrate plan of {files} files, cold", seconds(cold)),
            (
                f"migrate apply --accept of {files} files, rolled back each time",
                seconds(whole_apply),
            ),
            ("migrate plan, warm", seconds(command(*migrate, "plan", "--json", folder=folder))),
            (f"all hooks on {files} files, cold", seconds(hooks_cold)),
            ("all hooks, warm", seconds(audit)),
            (
                "  ruff F821 of the same tree",
                seconds(
                    command(
                        str(Path(sys.executable).with_name("ruff")),
                        "check",
                        "--isolated",
                        "--no-cache",
                        "--select",
                        "F821",
                        ".",
                        folder=folder,
                    )
                ),
            ),
        ]
        floor = rows[1][1]
        for label, took in rows:
            sys.stdout.write(f"{label:<46} {took:>8.2f} s   {took / floor:>6.1f} x floor\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
