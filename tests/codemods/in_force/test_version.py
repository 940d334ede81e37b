"""Which side of Celery 5.7 a project is on, from its files."""

import pytest

from codemods.in_force.version import celery_sides, side_of

LOCK = """\
version = 1

[[package]]
name = "billiard"
version = "4.2.1"

[[package]]
name = "celery"
version = "{}"

[[package]]
name = "celery-types"
version = "0.23.0"
"""
PIPFILE = '{{"default": {{\n "celery": {{\n  "version": "=={}"\n }}}}}}'


def sides(files: dict[str, str]) -> str:
    found = celery_sides({path: text.encode() for path, text in files.items()})
    return " ".join(sorted(found.sides)) + (f" {found.path}:{found.line}" if found.path else "")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, "5.6 5.7"),
        ({"requirements.txt": "celery\n"}, "5.6 5.7"),
        ({"requirements.txt": "django\ncelery==5.5.2\n"}, "5.6 requirements.txt:2"),
        ({"requirements.txt": "celery[redis] >= 5.4\n"}, "5.6 5.7 requirements.txt:1"),
        ({"requirements.txt": "celery>=5.4,<5.7\n"}, "5.6 requirements.txt:1"),
        ({"requirements.txt": "celery>=5.4,<5.7.1\n"}, "5.6 5.7 requirements.txt:1"),
        ({"requirements.txt": "celery~=5.6.0\n"}, "5.6 requirements.txt:1"),
        ({"requirements.txt": "celery~=5.6\n"}, "5.6 5.7 requirements.txt:1"),
        ({"requirements.txt": "celery==5.7.*\n"}, "5.7 requirements.txt:1"),
        ({"requirements.txt": "celery>5.6.3,!=5.6.4\n"}, "5.6 5.7 requirements.txt:1"),
        ({"requirements.txt": "celery==5.7.0rc1\n"}, "5.7 requirements.txt:1"),
        ({"requirements.txt": "# celery==5.4\ncelery-types==0.2\n"}, "5.6 5.7"),
        ({"requirements/base.in": "celery>=5.4\n", "requirements/base.txt": "celery==5.7.0\n    # via -r base.in\n"}, "5.7 requirements/base.txt:1"),
        ({"requirements/base.txt": "celery>=5.4\n", "requirements/constraints.txt": "celery==5.4.0\n"}, "5.6 requirements/constraints.txt:1"),
        ({"requirements/web.txt": "celery==5.4\n", "requirements/worker.txt": "celery==5.7.0\n"}, "5.6 5.7 requirements/web.txt:1"),
        ({"requirements.txt": "celery>=5.7\n", "requirements-dev.txt": "celery==5.4\n"}, "5.7 requirements.txt:1"),
        ({"requirements-dev.txt": "celery==5.4\n"}, "5.6 requirements-dev.txt:1"),
        ({"tests/requirements.txt": "celery==5.4\n"}, "5.6 5.7"),
        ({"pyproject.toml": '[project]\ndependencies = [\n  "django",\n  "celery[redis]>=5.7",\n]\n'}, "5.7 pyproject.toml:4"),
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.11"\ncelery = "~5.5"\n'}, "5.6 pyproject.toml:3"),
        ({"pyproject.toml": '[tool.poetry.dependencies]\ncelery = {version = "^5.3", extras = ["redis"]}\n'}, "5.6 5.7 pyproject.toml:2"),
        ({"Pipfile": '[packages]\ncelery = "==5.4.0"\n'}, "5.6 Pipfile:2"),
        ({"setup.cfg": "[options]\ninstall_requires =\n    celery>=5.2,<5.6\n"}, "5.6 setup.cfg:3"),
        ({"setup.py": 'setup(name="x", install_requires=["django", "celery==5.4.0"])\n'}, "5.6 setup.py:1"),
        ({"uv.lock": LOCK.format("5.6.3")}, "5.6 uv.lock:9"),
        ({"poetry.lock": LOCK.format("5.7.0"), "pyproject.toml": '[project]\ndependencies = ["celery>=5.4"]\n'}, "5.7 poetry.lock:9"),
        ({"Pipfile.lock": PIPFILE.format("5.7.1")}, "5.7 Pipfile.lock:3"),
        ({"a/uv.lock": LOCK.format("5.4.0"), "b/uv.lock": LOCK.format("5.7.0")}, "5.6 5.7 a/uv.lock:9"),
        ({"uv.lock": "no toml [", "requirements.txt": "celery==5.4\n"}, "5.6 requirements.txt:1"),
        ({"Pipfile.lock": "[]", "requirements.txt": "celery==what\n"}, "5.6 5.7"),
    ],
)  # fmt: skip
def test_the_side_and_the_line_that_says_so(files: dict[str, str], expected: str) -> None:
    assert sides(files) == expected


def test_the_reason_tells_the_words() -> None:
    found = celery_sides({"requirements.txt": b"celery>=5.4\n"})
    assert (found.reason, found.is_sure) == ("celery>=5.4 is asked for", False)
    found = celery_sides({"r/requirements.txt": b"celery==5.4\n", "requirements.txt": b"celery>5.7\n"})  # fmt: skip
    assert found.reason == "celery==5.4 is asked for, but celery>5.7 is asked for in 'requirements.txt'"  # fmt: skip


@pytest.mark.parametrize(
    ("version", "side"), [("4.4.7", "5.6"), ("5.6.3", "5.6"), ("5.7.0", "5.7"), ("6.0", "5.7")]
)
def test_the_side_of_a_version(version: str, side: str) -> None:
    assert side_of(version) == side
