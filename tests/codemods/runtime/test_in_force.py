"""The defaults put in force on the app, by decision and from a module that has them."""

import pytest

from tests.codemods.harness import APP, check_change, check_note, check_untouched, run
from tests.codemods.runtime.wanted import TASK, only, text

IN_FORCE = "from apps.core.tasks.celery_settings import in_force  # noqa: E402\n\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'app = Celery("shop")\napp.autodiscover_tasks()\n',
            f'app = Celery("shop")\n\n{IN_FORCE}app.add_defaults(lambda: in_force(app))\napp.autodiscover_tasks()\n',
        ),
        (
            'app = Celery(\r\n    "shop",  # name\r\n)  # made\r\n',
            'app = Celery(\r\n    "shop",  # name\r\n)  # made\r\n\r\n'
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


@pytest.mark.parametrize("head", ["\ufeff", "# -*- coding: latin-1 -*-\n# Gr\xf6\xdfe\n"])
def test_an_app_s_module_in_its_own_encoding(head: str) -> None:
    encoding = "latin-1" if "latin" in head else "utf-8"
    files = {"shop/celery.py": (head + APP).encode(encoding)}
    done = run("runtime", files, only("settings", "in-force", in_force=True))
    found = done.snapshot.read("shop/celery.py")
    assert found.startswith(head.encode(encoding))
    assert b"\napp.add_defaults(lambda: in_force(app))\n" in found


def test_an_app_with_more_on_its_line_is_a_note() -> None:
    app = 'from celery import Celery\n\napp = Celery("shop"); app.config_from_object(\n    "django.conf:settings"\n)\n'
    wanted = only("settings", "in-force", in_force=True)
    check_note("runtime", {"shop/celery.py": app}, "runtime-in-force", wanted)


def test_routes_to_one_of_the_six_queues_are_told_of() -> None:
    app = APP + "app.conf.task_routes = {'send': {'queue': 'reports'}, 'x': {'queue': 'own'}}\n"
    wanted = only("settings", "in-force", in_force=True)
    note = check_note("runtime", {"shop/celery.py": app}, "runtime-queues", wanted)
    assert "also from reports, to which" in note.message
