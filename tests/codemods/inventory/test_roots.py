"""Import roots as a project's own imports need them, each with its reason."""

import pytest

from codemods.settings import Settings
from tests.codemods.harness import APP
from tests.codemods.inventory.reading import BODY, SHARED, read

TASK = f"{SHARED}\n\n@shared_task{BODY}"

LAID_OUT = {
    "below src, as imports need it": (
        {"src/shop/celery.py": APP, "src/shop/__init__.py": "from shop.celery import app\n", "src/shop/orders/tasks.py": f"from shop.celery import app\n{TASK}"},
        "shop.orders.tasks.one", "src",
    ),
    "apps on the path by a line of manage.py": (
        {"manage.py": "import sys\nfrom django.core import management\n\nsys.path.insert(0, BASE / 'apps')\n", "shop/celery.py": APP, "apps/orders/tasks.py": TASK},
        "orders.tasks.one", "apps",
    ),
    "apps on the path, as a neighbour imports them": (
        {"manage.py": "import django\n", "shop/celery.py": APP, "apps/orders/tasks.py": TASK, "apps/users/models.py": "from orders.tasks import one\n"},
        "orders.tasks.one", "apps",
    ),
    "a package folder beside manage.py that nobody imports": (
        {"backend/__init__.py": "", "backend/manage.py": "import django\n", "backend/shop/__init__.py": "", "backend/shop/celery.py": APP, "backend/orders/tasks.py": f"from shop.celery import app\n{TASK}"},
        "orders.tasks.one", "backend",
    ),
    "pytest's pythonpath": (
        {"pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["lib"]\n', "lib/orders/tasks.py": TASK},
        "orders.tasks.one", "lib",
    ),
    "PYTHONPATH of a compose file": (
        {"docker-compose.yml": "services:\n  web:\n    environment:\n      PYTHONPATH: /code/server\n", "server/orders/tasks.py": TASK},
        "orders.tasks.one", "server",
    ),
    "one import that goes around does not outweigh many": (
        {"shop/celery.py": APP, "apps/orders/tasks.py": TASK, "apps/a.py": "from orders.tasks import one\n", "apps/b.py": "from orders.tasks import one\n", "apps/d/c.py": "from orders.tasks import one\n", "tools.py": "from apps.orders.tasks import one\n"},
        "orders.tasks.one", "apps",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", LAID_OUT)
def test_the_root_is_found(how: str) -> None:
    files, name, root = LAID_OUT[how]
    inventory = read(files, bare=True)
    assert [task.name for task in inventory.tasks] == [name]
    assert root in {found.path for found in inventory.roots}
    assert all(found.reason for found in inventory.roots)


@pytest.mark.parametrize(
    "files",
    [
        {"shop/redis.py": "import redis\n", "shop/__init__.py": "", "shop/cache.py": "import redis\n"},
        {"shop/schema/alembic/env.py": "", "shop/db.py": "from alembic import op\n"},
        {"tests/app/__init__.py": "", "tests/test_x.py": "from app import create\n", "app/__init__.py": "def create(): ...\n"},
        {
            "app/__init__.py": "from app.clients import Notify\n\ndb = object()\n", "app/clients.py": "class Notify:\n    pass\n",
            "app/dao.py": "from app import db\n", "tests/__init__.py": "", "tests/app/__init__.py": "", "tests/app/db.py": "",
        },
        {
            "shop/__init__.py": "", "shop/utils/rest_framework/__init__.py": "", "shop/utils/rest_framework/views.py": "",
            "shop/a.py": "from rest_framework import views, status\n", "shop/b.py": "from rest_framework.views import View\n",
            "shop/c.py": "from rest_framework.response import Response\n", "shop/d.py": "from rest_framework import status\n",
        },
    ],
)  # fmt: skip
def test_a_namesake_of_a_library_is_no_root(files: dict[str, str]) -> None:
    inventory = read({**files, "orders/tasks.py": TASK, "orders/__init__.py": ""}, bare=True)
    assert [root.path for root in inventory.roots] == [""]


@pytest.mark.parametrize(
    "line", ["from .celery import app as celery_app\n", "from . import celery\n"]
)
@pytest.mark.parametrize("folder", ["shop", "web/shop"])
def test_a_package_is_no_root_by_the_name_of_a_place_alone(folder: str, line: str) -> None:
    files = {
        "docker/Dockerfile": "FROM python\nWORKDIR /home/shop\n",
        f"{folder}/__init__.py": line,
        f"{folder}/celery.py": APP,
        f"{folder}/orders/tasks.py": TASK,
    }
    assert read(files, bare=True).app_names == ["shop.celery.app"]


def test_names_that_go_around_a_root_are_said_once() -> None:
    files, _, _ = LAID_OUT["one import that goes around does not outweigh many"]
    (note,) = [n for n in read(files, bare=True).notes if n.code == "two-names"]
    assert note.path == "apps"
    assert "the tasks in them (1) under both names" in note.message


def test_configured_roots_are_taken_as_they_are() -> None:
    inventory = read({"x/orders/tasks.py": TASK}, Settings(import_roots=("x",)), bare=True)
    assert [(root.path, root.reason) for root in inventory.roots] == [("x", "configured")]
