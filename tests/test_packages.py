"""Both distributions: what the other has it lacks, what it says of itself is there, and extras stay extras."""

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from migrate.cli.fleet import check_runtime
from migrate.errors import UsageError
from tests.command import make_repository

HERE = Path(__file__).parents[1]
FOLDERS = {"toolkit": HERE, "runtime": HERE / "target_runtime"}
EXTRAS = frozenset({"bowler", "django", "django_celery_beat"})
"""What the tool may not need by itself; it is imported where the user's own code runs."""

FLEETS = ("migrate", "fleet", "app.py")
"""It runs on the runtime, which is the extra `fleet` and brings Django along; only fleets load it."""


def project(folder: Path) -> Any:
    return tomllib.loads((folder / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS)
def test_each_says_what_it_is(folder: Path) -> None:
    found = project(folder)
    assert (folder / found["readme"]).is_file()
    assert found["license"] == "Apache-2.0"
    for name in found["license-files"]:
        assert (folder / name).read_bytes() == (HERE / "LICENSE").read_bytes()
    assert found["keywords"]
    assert found["authors"]
    assert not any(word.startswith("License ::") for word in found["classifiers"])
    oldest = found["requires-python"].removeprefix(">=")
    listed = [w.rpartition(" ")[2] for w in found["classifiers"] if " :: Python :: 3." in w]
    assert listed[0] == oldest
    assert len(listed) == len(set(listed))


def test_what_only_extras_bring_is_imported_where_user_code_runs() -> None:
    core = {Requirement(word).name for word in project(HERE)["dependencies"]}
    assert not core & EXTRAS
    found: set[str] = set()
    for package in ("migrate", "codemods", "reports"):
        for path in sorted((HERE / package).rglob("*.py")):
            inside = path.relative_to(HERE).parts
            if "inside" in inside or "legacy_project" in inside or inside == FLEETS:
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    found.update(alias.name.partition(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    found.add((node.module or "").partition(".")[0])
    assert not found & EXTRAS
    known = {"git": "gitpython"}
    own = {"migrate", "codemods", "reports", "celery_converge"}
    others = found - set(sys.stdlib_module_names) - own
    # What these bring along themselves: Celery its transports' clients.
    brought = {"kombu", "amqp"}
    assert {known.get(name, name) for name in others} - brought <= core


@pytest.mark.parametrize("path", ["", "."])
def test_a_projects_own_packages_are_never_imported(path: str, tmp_path: Path) -> None:
    names = ("migrate", "reports", "codemods", "libcst", "git", "typer", "rich", "filelock")
    fault = 'raise RuntimeError("imported")\n'
    make_repository(tmp_path, {f"{name}/__init__.py": fault for name in names})
    done = subprocess.run(
        [sys.executable, "-m", "celery_converge", "init", "--dry-run"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_requirement_is_pinned_for_work_on_it() -> None:
    pinned = {
        canonicalize_name(Requirement(line).name)
        for line in (HERE / "constraints.txt").read_text().splitlines()
        if line and not line.startswith("#")
    }
    for folder in FOLDERS.values():
        found = project(folder)
        words = [*found["dependencies"]]
        for extra in found["optional-dependencies"].values():
            words.extend(extra)
        names = {canonicalize_name(Requirement(word).name) for word in words}
        assert names - {"celery-converge-runtime"} <= pinned


def test_a_campaign_asks_for_the_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrate.cli.fleet.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="celery-converge-runtime, which is not installed"):
        check_runtime()
