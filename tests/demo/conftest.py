"""The demo, written and migrated once for all of its tests."""

import subprocess
import sys
from pathlib import Path

import pytest

from migrate.demo.history import write_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's repository with every step applied."""
    folder = tmp_path_factory.mktemp("demo") / "intelliwiz"
    write_demo(folder, replace=False)
    apply = [
        sys.executable,
        "-m",
        "migrate",
        "apply",
        "-C",
        str(folder),
        "--accept",
        "--through-gates",
    ]
    subprocess.run(apply, check=True)
    return folder


@pytest.fixture(scope="session")
def checkouts(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The demo before any step and after some, each in a folder of its own."""
    found: dict[str, Path] = {}
    for name in ("base", "01-split", "02-dedupe", "04-aliases", "05-names", "08-runtime"):
        folder = tmp_path_factory.mktemp("checkout") / name
        subprocess.run(
            [
                "git",
                "-C",
                str(demo),
                "worktree",
                "add",
                "-q",
                "--detach",
                str(folder),
                f"migrate/{name}",
            ],
            check=True,
        )
        found[name] = folder
    return found
