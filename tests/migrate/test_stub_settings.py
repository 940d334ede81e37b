"""`--prove stub` on schedules and routes: real Celery reads the settings that the project's own files name."""

import json
import os
import subprocess
import sys
from pathlib import Path

from migrate.verify.registry import INSIDE
from tests.command import Terminal, git, make_repository

APP = 'from celery import Celery\n\napp = Celery("shop")\napp.config_from_object("django.conf:settings", namespace="CELERY")\n'
FILES = {
    "manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.prod")\n',
    "shop/__init__.py": "",
    "shop/celery.py": APP
    + 'app.conf.beat_schedule["night"] = {"task": "orders.tasks.clean", "schedule": 60}\n'
    + 'app.conf.task_routes.update({"orders.tasks.*": {"queue": "low"}})\n',
    "shop/settings/__init__.py": "",
    "shop/settings/prod.py": 'INSTALLED_APPS = ["orders"]\nCELERY_BEAT_SCHEDULE = {\n    "mail": {"task": "mail", "schedule": 60},\n}\nCELERY_TASK_ROUTES = {\n    "mail": "email",\n}\n',
    "orders/__init__.py": "",
    "orders/tasks.py": 'from celery import shared_task\n\n\n@shared_task\ndef clean():\n    return 1\n\n\n@shared_task(name="mail")\ndef mail():\n    return 2\n',
    "pyproject.toml": '[project]\nname = "x"\ndependencies = ["celery>=5.4"]\n\n[tool.migrate.beat]\nplace = "shop/schedule.py"\n\n[tool.migrate.routes]\nplace = "shop/routes.py"\n',
    ".gitignore": "__pycache__\n",
}


def test_tables_that_join_and_move_are_the_same_to_real_celery(
    migrate: Terminal, tmp_path: Path
) -> None:
    project = make_repository(tmp_path / "shop", FILES)
    steps = ("--step", "beat", "--step", "routes", "--prove", "stub")
    done = migrate("apply", "--accept", *steps, "-C", project)
    assert done.out.count("21 proofs held") == 2
    git(project, "switch", "-q", "migrate/head")
    assert (project / "shop/celery.py").read_text() == APP
    assert "CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE" in (project / "shop/settings/prod.py").read_text()


def test_real_celery_has_what_the_settings_of_the_entry_point_hold(tmp_path: Path) -> None:
    project = make_repository(tmp_path / "shop", FILES)
    words = [
        sys.executable,
        str(INSIDE / "stub.py"),
        str(project),
        "orders/tasks.py",
        "shop/celery.py",
    ]
    said = subprocess.check_output(words, cwd=project, text=True, env={"PATH": os.environ["PATH"]})
    found = json.loads(said.rpartition("@@")[2])
    assert sorted(found["beat"]) == ["mail", "night"]
    queues = {name: route.get("queue") for name, route in found["routes"].items()}
    assert queues == {"mail": "email", "orders.tasks.clean": "low"}


def test_settings_are_those_that_entry_points_name(tmp_path: Path) -> None:
    make_repository(
        tmp_path / "shop",
        {
            "manage.py": 'os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"\n',
            "wsgi.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
            "pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = shop.tests.settings\n",
        },
    )
    code = "import sys; sys.path.insert(0, sys.argv[1]); import objects; print(objects.find_settings(sys.argv[2]))"
    words = [sys.executable, "-c", code, str(INSIDE), str(tmp_path)]
    assert subprocess.check_output(words, text=True).strip() == "shop.settings"
