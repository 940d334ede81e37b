"""Every patch in the demo's tests takes effect, before the migration and after it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.demo.test_boots import environment

RUNNER = Path(__file__).with_name("patch_runner.py")


def patches(folder: Path) -> Any:
    shutil.copy(RUNNER, folder / "patch_runner.py")
    command = [sys.executable, "-W", "ignore", "manage.py", "test"]
    done = subprocess.run(
        [*command, "--testrunner", "patch_runner.Runner"],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    (folder / "patch_runner.py").unlink()
    assert "@@" in done.stdout, done.stderr[-3000:]
    return json.loads(done.stdout.rpartition("@@")[2])


@pytest.fixture(scope="module")
def base(checkouts: dict[str, Path]) -> Any:
    return patches(checkouts["base"])


def test_tests_notice_their_patches_from_the_start(base: Any) -> None:
    assert base["tests"] == 159
    assert base["patches"] >= 65
    assert base["failed"] == []
    # setUp patches this one to the value that it has already.
    assert {text.rpartition(" ")[2] for text in base["unnoticed"]} == {"MQTT_CLIENT"}


@pytest.mark.parametrize("name", ["01-split", "02-dedupe", "05-names"])
def test_they_notice_the_same_ones_after(checkouts: dict[str, Path], base: Any, name: str) -> None:
    assert patches(checkouts[name]) == base
