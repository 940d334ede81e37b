"""The same plan whatever the hashes of this run are, which `PYTHONHASHSEED` decides."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.domains.choice import Domains
from codemods.domains.files import NewFiles
from codemods.inventory.load import load
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from codemods.units.units import read_module
from tests.command import make_repository
from tests.made_projects import MADE, make

SEEDS = range(3)
NOUNS = ("kitten", "lemon", "walnut", "pepper", "violet")
GOD = "from celery import shared_task\n\n" + "".join(
    f"\n@shared_task\ndef {one}_{other}_{number}():\n    return {number}\n\n\n"
    for number, (one, other) in enumerate((a, b) for a in NOUNS for b in NOUNS if a != b)
)
"""Each task speaks of two domains that many others speak of as well."""


def planned(folder: Path, seed: int) -> str:
    """What `plan --json` prints with this seed, all files read anew."""
    shutil.rmtree(folder / ".git" / "migrate", ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-m", "migrate", "plan", "--json", "--accept", "-C", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONHASHSEED": str(seed)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", MADE)
def test_every_seed_gives_the_same_plan(name: str, tmp_path: Path) -> None:
    folder = make(name, tmp_path / name)
    plans = [planned(folder, seed) for seed in SEEDS]
    assert '"decisions": [' in plans[0]
    assert all(plan == plans[0] for plan in plans[1:])


def test_words_that_two_domains_share_are_decided_alike(here: Path) -> None:
    files = {"shop/__init__.py": "", "shop/tasks.py": GOD, "manage.py": ""}
    make_repository(here, files | {"migrate.toml": 'god_files = ["shop/tasks.py"]\n'})
    assert len({planned(here, seed) for seed in SEEDS}) == 1


def test_the_word_that_tasks_share_is_their_domain() -> None:
    names = ("rebuild_kb", "check_kb", "kb_rebuild", "open_door", "shut_door", "door_bell")
    tasks = "".join(f"\n\n@shared_task\ndef {name}():\n    return 1\n" for name in names)
    text = f"from celery import shared_task\n{tasks}".encode()
    inventory = load(snapshot_of({"tasks.py": text}), Settings(god_files=("tasks.py",)))
    module = read_module("tasks.py", text)
    units = {unit.name: unit for unit in module.units}
    chosen = Domains(inventory, module, NewFiles("tasks.py", "")).choose(
        (task, units[task.qualname]) for task in inventory.tasks
    )
    found: dict[str, list[str]] = {choice.domain: [] for choice in chosen.values()}
    for name, choice in chosen.items():
        found[choice.domain].append(name)
    assert found == {"kb": list(names[:3]), "door": list(names[3:])}
