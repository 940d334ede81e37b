"""Where the parts stand: the guide's places, configured ones, and one folder where neither fits."""

import pytest

from codemods.settings import Runtime, Settings
from tests.codemods.harness import APP, run
from tests.codemods.runtime.wanted import ON, TASK, only, text


def test_parts_at_configured_places() -> None:
    settings = only("base", "workers", tasks="shop/jobs", scripts="bin/ops")
    done = run("runtime", {}, settings)
    assert done.files == ["bin/ops/celery_workers.sh", "shop/jobs/__init__.py", "shop/jobs/base.py"]
    assert '/../.."' in text(done, "bin/ops/celery_workers.sh")


def test_a_project_without_apps_gets_one_folder_of_its_own() -> None:
    done = run("runtime", {"orders/tasks.py": TASK}, ON)
    assert [path for path in done.files if path.endswith(".py") and path.startswith("shop/t")] == [
        "shop/task_runtime/__init__.py",
        "shop/task_runtime/base.py",
        "shop/task_runtime/celery_settings.py",
        "shop/task_runtime/datetime_constants.py",
        "shop/task_runtime/decorators.py",
        "shop/task_runtime/idempotency_service.py",
        "shop/task_runtime/task_keys.py",
    ]
    assert not any(path.startswith(("apps/", "background_tasks/")) for path in done.files)


def test_an_app_that_is_in_no_package() -> None:
    files = {"celery_app.py": APP, "tasks.py": TASK}
    settings = Settings(runtime=Runtime(install=True, bases={"*send": "EmailTask"}))
    done = run("runtime", files, settings, bare=True)
    assert "task_runtime/base.py" in done.files
    assert "from task_runtime.base import EmailTask" in text(done, "tasks.py")


def test_a_project_in_a_folder_of_its_repository() -> None:
    """Imports start from there, workers start there, and manage.py lies there."""
    files = {
        "backend/src/manage.py": "import sys\n",
        "backend/src/shop/__init__.py": "from .celery import app\n",
        "backend/src/shop/celery.py": APP,
        "backend/src/shop/settings.py": "INSTALLED_APPS = ['orders']\n",
        "backend/src/orders/__init__.py": "",
        "backend/src/orders/tasks.py": TASK,
    }
    settings = Settings(runtime=Runtime(install=True, in_force=True, bases={"*send": "EmailTask"}))
    done = run("runtime", files, settings, bare=True)
    assert "backend/src/shop/task_runtime/base.py" in done.files
    assert not {"backend/__init__.py", "backend/src/__init__.py"} & set(done.files)
    assert "\nfrom shop.task_runtime.base import EmailTask\n" in text(
        done, "backend/src/orders/tasks.py"
    )
    assert "from shop.task_runtime.celery_settings import in_force" in text(
        done, "backend/src/shop/celery.py"
    )
    assert 'cd "$(dirname "$0")/../backend/src"' in text(done, "scripts/celery_workers.sh")
    assert "python backend/src/manage.py validate_schedules" in text(
        done, ".pre-commit-config.yaml"
    )


def test_a_module_of_tasks_is_never_hidden_by_a_new_package() -> None:
    """An `apps/core/tasks/` beside `apps/core/tasks.py` would take all its tasks out of the registry."""
    files = {"apps/__init__.py": "", "apps/core/__init__.py": "", "apps/core/tasks.py": TASK}
    done = run("runtime", files, only("base", "decorators"))
    assert done.changes == ()
    assert {note.code for note in done.notes} == {"runtime-place"}


KEPT_PLACES = {
    "a module of tasks": {"apps/core/tasks.py": TASK},
    "a package that imports models": {
        "apps/core/tasks/__init__.py": "from .cleanup import clean\n",
        "apps/core/tasks/cleanup.py": TASK.replace("send", "clean"),
    },
    "an app that imports its signals": {"apps/core/__init__.py": "from . import signals\n"},
}


@pytest.mark.parametrize("kind", KEPT_PLACES)
def test_the_guide_s_place_only_where_it_can_be_imported_early(kind: str) -> None:
    """The app's module imports it while Django is loading, and each task's file does."""
    files = {"apps/__init__.py": "", "apps/core/__init__.py": "", **KEPT_PLACES[kind]}
    settings = Settings(runtime=Runtime(install=True, in_force=True, bases={"*send": "EmailTask"}))
    done = run("runtime", files | {"orders/tasks.py": TASK}, settings)
    assert "from shop.task_runtime.celery_settings import" in text(done, "shop/celery.py")
    assert "from shop.task_runtime.base import" in text(done, "orders/tasks.py")
    assert not any(path.startswith("apps/") for path in done.files if path not in files)


def test_a_configured_place_that_imports_more_is_a_note() -> None:
    files = {
        "apps/core/tasks/__init__.py": "from orders.tasks import send\n",
        "orders/tasks.py": TASK,
    }
    settings = only("settings", "base", "in-force", in_force=True, bases={"*send": "EmailTask"})
    done = run("runtime", files, settings)
    codes = sorted(note.code for note in done.notes)
    assert codes == ["base-by-hand", "runtime-place"]
    assert "base=" not in text(done, "orders/tasks.py")


def test_a_folder_that_is_no_package_stays_none() -> None:
    """Its modules may be imported from inside it, by names that a new package would change."""
    files = {
        "apps/orders/__init__.py": "",
        "apps/orders/tasks.py": TASK,
        "web.py": "import apps.orders\n",
    }
    done = run("runtime", files, only("base", tasks="apps/core/tasks"))
    assert "apps/core/tasks/base.py" in done.files
    assert "apps/__init__.py" not in done.files


def test_an_apps_folder_that_imports_start_from_is_not_the_guide_s() -> None:
    files = {"apps/orders/__init__.py": "", "apps/orders/tasks.py": TASK}
    assert "shop/task_runtime/base.py" in run("runtime", files, ON).files
