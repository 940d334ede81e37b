"""The files that the runtime adds: what they hand on, as what, and which tables they hold."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.runtime import parts
from codemods.settings import Runtime, Settings
from target_runtime import durations, tasks
from tests.codemods.harness import APP, run
from tests.codemods.runtime.wanted import ON, TASK, only, text


def test_the_parts_hand_on_names_that_the_runtime_has() -> None:
    assert set(parts.BASES) == set(tasks.__all__)
    assert set(parts.DURATIONS) == {name for name in vars(durations) if name.isupper()}
    for _, module, names in parts.EXPORTS.values():
        assert all(hasattr(importlib.import_module(module), name) for name in names)


def test_every_part_of_the_guide_s_layout() -> None:
    files = {"orders/tasks.py": TASK, "requirements.txt": "celery>=5\n"}
    own = {"apps/__init__.py": "", "background_tasks/__init__.py": ""}
    done = run("runtime", files | own, ON)
    assert done.files == [
        ".pre-commit-config.yaml",
        "apps/core/__init__.py",
        "apps/core/constants/__init__.py",
        "apps/core/constants/datetime_constants.py",
        "apps/core/tasks/__init__.py",
        "apps/core/tasks/base.py",
        "apps/core/tasks/celery_settings.py",
        "apps/core/tasks/decorators.py",
        "apps/core/tasks/idempotency_service.py",
        "background_tasks/task_keys.py",
        "requirements.txt",
        "scripts/audit_celery_tasks.py",
        "scripts/celery_workers.sh",
        "shop/celery.py",
        "shop/settings.py",
    ]
    for path in done.files:
        if path.endswith(".py"):
            ast.parse(text(done, path))
    assert done.snapshot.entries["scripts/celery_workers.sh"].mode == "100755"
    assert done.notes == ()


@pytest.mark.parametrize("routes", ["", "app.conf.task_routes = {'send': {'queue': 'email'}}\n"])
def test_what_is_new_is_as_a_formatter_would_have_it(routes: str, tmp_path: Path) -> None:
    settings = Settings(runtime=Runtime(install=True, in_force=True))
    done = run("runtime", {"orders/tasks.py": TASK, "shop/celery.py": APP + routes}, settings)
    new = [path for path in done.files if path.endswith(".py") and path not in done.before.files]
    for path in new:
        (tmp_path / path.replace("/", "-")).write_bytes(done.snapshot.read(path))
    ruff = str(Path(sys.executable).with_name("ruff"))
    words = [ruff, "format", "--isolated", "--no-cache", "--diff", str(tmp_path)]
    shown = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (shown.returncode, len(new)) == (0, 8), shown.stdout + shown.stderr


def test_no_second_table_of_routes() -> None:
    routes = APP + "app.conf.task_routes = {'send': {'queue': 'email'}}\n"
    with_routes = run("runtime", {"shop/celery.py": routes}, only("settings"))
    assert "CELERY_TASK_ROUTES:" not in text(with_routes, "apps/core/tasks/celery_settings.py")
    assert "app.conf.task_routes" in text(with_routes, "apps/core/tasks/celery_settings.py")
    without = text(run("runtime", {}, only("settings")), "apps/core/tasks/celery_settings.py")
    assert "CELERY_TASK_ROUTES:" in without
    assert '"task_routes": CELERY_TASK_ROUTES,' in without


@pytest.mark.parametrize(
    "routes",
    [
        'CELERY_TASK_ROUTES = ("shop.routing.route",)\n',
        "CELERY_TASK_ROUTES = build_routes()\n",
        "CELERY_ROUTES = ROUTES + MORE\n",
    ],
)
def test_no_second_table_beside_routes_that_can_t_be_read(routes: str) -> None:
    files = {"orders/tasks.py": TASK, "shop/settings.py": f"INSTALLED_APPS = ['orders']\n{routes}"}
    found = text(run("runtime", files, only("settings")), "apps/core/tasks/celery_settings.py")
    assert "CELERY_TASK_ROUTES:" not in found
    assert '"task_routes"' not in found
