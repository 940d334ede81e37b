"""`make corpus`: every project booted, read, migrated, booted again; a table of what was found."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from migrate.verify.registry import task_differences
from tests.corpus.boot import Booted, Recipe, Unavailable, inventory_differences, recipes


def check(recipe: Recipe) -> tuple[str, list[str]]:
    """One project: a line of figures, and what is wrong."""
    project = Booted(recipe).prepare()
    registry = project.registry()
    inventory = project.inventory()
    wrong = inventory_differences(inventory, registry)
    with tempfile.TemporaryDirectory(prefix="corpus-") as scratch:
        copy = Path(scratch, "copy")
        subprocess.run(
            ["git", "clone", "-q", "--shared", str(project.source), str(copy)], check=False
        )
        if recipe.god_files:
            names = ", ".join(f'"{name}"' for name in recipe.god_files)
            Path(copy, "migrate.toml").write_text(f"god_files = [{names}]\n")
        apply = [
            sys.executable,
            "-m",
            "migrate",
            "apply",
            "-C",
            str(copy),
            "--accept",
            "--through-gates",
        ]
        started = time.monotonic()
        done = subprocess.run(apply, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - started
        if done.returncode:
            return f"{recipe.name}: apply exit {done.returncode}", [*wrong, done.stderr[-1500:]]
        files = "0"
        if (copy / ".git" / "refs" / "heads" / "migrate" / "head").exists():
            stat = ["git", "-C", str(copy), "diff", "--shortstat", "migrate/base", "migrate/head"]
            files = subprocess.run(stat, capture_output=True, text=True, check=True).stdout.strip()
            subprocess.run(["git", "-C", str(copy), "checkout", "-qf", "migrate/head"], check=False)
            wrong.extend(registry_differences(registry, project.registry(copy)))
            wrong.extend(not_alone(project, copy))
            before = subprocess.run(
                ["git", "-C", str(copy), "rev-parse", "migrate/head"],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            subprocess.run(apply, capture_output=True, check=False)
            after = subprocess.run(
                ["git", "-C", str(copy), "rev-parse", "migrate/head"],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            if before != after:
                wrong.append("a second run changed something")
        shutil.rmtree(copy)
    keys = registry["keys"]
    assert isinstance(keys, list)
    notes = len(inventory.notes)
    return (
        f"{recipe.name:<16} {len(keys):>4} registered {len(inventory.names):>4} read {notes:>3} notes  apply {seconds:>5.1f} s  {files}",
        wrong,
    )


def registry_differences(before: dict[str, object], after: dict[str, object]) -> list[str]:
    """What differs between two boots in names, bases, options, queues and signatures."""
    if before["keys"] != after["keys"]:
        return [f"the names differ: {before['keys']} and {after['keys']}"]
    old, new = before["tasks"], after["tasks"]
    assert isinstance(old, dict)
    assert isinstance(new, dict)
    return [
        f"{name}: {line}"
        for name in old
        for line in task_differences(old[name], new[name])
        if not line.startswith("module was")
    ]


def not_alone(project: Booted, folder: Path) -> list[str]:
    """The new modules that can't be imported alone in a fresh interpreter of the project."""
    git = ["git", "-C", str(folder), "diff", "--name-only", "--diff-filter=A"]
    new = subprocess.run(
        [*git, "migrate/base", "migrate/head", "--", "*.py"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    root = project.recipe.root
    found: list[str] = []
    for path in new:
        inner = path.removeprefix(f"{root}/") if root != "." else path
        module = inner.removesuffix(".py").replace("/", ".")
        done = project.run(ALONE % (project.recipe.app.partition(":")[0], module), folder)
        if "@@" not in done:
            found.append(f"{module} can't be imported alone: {done[-300:]}")
    return found


ALONE = """
import importlib, os
app = importlib.import_module(%r)
if os.environ.get("DJANGO_SETTINGS_MODULE"):
    import django
    django.setup()
importlib.import_module(%r)
print("@@")
"""


def main() -> int:
    """Runs the projects named, or all; 1 if anything is wrong."""
    wanted = [word for word in sys.argv[1:] if not word.startswith("-")]
    failed = 0
    for recipe in recipes():
        if wanted and recipe.name not in wanted:
            continue
        try:
            line, wrong = check(recipe)
        except Unavailable as error:
            sys.stdout.write(f"{recipe.name:<16} skipped: {error}\n")
            continue
        sys.stdout.write(line + "\n")
        for item in wrong:
            failed += 1
            sys.stdout.write(f"    {item}\n")
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ.setdefault("NO_COLOR", "1")
    sys.exit(main())
