"""A new codemod: its test passes as written, it is a step by the lines that it comes with, nothing is replaced."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from migrate.errors import UsageError
from migrate.new_codemod import new_codemod
from tests.command import Terminal, commit_files, make_repository
from tests.migrate.test_json import FILES, valid


def test_what_is_written_passes_and_is_a_step(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES | {"shop/calls.py": "from shop.other import old\n\nold(1)\n"})
    made = valid("new-codemod", migrate("new-codemod", "new-calls", "--json").json)
    assert made["files"] == ["tools/new_calls.py", "tools/test_new_calls.py"]
    assert made["test"] == f"{sys.executable} -m unittest discover -s tools"
    done = subprocess.run(
        made["test"].split(), capture_output=True, text=True, env=os.environ | {"PYTHONPATH": ""}
    )
    assert "Ran 3 tests" in done.stderr
    assert done.stderr.rstrip().endswith("OK")
    (here / "pyproject.toml").write_text(made["configuration"])
    commit_files(here, {}, "A codemod")
    plan = migrate("plan", "--trust", "--json").json
    (step,) = [step for step in plan["steps"] if step["name"] == "new-calls"]
    assert "shop/calls.py" in step["files"]
    again = migrate("new-codemod", "new-calls", code=2).err
    assert (
        again
        == "migrate: 'tools/new_calls.py' is there already, so nothing was written. Name another\n"
    )


@pytest.mark.parametrize("name", ["Big", "two words", "../up", "-x", ""])
def test_a_name_that_no_step_can_have(name: str) -> None:
    with pytest.raises(UsageError, match="as log-arguments"):
        new_codemod(name, "tools")


def test_the_name_of_a_step_is_taken() -> None:
    with pytest.raises(UsageError, match="'split' is a step of the tool's own"):
        new_codemod("split", "tools")


@pytest.mark.parametrize("folder", ["..", "../x", "/tmp/x", "."])
def test_a_folder_outside(folder: str, here: Path, migrate: Terminal) -> None:
    make_repository(here, {"a.py": ""})
    said = migrate("new-codemod", "mine", "--folder", folder, code=2).err
    assert "is no folder inside of the repository" in said


def test_a_folder_that_is_a_link(
    here: Path, migrate: Terminal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    make_repository(here, {"a.py": ""})
    (here / "tools").symlink_to(elsewhere)
    assert "symbolic link" in migrate("new-codemod", "mine", code=3).err
    assert list(elsewhere.iterdir()) == []
