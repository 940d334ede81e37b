"""Generated projects, booted before and after: the same registry, names, schedule, routes and results."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
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


@pytest.fixture(scope="module")
def runner() -> Iterator[subprocess.Popen[str]]:
    """The process in whose forks projects are booted."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", str(RUNNER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"},
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def boot(
    runner: subprocess.Popen[str],
    folder: Path,
    snapshot: Snapshot,
    gods: list[str],
    names: dict[str, list[str]],
    new: Iterable[str] = (),
) -> Any:
    """What a project is once it is booted; the `new` modules are imported each on its own too."""
    for path, data in snapshot.read_many(snapshot.files).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    modules, alone = (
        [path.removesuffix(".py").replace("/", ".") for path in paths] for paths in (gods, new)
    )
    asked = {"folder": str(folder), "modules": modules, "names": names, "alone": alone}
    assert runner.stdin is not None
    assert runner.stdout is not None
    runner.stdin.write(json.dumps(asked) + "\n")
    runner.stdin.flush()
    found = json.loads(runner.stdout.readline())
    assert "error" not in found, found["error"]
    return found


@pytest.mark.parametrize("seed", range(COUNT))
def test_nothing_is_lost_and_every_task_gives_the_same(
    seed: int, tmp_path: Path, runner: subprocess.Popen[str]
) -> None:
    files, gods = project(Random(seed))
    snapshot = snapshot_of({path: text.encode() for path, text in files.items()})
    before = boot(runner, tmp_path / "before", snapshot, gods, {})
    inventory = load(snapshot, Settings(god_files=tuple(gods)))
    moved = 0
    for name in ("split", "dedupe", "decorators"):
        done = run_step(BY_NAME[name], snapshot, inventory, load)
        proof = prove(done, load)
        assert proof.holds, "\n".join(proof.findings)
        snapshot, inventory = done.snapshot, done.after
        moved += len(done.changes)
    assert moved
    new = [path for path in snapshot.files if path not in files]
    after = boot(runner, tmp_path / "after", snapshot, gods, before["names"], new)
    assert after["registry"] == before["registry"]
    assert after["results"] == before["results"]
    assert after["schedule"] == before["schedule"]
    assert after["routes"] == before["routes"]
    assert after["view"] == before["view"]
    for module, names in before["names"].items():
        # What a god file only imports for itself may go with the code that read it.
        own = {name for name in names if not (module.endswith("more") and "_0_" in name)}
        assert own <= set(after["names"][module])
