"""Small projects to begin from: forms put together, odd spellings, declarations, god files, parts of the demo."""

import ast
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from random import Random

import migrate.demo
from tests.codemods import god_projects
from tests.codemods.generated import module
from tests.codemods.harness import PROJECT
from tests.codemods.inventory.declared_projects import made, planned
from tests.codemods.inventory.test_odd_spellings import SPELLINGS, project
from tests.fuzz.forms import AROUND, DECLARED, HEADS, OTHERS, SETTINGS, TESTS

DEMO = Path(migrate.demo.__file__).parent / "legacy_project"
Files = dict[str, bytes]
HERE = "orders/tasks.py"
"""The file that most seeds have their tasks in."""


def of_forms(random: Random) -> dict[str, str]:
    """Modules of tasks, settings, tests and callers, each of some pieces in any order."""
    files = dict(PROJECT)
    files[HERE] = random.choice(HEADS) + _pieces(random, (*DECLARED, *AROUND), 3, 9)
    if random.random() < 0.5:
        files["orders/mail_tasks.py"] = random.choice(HEADS) + _pieces(random, DECLARED, 1, 4)
    files["shop/settings.py"] += "".join(random.sample(SETTINGS, random.randint(0, 3)))
    files["orders/views.py"] = random.choice(OTHERS)
    head = "from unittest.mock import patch\nfrom orders import tasks\n\n\n"
    files["orders/tests/test_tasks.py"] = head + _pieces(random, TESTS, 1, 3)
    return files


def _pieces(random: Random, known: tuple[str, ...], least: int, most: int) -> str:
    picked = random.sample(known, random.randint(least, min(most, len(known))))
    gap = random.choice(("\n\n", "\n", ""))
    return "".join(gap + piece.format(n=random.randint(1, 4)) for piece in picked)


def of_modules(random: Random) -> dict[str, str]:
    """Plain modules of tasks."""
    return {**PROJECT, HERE: module(random), "orders/mail_tasks.py": module(random, 1)}


def of_spellings(random: Random) -> dict[str, str]:
    """One odd spelling."""
    return project(random.choice(sorted(SPELLINGS))).files


def of_declarations(random: Random) -> dict[str, str]:
    """Apps and tasks declared in ways picked at random."""
    return made(planned(random.getrandbits(16))).files


def of_god_files(random: Random) -> dict[str, str]:
    """Two god files with helpers, state and decorators."""
    return god_projects.project(random)[0]


def of_the_demo(random: Random) -> dict[str, str]:
    """Some files of the bundled legacy project, and some statements of its god file."""
    files = _demo()
    kept = {path for path in files if path.endswith(("__init__.py", "celery.py", "settings.py"))}
    kept.update(random.sample(sorted(files.keys() - kept), 6))
    found = {path: files[path] for path in sorted(kept)}
    found["background_tasks/tasks.py"] = _some(files["background_tasks/tasks.py"], random)
    return found


@lru_cache
def _demo() -> dict[str, str]:
    return {str(p.relative_to(DEMO)): p.read_text("latin-1") for p in sorted(DEMO.rglob("*.py"))}


def _some(text: str, random: Random) -> str:
    """The imports of a module and some of its other statements, in their order, with what stands above."""
    lines, found, start = text.splitlines(keepends=True), list[str](), 0
    for node in ast.parse(text).body:
        end = node.end_lineno or node.lineno
        if isinstance(node, ast.Import | ast.ImportFrom) or random.random() < 0.15:
            found.extend(lines[start:end])
        start = end
    return "".join(found)


SEEDS: tuple[Callable[[Random], dict[str, str]], ...] = (
    of_forms, of_forms, of_forms, of_modules, of_spellings, of_declarations, of_god_files, of_the_demo,
)  # fmt: skip
