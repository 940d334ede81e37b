"""Which files are modules of the project, under which names, and which are tests."""

from typing import Any

import pytest

from codemods.inventory.project import Project
from codemods.settings import Settings
from tests.codemods.harness import PROJECT
from tests.codemods.inventory.reading import BODY, SHARED, read


def test_tasks_of_tests_do_not_count() -> None:
    text = f"{SHARED}\n\n@shared_task{BODY}"
    named = text + "\n\ndef test_one():\n    one()\n"
    assert read({"orders/tests/test_x.py": text, "orders/test_y.py": named}).tasks == []


def test_a_command_of_django_s_is_no_test_by_its_name() -> None:
    text = f"{SHARED}\n\n@shared_task{BODY}\n\ndef test_mail():\n    one.delay()\n"
    files = {
        "orders/management/commands/test_mail.py": text,
        "orders/management/commands/tests/test_other.py": text,
        "orders/management/test_mail.py": text,
    }
    found = [task.path for task in read(files).tasks]
    assert found == ["orders/management/commands/test_mail.py"]


def test_import_roots() -> None:
    files = {f"backend/{path}": text for path, text in PROJECT.items()}
    files["backend/orders/tasks.py"] = f"{SHARED}\n\n@shared_task{BODY}"
    inventory = read(files, bare=True)
    assert inventory.project.roots == ("backend", "")
    assert [task.name for task in inventory.tasks] == ["orders.tasks.one"]


@pytest.mark.parametrize(
    ("imported", "roots"),
    [
        ("from base.orders import models\n", ("backend/src", "")),
        ("import orders.models\n", ("backend/src/base", "")),
    ],
)
def test_a_package_that_holds_its_manage_py_is_a_root_unless_it_is_imported_by_name(
    imported: str, roots: tuple[str, ...]
) -> None:
    files = {
        "backend/src/base/__init__.py": "",
        "backend/src/base/manage.py": "import sys\n",
        "backend/src/base/orders/__init__.py": "",
        "backend/src/base/orders/models.py": "",
        "backend/src/base/orders/tasks.py": imported,
        "backend/src/base/config/__init__.py": "",
        "backend/src/base/config/celery.py": "from celery import Celery\n\napp = Celery('base')\n",
    }
    assert read(files, bare=True).project.roots == roots


def test_roots_can_be_configured() -> None:
    files = {"lib/py/orders/tasks.py": f"{SHARED}\n\n@shared_task{BODY}"}
    inventory = read(files, Settings(import_roots=("lib/py",)), bare=True)
    assert [task.name for task in inventory.tasks] == ["orders.tasks.one"]


def test_files_that_do_not_parse_are_listed_with_their_line() -> None:
    (facts,) = read({"orders/old.py": "x = 1\nprint 'celery'\n"}).unparsed
    assert facts.error is not None
    assert facts.error.line == 2


def test_a_product_module_that_is_named_like_a_test_is_none() -> None:
    files = {
        "orders/test_results.py": f"{SHARED}\n\n@shared_task{BODY}",
        "orders/test_views.py": f"import pytest\n{SHARED}\n\n@shared_task{BODY}",
        "orders/test_jobs.py": f"{SHARED}\n\n@shared_task{BODY}\n\ndef test_one():\n    pass\n",
    }
    assert [task.name for task in read(files).tasks] == ["orders.test_results.one"]


def test_files_in_hidden_folders_are_no_modules() -> None:
    assert read({".rules/tasks.py": f"{SHARED}\n\n@shared_task{BODY}"}).tasks == []


LEVELS = {
    f"lib/l{level}{n}.py": "".join(f"from lib.l{level + 1}{m} import *\n" for m in range(3))
    for level in range(1, 7)
    for n in range(3)
}


@pytest.mark.parametrize(
    "files",
    [
        {"lib/__init__.py": "".join(f"from lib.gone{n} import *\n" for n in range(3))},
        LEVELS | {"lib/__init__.py": "from lib.l10 import *\n"},
    ],
    ids=["modules that are not here", "the same modules again and again"],
)
def test_stars_that_give_nothing_are_followed_once(
    files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, calls = read(files).project, list[str]()
    resolve = Project._resolve

    def counted(self: Project, symbol: str, *more: Any) -> str:
        calls.append(symbol)
        assert len(calls) < 80
        return resolve(self, symbol, *more)

    monkeypatch.setattr(Project, "_resolve", counted)
    assert project.resolve("lib.unknown") == "lib.unknown"
