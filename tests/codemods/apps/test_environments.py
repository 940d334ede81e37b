"""Packages that are imported where Celery isn't installed: they are not made to import the app."""

import pytest

from tests.codemods.decorators.test_loading import APART, TASKS
from tests.codemods.harness import run

ONE = {
    "manage.py": "import django\n",
    "shop/__init__.py": "",
    "shop/settings.py": 'INSTALLED_APPS = ["shop"]\n',
    "shop/celery.py": 'from celery import Celery\n\napp = Celery("shop")\napp.autodiscover_tasks()\n',
    "shop/tasks.py": "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
    "shop/tiles/__init__.py": "",
    "shop/tiles/wsgi.py": "def application(environ, start):\n    return []\n",
    "requirements.txt": "-r requirements/base.txt\n",
    "requirements/base.txt": "Celery[redis]==5.4\n",
    "requirements/tiles.txt": "requests==2.32\n",
}
"""A project with a program that needs little of it."""
DOCKER = "FROM python:3.12\nCOPY . .\nRUN pip install --no-cache-dir -r {} && true\nRUN useradd -r -u 500 tiles\nCMD uwsgi --module {}\n"
TILES = "requirements/tiles.txt"


@pytest.mark.parametrize("path", ["tiles.dockerfile", "docker/Dockerfile", "deploy/tiles.sh"])
def test_a_program_installed_without_celery_goes_on_without_it(path: str) -> None:
    found = run("decorators", {**ONE, path: DOCKER.format(TILES, "shop.tiles.wsgi")}, bare=True)
    assert found.files == []
    (note,) = [note for note in found.notes if note.code == "app-not-loaded"]
    assert (
        f"(shop is imported without Celery too: '{path}' installs '{TILES}' alone)" in note.message
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Dockerfile", DOCKER.format("requirements.txt", "shop.tiles.wsgi")),
        ("Dockerfile", DOCKER.format(f"{TILES} -r requirements.txt", "shop.tiles.wsgi")),
        ("Dockerfile", DOCKER.format("requirements/lost.txt", "shop.tiles.wsgi")),
        ("Dockerfile", DOCKER.format(TILES, "other.wsgi")),
        ("Dockerfile", DOCKER.format(TILES, "shop.nothing.here")),
        ("Dockerfile", DOCKER.format(f"{TILES} celery", "shop.tiles.wsgi")),
        ("Dockerfile", DOCKER.format(f"{TILES} -e .", "shop.tiles.wsgi")),
        ("docs/Dockerfile", DOCKER.format(TILES, "shop.tiles.wsgi")),
    ],
)
def test_what_may_install_celery_or_runs_nothing_of_the_package_is_no_such_program(
    path: str, text: str
) -> None:
    found = run("decorators", {**ONE, path: text}, bare=True)
    assert found.files == ["shop/__init__.py", "shop/tasks.py"]


def test_a_plugin_alone_asks_for_celery() -> None:
    plugin = {
        "api/requirements.txt": "six\n",
        "requirements.txt": "Django\n",
        "ops/requirements.txt": "celery\nredis\n",
    }
    found = run("decorators", {**APART, **plugin}, bare=True)
    assert found.files == []
    (note,) = [note for note in found.notes if note.code == "app-not-loaded"]
    assert "'requirements.txt' lacks what 'ops/requirements.txt' asks for" in note.message


@pytest.mark.parametrize(
    "lists",
    [
        {"requirements.txt": "Django\ncelery\n", "ops/requirements.txt": "celery\n"},
        {"requirements-dev.txt": "ruff\n", "ops/requirements.txt": "celery\n"},
        {"requirements.txt": "Django\n", "setup.py": "setup(install_requires=['celery'])\n"},
    ],
)
def test_who_installs_the_project_has_celery(lists: dict[str, str]) -> None:
    found = run("decorators", {**APART, **lists}, bare=True)
    assert found.files == [TASKS, "shop/__init__.py"]
