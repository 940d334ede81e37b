"""Generated projects, booted by Celery: what each registers is what the inventory reads in its source."""

import ast
import json
import os
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from codemods.inventory.load import load
from codemods.inventory.task import Task
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from tests.codemods.inventory.declared_projects import LIBRARY, Made, made, planned

COUNT = int(os.environ.get("SOAK_DECLARED", "200"))
TOGETHER = 50
"""Projects that one process boots, each in a fork of its own."""

RUNNER = Path(__file__).with_name("declared_runner.py")


def boot(projects: list[Made], folder: Path) -> list[Any]:
    """What Celery registers of each project, or the error that it met."""
    written = [("library", LIBRARY)]
    written += [(str(number), project.files) for number, project in enumerate(projects)]
    for name, files in written:
        for path, text in files.items():
            (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / path).write_text(text, "utf-8")
    jobs = [
        {
            "folder": str(folder / str(number)),
            "paths": [*project.paths, str(folder / "library")],
            "modules": project.modules,
            "app": project.app,
        }
        for number, project in enumerate(projects)
    ]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(RUNNER)],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert "@@" in done.stdout, done.stderr[-2000:]
    found: list[Any] = json.loads(done.stdout.rpartition("@@")[2])
    return found


def differences(project: Made, registered: Any) -> list[str]:
    """Where the inventory and Celery disagree about a project."""
    if isinstance(registered, str):
        return [registered[-600:]]
    files = {path: text.encode() for path, text in project.files.items()}
    inventory = load(snapshot_of(files), Settings())
    names = {task.name for task in inventory.tasks if task.name is not None}
    globs = [task.like or "*" for task in inventory.tasks if task.name is None]
    missing = registered.keys() - names
    found = [f"'{name}' is not registered" for name in sorted(names - registered.keys())]
    found += [f"'{name}' is not read" for name in sorted(missing - project.untold)]
    for name in sorted(missing & project.untold):
        if not any(fnmatchcase(name, glob) for glob in globs):
            found.append(f"nothing stands for '{name}', which only running tells")
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in project.untold):
            found.append(f"a task like '{glob}' has a name that the source tells")
    found += [
        f"{seen.path}:{seen.line} {seen.text} is not read" for seen in inventory.not_understood
    ]
    return found


USUAL = {"queue": None, "acks_late": False, "max_retries": 3}


def _options(task: Task, registered: dict[str, Any]) -> list[str]:
    """The options that a task has in Celery and not in the inventory, or with another value."""
    found = {}
    for key, usual in USUAL.items() if registered else ():
        source = task.options.get(key, repr(usual))
        try:
            value = ast.literal_eval(source)
        except ValueError:
            continue
        if value != registered[key]:
            found[key] = (source, registered[key])
    return [f"'{task.name}' has other options: {found}"] if found else []


@pytest.mark.parametrize("first", range(0, COUNT, TOGETHER))
def test_celery_registers_what_the_inventory_reads(first: int, tmp_path: Path) -> None:
    seeds = range(first, min(first + TOGETHER, COUNT))
    projects = [made(planned(seed)) for seed in seeds]
    booted = boot(projects, tmp_path)
    found = {
        seed: differing
        for seed, project, registered in zip(seeds, projects, booted, strict=True)
        if (differing := differences(project, registered))
    }
    assert not found, "\n".join(f"{seed}: {lines}" for seed, lines in found.items())


def test_the_same_seed_gives_the_same_project() -> None:
    assert [made(planned(seed)) for seed in range(20)] == [
        made(planned(seed)) for seed in range(20)
    ]


def test_a_difference_is_found() -> None:
    project = made(planned(0))
    assert any("is not registered" in line for line in differences(project, {"other": {}}))
    assert any("'other' is not read" in line for line in differences(project, {"other": {}}))
