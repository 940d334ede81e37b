"""Generated modules: every step parses, settles, keeps comments, and gives the registry it promises."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrate.proof.comments import comments
from migrate.verify.registry import INSIDE, task_differences
from tests.codemods.generated import module
from tests.codemods.harness import PROJECT, run
from tests.command import git, make_repository

CELERY = PROJECT["shop/celery.py"] + "LIMIT = 5\n"


@given(st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_step_holds(random: Random) -> None:
    files: dict[str, str | bytes] = {
        "shop/celery.py": CELERY,
        "orders/tasks.py": module(random),
    }
    known = comments(str(files["orders/tasks.py"]).encode())
    names = set[str]()
    for step in ("decorators", "aliases", "names"):
        found = run(step, files)
        names = names or found.before.known_names
        files = {path: found.snapshot.read(path) for path in found.snapshot.files}
        assert names <= found.after.known_names
    text = files["orders/tasks.py"]
    assert isinstance(text, bytes)
    assert sorted(t for _, t in comments(text) if "noqa" not in t) == sorted(t for _, t in known)
    assert not any(name.endswith("()") for name in found.after.names)
    kept = [note for note in found.notes if note.code == "not-converted"]
    assert kept or not [task for task in found.after.tasks if task.decorator == "app.task"]


@pytest.mark.parametrize("seed", [1, 2])
def test_real_celery_registers_the_same(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    files: dict[str, str] = {
        **PROJECT,
        "shop/celery.py": CELERY.replace(
            "app.autodiscover_tasks()", "app.conf.imports = ['orders.tasks']"
        ),
    }
    files["shop/settings.py"] += "SECRET_KEY = 'x'\n"
    files["manage.py"] = ""
    for number in range(20):
        files[f"orders/tasks_{number}.py"] = module(random, number)
    files["orders/tasks.py"] = "".join(
        f"import orders.tasks_{number}  # noqa\n" for number in range(20)
    )
    folder = make_repository(tmp_path / "project", files)
    before = registry(folder)
    subprocess.run(
        [sys.executable, "-m", "migrate", "apply", "--through-gates", "-C", str(folder)],
        check=True,
        capture_output=True,
    )
    git(folder, "checkout", "-q", "migrate/head")
    after = registry(folder)
    renames = {key: key.removesuffix("()") for key in before["keys"]}
    assert set(after["keys"]) == set(before["keys"]) | set(renames.values())
    assert len(before["keys"]) > 30
    for name, described in before["tasks"].items():
        assert task_differences(described, after["tasks"][renames[name]]) == []


def registry(folder: Path) -> dict[str, dict[str, dict[str, object]]]:
    command = [sys.executable, "-W", "ignore", str(INSIDE / "registry.py"), "shop.celery:app"]
    environment = {
        "PYTHONPATH": str(folder),
        "PATH": "/usr/bin:/bin",
        "DJANGO_SETTINGS_MODULE": "shop.settings",
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert "@@" in done.stdout, done.stderr
    found: dict[str, dict[str, dict[str, object]]] = json.loads(done.stdout.rpartition("@@")[2])
    return found
