"""What a project asks for that is too old for the runtime: then it gets none of it."""

import pytest

from tests.codemods.harness import run
from tests.codemods.runtime.wanted import ON, TASK, only, text


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


def test_a_project_that_is_too_old_gets_nothing_that_it_could_not_import() -> None:
    done = run("runtime", {"requirements.txt": "django<4\ncelery\n", "orders/tasks.py": TASK}, ON)
    assert done.changes == ()
    assert [note.code for note in done.notes] == ["runtime-requirement"]


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
