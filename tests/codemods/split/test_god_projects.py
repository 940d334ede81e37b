"""Generated projects, booted before and after: the same registry, names and results of every task."""

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from codemods.inventory.load import load
from codemods.settings import Settings
from codemods.snapshot import Snapshot, snapshot_of
from migrate.pipeline import run_step
from migrate.proof import prove
from migrate.steps import BY_NAME
from tests.codemods.god_projects import project

COUNT = int(os.environ.get("SOAK_PROJECTS", "16"))
RUNNER = Path(__file__).with_name("god_runner.py")


def boot(folder: Path, snapshot: Snapshot, gods: list[str], names: dict[str, list[str]]) -> Any:
    for path, data in snapshot.read_many(snapshot.files).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    modules = [path.removesuffix(".py").replace("/", ".") for path in gods]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(RUNNER), *modules],
        cwd=folder,
        input=json.dumps(names),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"},
    )
    assert "@@" in done.stdout, done.stderr[-2000:]
    return json.loads(done.stdout.rpartition("@@")[2])


@pytest.mark.parametrize("seed", range(COUNT))
def test_nothing_is_lost_and_every_task_gives_the_same(seed: int, tmp_path: Path) -> None:
    files, gods = project(Random(seed))
    snapshot = snapshot_of({path: text.encode() for path, text in files.items()})
    before = boot(tmp_path / "before", snapshot, gods, {})
    inventory = load(snapshot, Settings(god_files=tuple(gods)))
    moved = 0
    for name in ("split", "dedupe", "decorators"):
        done = run_step(BY_NAME[name], snapshot, inventory, load)
        proof = prove(done, load)
        assert proof.holds, "\n".join(proof.findings)
        snapshot, inventory = done.snapshot, done.after
        moved += len(done.changes)
    assert moved
    after = boot(tmp_path / "after", snapshot, gods, before["names"])
    assert after["registry"] == before["registry"]
    assert after["results"] == before["results"]
    assert after["view"] == before["view"]
    for module, names in before["names"].items():
        # What a god file only imports for itself may go with the code that read it.
        own = {name for name in names if not (module.endswith("more") and "_0_" in name)}
        assert own <= set(after["names"][module])
    new = [path for path in snapshot.files if path not in files]
    for path in new:
        module = path.removesuffix(".py").replace("/", ".")
        command = [sys.executable, "-W", "ignore", "-c", f"import {module}"]
        subprocess.run(command, cwd=tmp_path / "after", check=True, timeout=60)
