"""The step `runtime`: what a project lacks of the target runtime, and nothing that it has."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from celery import Task
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codemods.runtime import parts
from codemods.runtime.bases import LIMITS, POLICIES
from codemods.runtime.decisions import DEFAULTED
from codemods.runtime.edits import with_app
from codemods.settings import Runtime, Settings
from migrate.message import commit_message
from migrate.pipeline import StepRun
from target_runtime import defaults, durations, tasks
from tests.codemods.harness import APP, check_change, check_note, check_untouched, run

ON = Settings(runtime=Runtime(install=True))
TASK = "from celery import shared_task\n\n\n@shared_task\ndef send(to):\n    return to\n"
CLASS = 'task_cls="target_runtime.tasks.base:RuntimeTask"'


def only(*parts: str, **more: object) -> Settings:
    """Settings under which these parts alone are added."""
    every = {
        "requirement", "installed-app", "task-class", "base", "decorators", "idempotency",
        "settings", "in-force", "durations", "keys", "workers", "audit", "hooks", "aliases",
    }  # fmt: skip
    skip = tuple(sorted(every - set(parts)))
    places = {"tasks": "apps/core/tasks"} | more
    return Settings(runtime=Runtime(install=True, skip=skip, **places))  # type: ignore[arg-type]


def text(done: StepRun, path: str) -> str:
    return done.snapshot.read(path).decode()


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_what_the_plan_says_of_a_base_class_is_what_that_does(name: str) -> None:
    base: Any = getattr(tasks, name)
    said = POLICIES[name]
    backoff = getattr(base, "retry_backoff", 0)
    retries = [backoff * 2**n for n in range(base.max_retries)]
    waits = ", ".join(f"{min(wait, base.retry_backoff_max)}" for wait in retries if wait)
    if hasattr(base, "autoretry_for"):
        assert said.startswith(f"{base.max_retries} retries of any exception after up to {waits} s")
        assert base.autoretry_for == (Exception,)
        assert base.retry_jitter
    else:
        assert name in {"RuntimeTask", "MaintenanceTask"}
    limits = (base.soft_time_limit, base.time_limit)
    assert limits == (tuple(map(int, LIMITS[name])) if name in LIMITS else (None, None))
    assert (f"stopped after {base.soft_time_limit} s" in said) is (name in LIMITS)
    assert ("one run a key" in said) is base.idempotent


def test_the_parts_hand_on_names_that_the_runtime_has() -> None:
    assert set(parts.BASES) == set(tasks.__all__)
    assert set(parts.DURATIONS) == {name for name in vars(durations) if name.isupper()}
    for _, module, names in parts.EXPORTS.values():
        assert all(hasattr(importlib.import_module(module), name) for name in names)


def test_what_safe_defaults_give_to_tasks_is_known_to_the_proof() -> None:
    given = {name.removeprefix("task_") for name in defaults.safe_defaults() | defaults.limits()}
    assert {name for name in given if hasattr(Task, name)} == DEFAULTED


def test_a_project_that_has_it_all_is_told_nothing() -> None:
    settings = Settings(runtime=Runtime(install=True, in_force=True, bases={"*send": "EmailTask"}))
    first = run("runtime", {"orders/tasks.py": TASK, "requirements.txt": "celery\n"}, settings)
    files = {path: first.snapshot.read(path) for path in first.snapshot.files}
    again = run("runtime", files, settings, bare=True)
    assert (again.changes, again.notes) == ((), ())


def test_nothing_without_a_decision() -> None:
    assert run("runtime", {"orders/tasks.py": TASK}).changes == ()


def test_nothing_without_a_celery_app() -> None:
    done = run("runtime", {"a.py": "x = 1\n"}, ON, bare=True)
    assert done.changes == ()


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


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('INSTALLED_APPS = ["orders"]\n', 'INSTALLED_APPS = ["orders", "target_runtime"]\n'),
        ("INSTALLED_APPS = ('orders',)\n", "INSTALLED_APPS = ('orders', 'target_runtime',)\n"),
        (
            "INSTALLED_APPS = [\n    'orders',  # ours\n]\n",
            "INSTALLED_APPS = [\n    'orders',  # ours\n    'target_runtime',\n]\n",
        ),
        (
            "INSTALLED_APPS = [\r\n\t'orders',\r\n\t'web'\r\n]\r\n",
            "INSTALLED_APPS = [\r\n\t'orders',\r\n\t'web',\r\n\t'target_runtime'\r\n]\r\n",
        ),
        (
            "INSTALLED_APPS = ['orders', 'target_runtime']\n",
            "INSTALLED_APPS = ['orders', 'target_runtime']\n",
        ),
        (
            "INSTALLED_APPS: tuple[str, ...] = ('orders', 'web')\n",
            "INSTALLED_APPS: tuple[str, ...] = ('orders', 'web', 'target_runtime')\n",
        ),
        (
            "\ufeffINSTALLED_APPS = ['orders']  # é\n",
            "\ufeffINSTALLED_APPS = ['orders', 'target_runtime']  # é\n",
        ),
    ],
)
def test_the_app_joins_the_installed_ones(before: str, after: str) -> None:
    check_change(
        "runtime",
        {"shop/settings.py": before.encode()},
        {"shop/settings.py": after.encode()},
        only("installed-app"),
    )


def test_installed_apps_that_are_put_together_are_a_note() -> None:
    files = {"shop/settings.py": "BASE = ['orders']\nINSTALLED_APPS = BASE + ['web']\n"}
    check_note("runtime", files, "runtime-app", only("installed-app"))
    check_untouched("runtime", files, only("installed-app"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('app = Celery("shop")\n', f'app = Celery("shop", {CLASS})\n'),
        ("app = Celery()\n", f"app = Celery({CLASS})\n"),
        (
            'app = Celery(\n    "shop",\n    broker="redis://",\n)\n',
            f'app = Celery(\n    "shop",\n    broker="redis://",\n    {CLASS},\n)\n',
        ),
        (
            'app = Celery(\n    "shop",  # name\n    include=[\n        "a",\n    ],\n)\n',
            f'app = Celery(\n    "shop",  # name\n    include=[\n        "a",\n    ],\n    {CLASS},\n)\n',
        ),
    ],
)
def test_the_app_gets_the_task_class(before: str, after: str) -> None:
    head = "from celery import Celery\n\nMORE = {}\n"
    check_change(
        "runtime",
        {"shop/celery.py": head + before},
        {"shop/celery.py": head + after},
        only("task-class"),
    )


def test_an_app_with_its_own_task_class_keeps_it() -> None:
    files = {
        "shop/celery.py": APP.replace('"shop"', '"shop", task_cls=Mine').replace(
            "\n\n", "\n\nMine = 'a:B'\n", 1
        )
    }
    check_note("runtime", files, "runtime-task-class", only("task-class"))


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (
            "requirements.txt",
            "celery>=5\ndjango\n",
            "celery>=5\ncelery-converge-runtime>=0.1\ndjango\n",
        ),
        (
            "requirements.txt",
            "Celery[redis]==5.4",
            "Celery[redis]==5.4\ncelery-converge-runtime>=0.1",
        ),
        (
            "requirements/base.txt",
            "django\r\ncelery\r\n",
            "django\r\ncelery\r\ncelery-converge-runtime>=0.1\r\n",
        ),
        (
            "requirements.txt",
            "celery-types\ncelery\n",
            "celery-types\ncelery\ncelery-converge-runtime>=0.1\n",
        ),
        (
            "pyproject.toml",
            '[project]\ndependencies = [\n    "celery>=5",  # tasks\n    "django",\n]\n',
            '[project]\ndependencies = [\n    "celery>=5",  # tasks\n    "celery-converge-runtime>=0.1",\n    "django",\n]\n',
        ),
        (
            "requirements.txt",
            'celery==5.4 \\\n    ; python_version > "3"\ndjango\n',
            'celery==5.4 \\\n    ; python_version > "3"\ncelery-converge-runtime>=0.1\ndjango\n',
        ),
        (
            "requirements.txt",
            "celery==5.4.0\n    # via\n    #   -r base\n    #   shop\ndjango==5.0\n",
            "celery==5.4.0\n    # via\n    #   -r base\n    #   shop\ncelery-converge-runtime>=0.1\ndjango==5.0\n",
        ),
        (
            "pyproject.toml",
            '[project]\ndependencies = [\n  "bleach[css]~=6.3",\n  "celery~=5.6.0",\n]\n',
            '[project]\ndependencies = [\n  "bleach[css]~=6.3",\n  "celery~=5.6.0",\n  "celery-converge-runtime>=0.1",\n]\n',
        ),
    ],
)
def test_production_asks_for_the_runtime(path: str, before: str, after: str) -> None:
    check_change("runtime", {path: before.encode()}, {path: after.encode()}, only("requirement"))


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ("django>=3.2.19,<4\ncelery\n", False),
        ("celery==5.3.6\n", False),
        ("celery[redis]>=4,<5\n", False),
        ("Django==4.2.16\ncelery==5.4.0\n", True),
        ("django~=5.1\ncelery>=5,<6\n", True),
        ("django>=3.2\ncelery\n", True),
        ("django<4.2\ncelery\n", False),
        ("celery>=5.8\ndjango>=7.0\n", True),
        ("celery>5.4.1,<5.4.3\n", True),
        ("celery!=5.4.0,>=5.4.0,<5.5\n", True),
        ("celery==5.4.*\nDjango==4.2.*\n", True),
        ("celery~=5.3.0\n", False),
        ("celery>=5.3,<5.4\n", False),
    ],
)
def test_the_runtime_is_asked_for_only_where_it_can_be_installed(asked: str, fits: bool) -> None:
    done = run("runtime", {"requirements.txt": asked}, only("requirement"))
    assert ("celery-converge-runtime" in text(done, "requirements.txt")) is fits
    assert [note.code for note in done.notes] == ([] if fits else ["runtime-requirement"])
    assert fits or "Upgrade first" in done.notes[0].message


@pytest.mark.parametrize(
    "files",
    [
        {"requirements/base.txt": "Django==3.2.25\n", "requirements/worker.txt": "celery>=5.2\n"},
        {"pyproject.toml": '[tool.poetry.dependencies]\ndjango = "~3.2"\ncelery = "^5.2"\n'},
        {
            "pyproject.toml": '[tool.poetry.dependencies]\ncelery = {version = "~5.3", extras = []}\n'
        },
        {"pyproject.toml": '[project]\ndependencies = ["django>=3.2,<4", "celery>=5.2,<5.3"]\n'},
        {"setup.cfg": "[options]\ninstall_requires =\n    celery>=5.2,<5.3\n    django>=3.2,<4\n"},
    ],
)
def test_whatever_file_asks_for_what_is_too_old_keeps_the_runtime_out(
    files: dict[str, str],
) -> None:
    done = run("runtime", files, ON)
    assert done.changes == ()
    assert [note.code for note in done.notes] == ["runtime-requirement"]
    assert done.notes[0].path in files


@pytest.mark.parametrize(
    "asked",
    ['django = "^4.2"\ncelery = "^5.4"', 'django = "*"\ncelery = "~5"', 'django = ">=4,<6"'],
)
def test_ranges_of_poetry_that_reach_far_enough(asked: str) -> None:
    done = run("runtime", {"pyproject.toml": f"[tool.poetry.dependencies]\n{asked}\n"}, ON)
    assert "shop/task_runtime/base.py" in done.files


@pytest.mark.parametrize(
    ("files", "path"),
    [
        (
            {"requirements-dev.txt": "celery[pytest]\n", "requirements.txt": "celery\n"},
            "requirements.txt",
        ),
        (
            {"docs/requirements.txt": "celery\n", "requirements/base.txt": "celery\n"},
            "requirements/base.txt",
        ),
        (
            {
                "pyproject.toml": '[project]\ndependencies = [\n    "celery",\n]\n',
                "requirements.txt": "#    pip-compile\n# This file is autogenerated by pip-compile\ncelery==5.4\n",
            },
            "pyproject.toml",
        ),
        (
            {
                "requirements.in": "celery\n",
                "requirements.txt": "# This file was autogenerated by uv via the following command:\ncelery==5.4\n",
            },
            "requirements.in",
        ),
    ],
)
def test_the_list_that_production_installs_from_grows(files: dict[str, str], path: str) -> None:
    done = run("runtime", files, only("requirement"))
    assert done.files == [path]
    made = [note.path for note in done.notes]
    assert made == ["requirements.txt"] * (path in {"pyproject.toml", "requirements.in"})


def test_a_list_that_is_not_utf_8_keeps_its_bytes() -> None:
    before = "# F\xfcr Gr\xf6\xdfe\ncelery>=5.4  # Auftr\xe4ge\n"
    after = f"{before}celery-converge-runtime>=0.1\n"
    files, wanted = {"requirements.txt": before.encode("latin-1")}, only("requirement")
    check_change("runtime", files, {"requirements.txt": after.encode("latin-1")}, wanted)


@pytest.mark.parametrize(
    "asked", ["psycopg2-binary==2.9\n", "psycopg2>=2.9\n", "psycopg[binary]\n"]
)
def test_psycopg2_is_told_of(asked: str) -> None:
    """Django would take psycopg 3 instead, in the web processes too."""
    done = run("runtime", {"requirements.txt": f"celery\n{asked}"}, only("requirement"))
    told = [note.code for note in done.notes] == ["runtime-psycopg"]
    assert told is ("psycopg2" in asked)


def test_settings_with_a_list_of_their_own_are_told_of() -> None:
    files = {
        "shop/settings.py": "",
        "shop/settings_dev.py": "INSTALLED_APPS = ['orders', 'debug_toolbar']\n",
        "shop/settings_prod.py": "INSTALLED_APPS = ['orders']\n",
        "shop/settings_more.py": "from shop.settings_dev import *\n\nINSTALLED_APPS += ['more']\n",
    }
    done = run("runtime", files, only("installed-app"))
    assert done.files == ["shop/settings_dev.py"]
    assert [(note.code, note.path) for note in done.notes] == [
        ("runtime-app", "shop/settings_prod.py")
    ]


def test_a_project_that_is_too_old_gets_nothing_that_it_could_not_import() -> None:
    done = run("runtime", {"requirements.txt": "django<4\ncelery\n", "orders/tasks.py": TASK}, ON)
    assert done.changes == ()
    assert [note.code for note in done.notes] == ["runtime-requirement"]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"requirements.txt": "django\n"},
        {"pyproject.toml": '[tool.poetry.dependencies]\ncelery = "^5"\n'},
    ],
)
def test_requirements_that_can_t_be_extended_are_a_note(files: dict[str, str]) -> None:
    found = run("runtime", files, only("requirement"))
    assert [note.code for note in found.notes] == ["runtime-requirement"]


def test_a_module_that_stands_gets_only_what_it_lacks() -> None:
    own = '"""Ours."""\n\nfrom celery import Task\n\n\nclass EmailTask(Task):\n    pass\n'
    files = {"apps/__init__.py": "", "apps/core/__init__.py": "", "apps/core/tasks/__init__.py": ""}
    done = run("runtime", {**files, "apps/core/tasks/base.py": own}, only("base"))
    found = text(done, "apps/core/tasks/base.py")
    assert "class EmailTask(Task)" in found
    assert (
        "import (  # noqa: F401\n    ExternalAPITask,\n    IdempotentTask,\n    MaintenanceTask,\n"
        in found
    )
    assert [note.code for note in done.notes] == ["runtime-kept"]
    assert "EmailTask of this project" in done.notes[0].message


def test_a_module_of_tasks_is_never_hidden_by_a_new_package() -> None:
    """An `apps/core/tasks/` beside `apps/core/tasks.py` would take all its tasks out of the registry."""
    files = {"apps/__init__.py": "", "apps/core/__init__.py": "", "apps/core/tasks.py": TASK}
    done = run("runtime", files, only("base", "decorators"))
    assert done.changes == ()
    assert {note.code for note in done.notes} == {"runtime-place"}


def test_a_file_that_stands_and_does_not_parse_is_left() -> None:
    files = {"apps/core/tasks/base.py": "class (:\n"}
    check_note("runtime", files, "runtime-kept", only("base"))


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


def test_a_commit_does_not_tell_of_what_ended_as_a_note() -> None:
    files = {"shop/settings.py": "BASE = ['orders']\nINSTALLED_APPS = BASE + ['web']\n"}
    done = run("runtime", files, only("installed-app", "keys"))
    text = commit_message(done)
    assert "- runtime:keys: " in text
    assert "installed-app" not in text


def test_no_second_table_of_routes() -> None:
    routes = APP + "app.conf.task_routes = {'send': {'queue': 'email'}}\n"
    with_routes = run("runtime", {"shop/celery.py": routes}, only("settings"))
    assert "CELERY_TASK_ROUTES:" not in text(with_routes, "apps/core/tasks/celery_settings.py")
    assert "app.conf.task_routes" in text(with_routes, "apps/core/tasks/celery_settings.py")
    without = text(run("runtime", {}, only("settings")), "apps/core/tasks/celery_settings.py")
    assert "CELERY_TASK_ROUTES:" in without
    assert '"task_routes": CELERY_TASK_ROUTES,' in without


IN_FORCE = "from apps.core.tasks.celery_settings import in_force  # noqa: E402\n\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'app = Celery("shop")\napp.autodiscover_tasks()\n',
            f'app = Celery("shop")\n\n{IN_FORCE}app.add_defaults(lambda: in_force(app))\napp.autodiscover_tasks()\n',
        ),
        (
            'app = Celery(\n    "shop",  # name\n)  # made\r\n',
            'app = Celery(\n    "shop",  # name\n)  # made\r\n\r\n'
            + IN_FORCE.replace("\n", "\r\n")
            + "app.add_defaults(lambda: in_force(app))\r\n",
        ),
        (
            f'app = Celery("shop")\n\n{IN_FORCE}app.add_defaults(lambda: in_force(app))\n',
            f'app = Celery("shop")\n\n{IN_FORCE}app.add_defaults(lambda: in_force(app))\n',
        ),
    ],
)
def test_the_defaults_are_in_force_only_by_decision(before: str, after: str) -> None:
    head = "from celery import Celery\n\n"
    files = {"shop/celery.py": (head + before).encode()}
    check_untouched("runtime", files, only("settings"))
    settings = only("settings", "in-force", in_force=True)
    check_change("runtime", files, {"shop/celery.py": (head + after).encode()}, settings)


def test_defaults_without_a_place_are_a_note() -> None:
    files = {"shop/other.py": APP, "shop/celery.py": APP.replace("shop", "more")}
    settings = only("in-force", in_force=True)
    check_note("runtime", files, "runtime-in-force", settings)
    check_untouched("runtime", files, settings)


@pytest.mark.parametrize(
    ("options", "defaults"),
    [
        ("", "safe_defaults() | limits()"),
        ("soft_time_limit=900", "safe_defaults()"),
        ("time_limit=7200", "safe_defaults(longest_limit=7200)"),
        ("time_limit=LIMIT", "safe_defaults()"),
        ("time_limit=3 * 60 * 60", "safe_defaults(longest_limit=10800)"),
        ("time_limit=None", "safe_defaults() | limits()"),
        ("**{'time_limit': 7200}", "safe_defaults(longest_limit=7200)"),
    ],
)
def test_limits_only_where_no_task_sets_its_own(options: str, defaults: str) -> None:
    """Half a pair from a task and half from the app is worse than none."""
    task = TASK.replace("@shared_task", f"LIMIT = 60\n\n\n@shared_task({options})")
    found = run("runtime", {"orders/tasks.py": task}, only("settings"))
    assert f"CELERY_DEFAULTS = {defaults}\n" in text(found, "apps/core/tasks/celery_settings.py")


@pytest.mark.parametrize("limit", ["time_limit = 7200", "soft_time_limit: int = 7200"])
def test_limits_of_a_class_count(limit: str) -> None:
    own = f"from celery import Task\n\n\nclass Long(Task):\n    {limit}\n"
    done = run("runtime", {"shop/base.py": own, "orders/tasks.py": TASK}, only("settings"))
    found = text(done, "apps/core/tasks/celery_settings.py")
    assert "CELERY_DEFAULTS = safe_defaults(longest_limit=7200)\n" in found


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


@pytest.mark.parametrize(
    ("standing", "skip"),
    [
        ({"apps/core/tasks/celery_settings.py": "QUEUES = []\n"}, ()),
        ({"apps/core/tasks.py": "x = 1\n"}, ()),
        ({}, ("settings",)),
    ],
)
def test_defaults_are_put_in_force_only_from_a_module_that_has_them(
    standing: dict[str, str], skip: tuple[str, ...]
) -> None:
    parts = {"settings", "in-force"} - set(skip)
    files = {**standing, "orders/tasks.py": TASK}
    done = run("runtime", files, only(*parts, in_force=True))
    assert "in_force" not in text(done, "shop/celery.py")
    assert "runtime-in-force" in {note.code for note in done.notes}


@pytest.mark.parametrize(
    ("standing", "task"),
    [
        ({}, TASK.replace("\n\n\n", "\nfrom orders.models import EmailTask\n\n\n", 1)),
        ({}, TASK + "\n\nclass EmailTask:\n    pass\n"),
        ({"apps/core/tasks/base.py": "class EmailTask:\n    pass\n"}, TASK),
        ({"apps/core/tasks/base.py": "class (\n"}, TASK),
    ],
)
def test_a_base_class_of_the_project_s_own_by_that_name_is_not_taken_for_the_runtime_s(
    standing: dict[str, str], task: str
) -> None:
    files = {
        **standing,
        "orders/tasks.py": task,
        "orders/models.py": "class EmailTask:\n    pass\n",
    }
    done = run("runtime", files, only("base", bases={"*send": "EmailTask"}))
    assert "base=" not in text(done, "orders/tasks.py")
    assert "base-by-hand" in {note.code for note in done.notes}


def test_a_base_class_is_given_only_from_a_module_that_is_there() -> None:
    settings = only("decorators", bases={"*send": "EmailTask"})
    check_note("runtime", {"orders/tasks.py": TASK}, "base-by-hand", settings)


@pytest.mark.parametrize(
    ("app", "word"),
    [
        (
            'from celery import Celery\n\n\nclass ShopCelery(Celery):\n    task_cls = "a:B"\n\n\napp = ShopCelery("shop")\n',
            '"a:B"',
        ),
        (
            'from celery import Celery\n\n\nclass ShopCelery(Celery):\n    pass\n\n\napp = ShopCelery("shop")\n',
            "shop.celery.ShopCelery",
        ),
        (
            'from celery import Celery\n\n\ndef makeCelery(name):\n    return Celery(name)\n\n\napp = makeCelery("shop")\n',
            "shop.celery.makeCelery",
        ),
        (APP + "app.Task = Logged\n", "Logged"),
    ],
)
def test_a_task_class_only_for_a_plain_app(app: str, word: str) -> None:
    files = {"shop/celery.py": app, "orders/tasks.py": TASK}
    note = check_note("runtime", files, "runtime-task-class", only("task-class"))
    assert word in note.message
    check_untouched("runtime", files, only("task-class"))


def test_an_app_of_two_names_is_one_app() -> None:
    before = 'from celery import Celery\n\ncelery = app = Celery("shop")\n'
    after = before.replace('"shop"', f'"shop", {CLASS}')
    check_change(
        "runtime", {"shop/celery.py": before}, {"shop/celery.py": after}, only("task-class")
    )


def test_what_docs_say_to_write_by_hand_is_found() -> None:
    app = APP.replace(
        "from celery import Celery",
        "from celery import Celery\nfrom target_runtime import defaults, queues",
    )
    app = app.replace('"shop"', '"shop", task_cls=queues.TASK_CLS')
    app += "app.add_defaults(lambda: defaults.lacking(app, defaults.safe_defaults()))\n"
    files = {
        "shop/celery.py": app,
        "shop/settings.py": 'INSTALLED_APPS = ["orders"]\nINSTALLED_APPS += ["target_runtime"]\n',
    }
    wanted = only("installed-app", "task-class", "settings", "in-force", in_force=True)
    done = run("runtime", files, wanted)
    assert not {"shop/celery.py", "shop/settings.py"} & set(done.files)
    assert done.notes == ()


@pytest.mark.parametrize("head", ["\ufeff", "# -*- coding: latin-1 -*-\n# Gr\xf6\xdfe\n"])
def test_an_app_s_module_in_its_own_encoding(head: str) -> None:
    encoding = "latin-1" if "latin" in head else "utf-8"
    files = {"shop/celery.py": (head + APP).encode(encoding)}
    done = run("runtime", files, only("settings", "in-force", in_force=True))
    found = done.snapshot.read("shop/celery.py")
    assert found.startswith(head.encode(encoding))
    assert b"\napp.add_defaults(lambda: in_force(app))\n" in found


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


def test_scripts_of_the_project_s_own_are_kept_with_a_note() -> None:
    files = {"scripts/celery_workers.sh": "#!/bin/sh\n", "scripts/audit_celery_tasks.py": "x = 1\n"}
    done = run("runtime", files, only("workers", "audit"))
    assert done.changes == ()
    assert [note.code for note in done.notes] == ["runtime-kept", "runtime-kept"]


@pytest.mark.parametrize(
    "value", ["LIMIT * HOURS", "int(timedelta(hours=6).total_seconds())", "settings.LONGEST"]
)
def test_a_limit_that_can_t_be_told_is_a_note(value: str) -> None:
    task = TASK.replace("@shared_task", f"@shared_task(time_limit={value})")
    done = run("runtime", {"orders/tasks.py": task}, only("settings"))
    assert "CELERY_DEFAULTS = safe_defaults()\n" in text(done, "apps/core/tasks/celery_settings.py")
    assert [note.code for note in done.notes] == ["runtime-limit"]
    assert value in done.notes[0].message


@pytest.mark.parametrize(
    ("own", "seconds"),
    [
        ("HOUR = 60 * 60\nLONG = {'queue': 'a', 'time_limit': 4 * HOUR}\n", 14400),
        ("LONG = dict(time_limit=(4 * 60) * 60)\n", 14400),
    ],
)
def test_limits_of_a_table_of_options_count(own: str, seconds: int) -> None:
    task = TASK.replace(
        "\n\n\n@shared_task", "\nfrom shop.options import LONG\n\n\n@shared_task(**LONG)"
    )
    done = run("runtime", {"shop/options.py": own, "orders/tasks.py": task}, only("settings"))
    found = text(done, "apps/core/tasks/celery_settings.py")
    assert f"CELERY_DEFAULTS = safe_defaults(longest_limit={seconds})\n" in found


def test_a_property_that_is_a_limit_is_a_note() -> None:
    own = "from celery import Task\n\n\nclass Long(Task):\n    @property\n    def time_limit(self):\n        return 7200\n"
    done = run("runtime", {"shop/base.py": own}, only("settings"))
    assert [note.code for note in done.notes] == ["runtime-limit"]


KEPT_OUT = {
    "no app": (
        {"shop/__init__.py": "", "shop/celery.py": "from other import make_app\n"},
        "runtime-app",
    ),
    "several apps": (
        {"shop/__init__.py": "", "shop/celery.py": APP, "shop/other.py": APP.replace("shop", "b")},
        "runtime-app",
    ),
    "no Django": (
        {
            "shop/__init__.py": "",
            "shop/celery.py": "from celery import Celery\n\napp = Celery('shop', broker='redis://')\n",
        },
        "runtime-django",
    ),
    "an old redis": (
        {
            "requirements.txt": "celery\nredis>=4.6,<5\n",
            "shop/__init__.py": "",
            "shop/celery.py": APP,
        },
        "runtime-requirement",
    ),
}


@pytest.mark.parametrize("kind", KEPT_OUT)
def test_a_project_that_the_runtime_can_t_be_put_into_is_told_why(kind: str) -> None:
    files, code = KEPT_OUT[kind]
    done = run("runtime", files, ON, bare=True)
    assert done.changes == ()
    assert [note.code for note in done.notes] == [code]


def test_with_several_apps_a_configured_place_gets_its_modules() -> None:
    files = {
        "shop/other.py": APP,
        "shop/celery.py": APP.replace("shop", "more"),
        "orders/tasks.py": TASK,
    }
    done = run("runtime", files, only("base", "task-class", bases={"*send": "EmailTask"}))
    assert "from apps.core.tasks.base import EmailTask" in text(done, "orders/tasks.py")
    assert [note.code for note in done.notes] == ["runtime-task-class"]


@pytest.mark.parametrize(
    "tail", ["app = wrap(app)\n", "celery_app = app\ndel app\n", "app = Celery('again')\n"]
)
def test_an_app_that_is_bound_again_is_left(tail: str) -> None:
    app = APP.replace("app = Celery", "def wrap(a):\n    return a\n\n\napp = Celery") + tail
    wanted = only("task-class", "settings", "in-force", in_force=True)
    done = run("runtime", {"shop/celery.py": app}, wanted)
    assert "shop/celery.py" not in done.files
    assert {note.code for note in done.notes} == {"runtime-task-class", "runtime-in-force"}


def test_an_app_with_more_on_its_line_is_a_note() -> None:
    app = 'from celery import Celery\n\napp = Celery("shop"); app.config_from_object(\n    "django.conf:settings"\n)\n'
    wanted = only("settings", "in-force", in_force=True)
    check_note("runtime", {"shop/celery.py": app}, "runtime-in-force", wanted)


def test_setup_cfg_is_left_with_a_note() -> None:
    files = {"setup.cfg": "[options]\ninstall_requires =\n    celery>=5.4\n    django>=5\n"}
    done = run("runtime", files, only("requirement"))
    assert done.changes == ()
    assert [(note.code, note.path) for note in done.notes] == [("runtime-requirement", "setup.cfg")]


def test_other_lists_that_ask_for_celery_are_told_of() -> None:
    files = {
        "requirements/constraints.txt": "celery==5.4.0\n",
        "requirements/web.txt": "celery\n",
        "requirements/worker.txt": "celery[redis]\n",
        "requirements/dev.txt": "celery[pytest]\n",
    }
    done = run("runtime", files, only("requirement"))
    assert done.files == ["requirements/web.txt"]
    assert [note.path for note in done.notes] == ["requirements/worker.txt"]


def test_only_the_project_s_own_dependencies_grow() -> None:
    own = '[project]\ndependencies = ["celery>=5.4", "django>=5"]\n\n'
    env = '[tool.hatch.envs.test]\ndependencies = [\n    "celery",\n]\n'
    done = run("runtime", {"pyproject.toml": own + env}, only("requirement"))
    assert done.changes == ()


@pytest.mark.parametrize(
    ("path", "asked", "fits"),
    [
        ("pyproject.toml", '[tool.poetry.dependencies]\ncelery = "5.2.7"\n', False),
        (
            "pyproject.toml",
            '[tool.poetry.group.worker.dependencies]\ncelery = "^5.2,<5.3"\n',
            False,
        ),
        (
            "pyproject.toml",
            '[tool.poetry.group.dev.dependencies]\ndjango = "^3.2"\n[tool.poetry.dependencies]\ncelery = "*"\n',
            True,
        ),
        ("Pipfile", '[packages]\ncelery = "*"\ndjango = "==3.2.25"\n', False),
        (
            "requirements.txt",
            'celery==5.2.7; python_version < "3.8"\ncelery==5.4.0; python_version >= "3.8"\n',
            True,
        ),
        ("docs/requirements.txt", "django<4\n", True),
        ("requirements.txt", "celery\nredis==4.6.0\n", False),
        ("requirements.txt", "celery\nredis[hiredis]>=5.1\npsycopg[binary]>=3.2\n", True),
    ],
)
def test_whatever_asks_for_too_old_versions_is_seen(path: str, asked: str, fits: bool) -> None:
    done = run("runtime", {path: asked, "orders/tasks.py": TASK}, only("base"))
    assert ("apps/core/tasks/base.py" in done.files) is fits


def test_the_runtime_stands_below_celery() -> None:
    before = "# tasks\n\ncelery==5.4\ncelery[redis]==5.4  # transport\ndjango\n"
    after = before.replace("transport\n", "transport\ncelery-converge-runtime>=0.1\n")
    check_change(
        "runtime", {"requirements.txt": before}, {"requirements.txt": after}, only("requirement")
    )


def test_the_longest_of_several_patterns_counts() -> None:
    settings = only("base", bases={"*s*": "EmailTask", "*send": "MaintenanceTask"})
    assert "base=MaintenanceTask" in text(
        run("runtime", {"orders/tasks.py": TASK}, settings), "orders/tasks.py"
    )


@pytest.mark.parametrize(
    ("head", "options", "base", "given"),
    [
        ("MINUTE = 60\n", "time_limit=MINUTE", "EmailTask", False),
        ("HOUR = 3600\n", "time_limit=HOUR", "EmailTask", True),
        ("", "time_limit=settings.LONG", "EmailTask", False),
        ("", "time_limit=settings.LONG", "IdempotentTask", True),
        ("", "time_limit=settings.LONG, soft_time_limit=settings.SOFT", "EmailTask", True),
        ("", "autoretry_for=(KeyError,)", "MaintenanceTask", False),
        ("", "autoretry_for=(KeyError,), max_retries=2", "MaintenanceTask", True),
    ],
)
def test_a_base_that_would_not_do_as_it_says_is_by_hand(
    head: str, options: str, base: str, given: bool
) -> None:
    task = TASK.replace("\n\n\n@shared_task", f"\n\n{head}\n\n@shared_task({options})")
    done = run("runtime", {"orders/tasks.py": task}, only("base", bases={"*send": base}))
    assert (f"base={base}" in text(done, "orders/tasks.py")) is given
    assert ("base-by-hand" in {note.code for note in done.notes}) is not given


def test_a_name_that_comes_with_a_star_is_not_covered() -> None:
    task = TASK.replace(
        "import shared_task\n", "import shared_task\n\nfrom orders.models import *\n"
    )
    files = {"orders/tasks.py": task, "orders/models.py": "class EmailTask:\n    pass\n"}
    done = run("runtime", files, only("base", bases={"*send": "EmailTask"}))
    assert "base=" not in text(done, "orders/tasks.py")


def test_no_base_while_the_app_s_own_class_is_not_known() -> None:
    own = "from celery import Celery\n\n\nclass ShopCelery(Celery):\n    pass\n\n\napp = ShopCelery('shop')\n"
    late = "from shop.celery import app as celery_app\n\ncelery_app.Task = object\n"
    for files in ({"shop/celery.py": own}, {"shop/late.py": late}):
        done = run(
            "runtime", files | {"orders/tasks.py": TASK}, only("base", bases={"*send": "EmailTask"})
        )
        assert "base=" not in text(done, "orders/tasks.py")
        assert "base-by-hand" in {note.code for note in done.notes}


def test_routes_to_one_of_the_six_queues_are_told_of() -> None:
    app = APP + "app.conf.task_routes = {'send': {'queue': 'reports'}, 'x': {'queue': 'own'}}\n"
    wanted = only("settings", "in-force", in_force=True)
    note = check_note("runtime", {"shop/celery.py": app}, "runtime-queues", wanted)
    assert "also from reports, to which" in note.message


@pytest.mark.parametrize("width", [88, 120])
def test_a_decorator_that_gets_too_long_is_broken(width: int) -> None:
    options = (
        "bind=True, name='orders.tasks.send', max_retries=15, acks_late=True, ignore_result=True"
    )
    files = {
        "orders/tasks.py": TASK.replace("@shared_task", f"@shared_task({options})").replace(
            "(to)", "(self, to)"
        ),
        "pyproject.toml": f"[tool.ruff]\nline-length = {width}\n",
    }
    found = text(
        run("runtime", files, only("base", bases={"*send": "EmailTask"})), "orders/tasks.py"
    )
    assert ("@shared_task(\n    bind=True,\n" in found) is (width == 88)
    assert ("    base=EmailTask,\n)\ndef send" in found) is (width == 88)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "INSTALLED_APPS = [\n    'orders',\n    'history',  # must be last\n]\n",
            "INSTALLED_APPS = [\n    'orders',\n    'target_runtime',\n    'history',  # must be last\n]\n",
        ),
        (
            "INSTALLED_APPS = [\n    'orders',\n    # last, for overrides\n    'web',\n]\n",
            "INSTALLED_APPS = [\n    'orders',\n    'target_runtime',\n    # last, for overrides\n    'web',\n]\n",
        ),
        (
            "INSTALLED_APPS = ['a']\nINSTALLED_APPS = ['orders', 'web']\n",
            "INSTALLED_APPS = ['a']\nINSTALLED_APPS = ['orders', 'web', 'target_runtime']\n",
        ),
    ],
)
def test_what_has_to_be_last_stays_last(before: str, after: str) -> None:
    check_change(
        "runtime", {"shop/settings.py": before}, {"shop/settings.py": after}, only("installed-app")
    )


def test_orphans_are_looked_for_only_where_the_project_can() -> None:
    with_manage = {"manage.py": "import sys\n", "shop/settings.py": "INSTALLED_APPS = ['orders']\n"}
    done = run("runtime", with_manage, only("installed-app", "hooks"))
    assert "id: celery-orphans" in text(done, ".pre-commit-config.yaml")
    note = check_note("runtime", {}, "runtime-hooks", only("hooks"))
    assert "celery-orphans is left out" in note.message


def test_a_quoted_key_below_the_hooks_is_seen() -> None:
    before = 'repos:\n  - repo: a\n    hooks:\n      - id: b\n"ci":\n  skip: [b]\n'
    check_note("runtime", {".pre-commit-config.yaml": before}, "runtime-hooks", only("hooks"))


def test_hooks_join_those_that_stand() -> None:
    before = "repos:\n  - repo: https://example.com/black\n    hooks:\n      - id: black\n"
    done = run("runtime", {".pre-commit-config.yaml": before}, only("hooks"))
    found = text(done, ".pre-commit-config.yaml")
    assert found.startswith(before)
    assert "celery-audit" in found


def test_remarks_at_the_end_of_the_hooks_stay_at_the_end() -> None:
    before = "repos:\r\n  - repo: https://example.com/black\r\n    hooks:\r\n      - id: black\r\n\r\n# Tried: semgrep\r\n"
    done = run("runtime", {".pre-commit-config.yaml": before}, only("hooks"))
    found = text(done, ".pre-commit-config.yaml")
    assert "id: black\r\n  - repo: local\r\n" in found
    assert found.endswith("types: [python]\r\n\r\n# Tried: semgrep\r\n")
    assert "\n" not in found.replace("\r\n", "")


def test_hooks_in_another_encoding_keep_their_bytes() -> None:
    before = "repos:\n  - repo: a\n    hooks:\n      - id: b\n        name: 'Pr\xfcfung'\n"
    files = {".pre-commit-config.yaml": before.encode("latin-1")}
    found = run("runtime", files, only("hooks")).snapshot.read(".pre-commit-config.yaml")
    assert found.startswith(before.encode("latin-1"))
    assert b"id: celery-audit" in found


def test_a_remark_of_the_last_hook_stays_with_it() -> None:
    before = "repos:\n  - repo: a\n    hooks:\n      - id: b\n        # keep me\n# the end\n"
    found = text(
        run("runtime", {".pre-commit-config.yaml": before}, only("hooks")),
        ".pre-commit-config.yaml",
    )
    assert "- id: b\n        # keep me\n  - repo: local\n" in found
    assert found.endswith("\n# the end\n")


def test_a_remark_that_names_the_hook_is_not_the_hook() -> None:
    before = "# celery-audit would be nice\nrepos:\n  - repo: a\n    hooks:\n      - id: b\n"
    found = text(
        run("runtime", {".pre-commit-config.yaml": before}, only("hooks")),
        ".pre-commit-config.yaml",
    )
    assert "id: celery-audit" in found


@pytest.mark.parametrize(
    "before",
    [
        "repos: []\nexclude: a\n",
        "default_stages: [commit]\n",
        "repos: [{repo: a, hooks: [{id: b}]}]\n",
        "repos:\n  - repo: a\n    hooks:\n      - id: b\n...\n",
    ],
)
def test_hooks_that_can_t_be_extended_at_the_end_are_a_note(before: str) -> None:
    check_note("runtime", {".pre-commit-config.yaml": before}, "runtime-hooks", only("hooks"))


@pytest.mark.parametrize(
    ("decorator", "after"),
    [
        ("@shared_task", "@shared_task(base=EmailTask)"),
        ("@shared_task()", "@shared_task(base=EmailTask)"),
        ('@shared_task(name="send")', '@shared_task(name="send", base=EmailTask)'),
        (
            '@shared_task(\n    name="send",\n    bind=False  # no self\n)',
            '@shared_task(\n    name="send",\n    bind=False,  # no self\n    base=EmailTask\n)',
        ),
        (
            '@shared_task(\n    name="send",\n    bind=False,  # no self\n)',
            '@shared_task(\n    name="send",\n    bind=False,  # no self\n    base=EmailTask,\n)',
        ),
    ],
)
def test_a_base_class_only_where_the_configuration_says_so(decorator: str, after: str) -> None:
    settings = only("base", bases={"*send": "EmailTask"})
    other = "\n\n@shared_task\ndef other():\n    return 1\n"
    files = {"orders/tasks.py": TASK.replace("@shared_task", decorator) + other}
    done = run("runtime", files, settings)
    found = text(done, "orders/tasks.py")
    assert after + "\ndef send" in found
    assert "from celery import shared_task\n\nfrom apps.core.tasks.base import EmailTask\n" in found
    assert "\n@shared_task\ndef other" in found


def test_several_base_classes_come_by_one_import() -> None:
    tasks = (
        TASK
        + "\n\n@shared_task\ndef export():\n    return 1\n\n\n@shared_task\ndef clean():\n    return 2\n"
    )
    bases = {"*send": "EmailTask", "*export": "ReportTask", "*clean": "MaintenanceTask"}
    done = run("runtime", {"orders/tasks.py": tasks}, only("base", bases=bases))
    line = "from apps.core.tasks.base import EmailTask, MaintenanceTask, ReportTask\n"
    assert line in text(done, "orders/tasks.py")


@pytest.mark.parametrize(
    "decorator",
    ["retrying = shared_task(max_retries=3)", "def retrying(f):\n    return shared_task(f)"],
)
def test_a_decorator_of_the_project_s_own_is_not_given_a_base(decorator: str) -> None:
    task = TASK.replace("@shared_task", f"{decorator}\n\n\n@retrying")
    files = {"orders/tasks.py": task}
    settings = only("base", bases={"*send": "EmailTask"})
    check_note("runtime", files, "base-by-hand", settings)
    check_untouched("runtime", files, settings)


@pytest.mark.parametrize(
    ("app", "kept"),
    [
        (APP.replace('"shop"', '"shop", task_cls="shop.base:Own"'), True),
        (APP + "from shop.base import Own\n\napp.Task = Own\n", True),
        (APP.replace('"shop"', f'"shop", {CLASS}'), False),
        (APP + "# task_cls=Own\nif app.Task == 1:\n    pass\n", False),
    ],
)
def test_the_task_class_of_an_app_is_not_taken_away_from_a_task(app: str, kept: bool) -> None:
    own = "from celery import Task\n\n\nclass Own(Task):\n    pass\n"
    files = {"orders/tasks.py": TASK, "shop/celery.py": app, "shop/base.py": own}
    done = run("runtime", files, only("base", bases={"*send": "EmailTask"}))
    assert ("base=EmailTask" in text(done, "orders/tasks.py")) is not kept
    assert ("base-by-hand" in {note.code for note in done.notes}) is kept


def test_a_base_class_is_shown_with_what_it_changes() -> None:
    settings = only("base", bases={"*send": "EmailTask"})
    done = run(
        "runtime",
        {"orders/tasks.py": TASK.replace("@shared_task", "@shared_task(max_retries=9)")},
        settings,
    )
    (assigned,) = [item for item in done.decisions if item.id.startswith("base:")]
    assert assigned.before == "max_retries=9"  # type: ignore[attr-defined]
    assert assigned.after.startswith("5 retries of any exception")  # type: ignore[attr-defined]
    assert assigned.after.endswith(", but for its own max_retries=9")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("options", "given"),
    [
        ("soft_time_limit=240", False),
        ("soft_time_limit=60", True),
        ("soft_time_limit=240, time_limit=300", True),
        ("time_limit=100", False),
        ("soft_time_limit=2 * 60", False),
        ("soft_time_limit=60 + 30", True),
    ],
)
def test_half_a_pair_of_limits_is_a_note(options: str, given: bool) -> None:
    """A soft limit over the base's hard one would be stopped before it is told to end."""
    task = TASK.replace("@shared_task", f"@shared_task({options})")
    done = run("runtime", {"orders/tasks.py": task}, only("base", bases={"*send": "EmailTask"}))
    assert ("base=EmailTask" in text(done, "orders/tasks.py")) is given
    assert ("base-by-hand" in {note.code for note in done.notes}) is not given


def test_a_pattern_may_fit_the_function_s_name_and_one_that_fits_none_is_a_note() -> None:
    files = {"orders/tasks.py": TASK}
    settings = only("base", bases={"send": "EmailTask", "sned": "EmailTask"})
    note = check_note("runtime", files, "setting-unused", settings)
    assert note.message.startswith('runtime.bases = "sned" in [tool.migrate] has no effect: ')
    assert "base=EmailTask" in text(run("runtime", files, settings), "orders/tasks.py")


def test_a_lock_file_has_to_be_made_anew() -> None:
    files = {"requirements/base.in": "celery\n", "requirements/base.txt": "django\n", "uv.lock": ""}
    done = run("runtime", files, only("requirement"))
    assert sorted(note.path for note in done.notes) == ["requirements/base.txt", "uv.lock"]


@pytest.mark.parametrize(
    ("decorator", "code"),
    [
        ("@shared_task(base=Mine)", "base-kept"),
        ("@shared_task(**OPTIONS)", "base-by-hand"),
    ],
)
def test_a_base_class_that_can_t_be_given_is_a_note(decorator: str, code: str) -> None:
    head = "from celery import Task\n\nOPTIONS = {}\n\n\nclass Mine(Task):\n    pass\n\n\n"
    task = TASK.replace("\n\n\n@shared_task", "\n" + head + decorator)
    check_note(
        "runtime", {"orders/tasks.py": task}, code, only("base", bases={"*send": "EmailTask"})
    )


def test_a_base_class_that_nobody_knows_is_a_note() -> None:
    files = {"orders/tasks.py": TASK}
    check_note("runtime", files, "base-unknown", only("base", bases={"*send": "MailTask"}))


def test_an_alias_module_with_more_in_it_keeps_it() -> None:
    from codemods.renaming.alias_module import alias_module

    own = b"\nOLD_QUEUE = 'mails'\n"
    files = {"shop/task_aliases.py": alias_module({"create_job()": "create_job"}) + own}
    done = run("runtime", files, only("aliases"))
    found = text(done, "shop/task_aliases.py")
    assert "count_uses(TASK_NAME_ALIASES)" in found
    assert found.endswith(own.decode())


def test_an_alias_module_of_another_shape_is_left_alone() -> None:
    from codemods.renaming.alias_module import alias_module

    table = alias_module({"create_job()": "create_job"})
    other = table.replace(b"import celeryd_after_setup", b"import (\n    celeryd_after_setup,\n)")
    done = run("runtime", {"shop/task_aliases.py": other}, only("aliases"))
    assert done.changes == ()
    assert [note.code for note in done.notes] == ["runtime-aliases"]


@pytest.mark.parametrize("part", ["installed-app", "task-class", "in-force"])
def test_only_the_lines_that_a_part_touches_are_declared(part: str) -> None:
    """All others stay under the proof that no body has changed."""
    files = {
        "shop/settings/celery.py": "INSTALLED_APPS = [\n    'orders',\n]\nLIMIT = 1\nA = 2\nB = 3\n",
        "shop/celery.py": 'from celery import Celery\n\napp = Celery("shop")\nA = 1\nB = 2\nC = 3\n',
    }
    wanted = only(part, "settings", in_force=True)
    done = run("runtime", files, wanted)
    assert done.changes
    assert 0 < len({edit.line for edit in done.edits} - {0}) <= 2


def test_aliases_are_counted_once() -> None:
    from codemods.renaming.alias_module import alias_module

    table = {"create_job()": "create_job"}
    task = TASK.replace("@shared_task", '@shared_task(name="create_job")')
    app = APP.replace(
        'app = Celery("shop")\n',
        'from shop.task_aliases import register_task_aliases\n\napp = Celery("shop")\nregister_task_aliases(app)\n',
    )
    files = {
        "orders/tasks.py": task,
        "shop/task_aliases.py": alias_module(table),
        "shop/celery.py": app,
    }
    done = run("runtime", files, only("aliases"))
    found = text(done, "shop/task_aliases.py")
    assert found.count("count_uses(TASK_NAME_ALIASES)") == 1
    assert alias_module(table, found.encode()) == found.encode()


APPS = st.lists(
    st.sampled_from(["orders", "web", "django.contrib.admin", "a.b"]), min_size=1, unique=True
)
STYLES = st.sampled_from([", ", ",  # note\n    ", ",\n\t", ",\n    # above\n    "])


@given(APPS, STYLES, st.sampled_from("\"'"), st.sampled_from(["[]", "()"]), st.booleans())
def test_any_list_of_apps_grows_by_one_and_keeps_its_comments(
    names: list[str], between: str, quote: str, brackets: str, trailing: bool
) -> None:
    inner = between.join(f"{quote}{name}{quote}" for name in names)
    opening = "\n    " if "\n" in between else ""
    closing = ",\n" if "\n" in between and trailing else "," if len(names) == 1 else ""
    before = f"INSTALLED_APPS = {brackets[0]}{opening}{inner}{closing}{brackets[1]}\n"
    after = with_app(before.encode())
    assert after is not None
    (statement,) = ast.parse(after).body
    found = list(ast.literal_eval(statement.value))  # type: ignore[attr-defined]
    assert [name for name in found if name != "target_runtime"] == names
    assert found.count("target_runtime") == 1
    assert "target_runtime" in found[-2:]
    assert after.count(b"#") == before.count("#")
    assert with_app(after) == after


def test_hooks_take_the_indentation_of_those_that_stand() -> None:
    before = "repos:\n- repo: https://example.com/black\n  hooks:\n  - id: black\n"
    done = run("runtime", {".pre-commit-config.yaml": before}, only("hooks"))
    assert "\n- repo: local\n  hooks:\n    - id: celery-audit\n" in text(
        done, ".pre-commit-config.yaml"
    )


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": "celery==5.4 \\\n    --hash=sha256:00\n"},
        {"pyproject.toml": '[project]\nkeywords = [\n    "celery",\n]\n'},
    ],
)
def test_what_is_no_plain_requirement_is_left_with_a_note(files: dict[str, str]) -> None:
    found = run("runtime", files, only("requirement"))
    assert found.changes == ()
    assert [note.code for note in found.notes] == ["runtime-requirement"]


def test_an_app_made_of_unknown_options_is_a_note() -> None:
    files = {
        "shop/celery.py": APP.replace('Celery("shop")', 'Celery("shop", **MORE)').replace(
            "\n\n", "\n\nMORE = {}\n", 1
        )
    }
    check_note("runtime", files, "runtime-task-class", only("task-class"))


def test_an_app_made_under_an_alias_gets_the_task_class() -> None:
    before = 'from celery import Celery as C\n\napp = C("shop")\n'
    after = before.replace('"shop"', f'"shop", {CLASS}')
    check_change(
        "runtime", {"shop/celery.py": before}, {"shop/celery.py": after}, only("task-class")
    )


NEWLINES = st.sampled_from(["\n", "\r\n"])
COMMENTS = st.sampled_from(["", "  # kept", "  # ü"])
SETTINGS_FORMS = st.sampled_from(
    [
        "INSTALLED_APPS = ['orders']{c}\n",
        "INSTALLED_APPS = (\n    'orders',{c}\n    'web'\n)\n",
        "INSTALLED_APPS = ['orders']{c}\nINSTALLED_APPS += ['web']\n",
        "BASE = ['orders']{c}\nINSTALLED_APPS = BASE + ['web']\n",
    ]
)
APP_FORMS = st.sampled_from(
    [
        "from celery import Celery\n\napp = Celery('shop'){c}\napp.autodiscover_tasks()\n",
        "from celery import Celery as C\n\napp = C(\n    'shop',{c}\n    include=['orders.tasks'],\n)\n",
        "import celery\n\napp = celery.Celery('shop', task_cls='shop.base:Own'){c}\n",
        "from celery import Celery\n\nMORE = {{}}\napp = Celery('shop', **MORE){c}\n",
    ]
)
DECORATORS = st.sampled_from(
    [
        "@shared_task{c}\n",
        "@shared_task(){c}\n",
        "@shared_task(name='orders.send',{c}\n    bind=False)\n",
        "@shared_task(max_retries=2, default_retry_delay=60){c}\n",
        "@shared_task(base=Own){c}\n",
        "@shared_task(**OPTIONS){c}\n",
        "@shared_task(time_limit=60){c}\n",
    ]
)
STANDING = st.dictionaries(
    st.sampled_from(
        [
            "apps/core/tasks/base.py",
            "apps/core/tasks/decorators.py",
            "apps/core/tasks/celery_settings.py",
            "apps/core/constants/datetime_constants.py",
            "background_tasks/task_keys.py",
        ]
    ),
    st.sampled_from(
        ["", "class EmailTask:{c}\n    pass\n", "SECONDS_IN_HOUR = 3600{c}\n", "x = (\n"]
    ),
    max_size=3,
)
REQUIREMENTS = st.sampled_from(
    ["", "celery>=5{c}\n", "django{c}\ncelery[redis]==5.4\n", "celery==5.4 --hash=sha256:0\n"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    SETTINGS_FORMS, APP_FORMS, st.lists(DECORATORS, min_size=1, max_size=3), STANDING,
    REQUIREMENTS, COMMENTS, NEWLINES, st.booleans(), st.sampled_from(sorted(POLICIES)),
)  # fmt: skip
def test_any_project_is_given_what_it_lacks_and_keeps_the_rest(
    own: str, app: str, decorators: list[str], standing: dict[str, str], requirements: str,
    comment: str, newline: str, in_force: bool, base: str,
) -> None:  # fmt: skip
    """Proved and run twice by `run`: parses, registry as promised, no comment lost, settled."""
    tasks = (
        "from celery import Task, shared_task\n\nOPTIONS = {{}}\n\n\nclass Own(Task):\n    pass\n"
    )
    for number, decorator in enumerate(decorators):
        name = decorator.replace("orders.send", f"orders.send{number}")
        tasks += f"\n\n{name}def send_{number}(to):\n    return to{{c}}\n"
    files = {"shop/settings.py": own, "shop/celery.py": app, "orders/tasks.py": tasks, **standing}
    files["requirements.txt"] = requirements
    encoded = {
        path: text.format(c=comment).replace("\n", newline).encode() for path, text in files.items()
    }
    runtime = Runtime(install=True, in_force=in_force, bases={"*send_*": base})
    found = run("runtime", encoded, Settings(runtime=runtime))
    for path, data in encoded.items():
        after = found.snapshot.read(path)
        assert after.count(b"#") >= data.count(b"#")
        if b"\n" in data:
            assert after.count(b"\r\n") == (after.count(b"\n") if newline == "\r\n" else 0)
        if path in found.files and path.endswith(".py"):
            ast.parse(after)
    assert all(
        "#" not in line for line in text(found, "shop/celery.py").splitlines() if "add_d" in line
    )
    words = " ".join(note.message for note in found.notes)
    assert "target_runtime" in text(found, "shop/settings.py") or "INSTALLED_APPS is no" in words
    assert "RuntimeTask" in text(found, "shop/celery.py") or "with_idempotency needs" in words
