"""`config_from_object(app.config["CELERY"])`, as Flask's own documentation has it: which table that is."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.codemods.inventory.reading import read

TASKS = "from celery import shared_task\n\n\n@shared_task(name='send')\ndef send():\n    pass\n"
INIT = """\
from celery import Celery
from flask import Flask
{head}

def create_app():
    app = Flask(__name__)
    {line}
    return celery_init_app(app)


def celery_init_app(app):
    celery_app = Celery(app.name)
    celery_app.config_from_object({read})
    celery_app.set_default()
    app.extensions["celery"] = celery_app
    return celery_app
"""
TABLE = "{'beat_schedule': {'a': {'task': 'send', 'schedule': 60}}}"
KEY = 'app.config["CELERY"]'


def schedule(line: str = "pass", read_as: str = KEY, head: str = "", config: str = "") -> object:
    """The keys of the schedule in force; `None` where it is not known."""
    files = {
        "shop/__init__.py": INIT.format(line=line, read=read_as, head=head),
        "shop/tasks.py": TASKS,
        "config.py": config,
    }
    found = read(files, bare=True).schedule
    keys = {key for value in found.values.values() for key in value}
    return sorted(keys) if found.is_known else None


@pytest.mark.parametrize(
    "read_as", [KEY, 'app.config.get("CELERY")', 'app.config.get("CELERY", {})']
)
@pytest.mark.parametrize(
    "line",
    [
        f"app.config.from_mapping(CELERY={TABLE})",
        f"app.config.update(CELERY={TABLE})",
        f"app.config['CELERY'] = {TABLE}",
        "app.config.from_mapping(CELERY=dict(broker_url='x', **OTHERS, beat_schedule={'a': {'task': 'send', 'schedule': 60}}))",
    ],
)
def test_the_table_that_the_key_is_given_is_in_force(line: str, read_as: str) -> None:
    assert schedule(line, read_as) == ["a"]


@pytest.mark.parametrize(
    "config",
    [
        f"CELERY = {TABLE}\n",
        f"class Config:\n    CELERY = {TABLE}\n",
        f"class Config:\n    CELERY: dict = {TABLE}\n",
    ],
)
def test_a_name_of_a_module_or_a_class_is_such_a_key(config: str) -> None:
    assert schedule("app.config.from_object('config')", config=config) == ["a"]


@pytest.mark.parametrize(
    ("line", "config"),
    [
        ("pass", ""),
        (f"app.config.from_mapping(CELERY={TABLE})", f"CELERY = {TABLE}\n"),
        ("pass", f"class Config:\n    CELERY = {TABLE}\n\n\nclass Test(Config):\n    CELERY = {{'beat_schedule': {{}}}}\n"),
        (f"app.config.from_mapping(CELERY=made({TABLE}))", ""),
        (f"app.config.from_mapping(CELERY={TABLE} if DEBUG else {{}})", ""),
        (f"if app.debug:\n        app.config['CELERY'] = {TABLE}", ""),
        (f"app.config['CELERY'] = {TABLE}\n    app.config['CELERY']['beat_schedule']['b'] = other()", ""),
        (f"app.config['CELERY'] = {TABLE}\n    app.config['CELERY'].update(other())", ""),
        ("pass", f"CELERY = {TABLE}\nCELERY.update(beat_schedule={{}})\n"),
        ("pass", f"class Config:\n    CELERY = {TABLE}\n\n\nConfig.CELERY = None\n"),
        ("app.config.from_mapping(CELERY={**OTHERS, 'broker_url': 'x'})", ""),
    ],
)  # fmt: skip
def test_what_is_given_several_times_or_computed_is_not_known(line: str, config: str) -> None:
    assert schedule(line, config=config) is None


def test_tests_have_configurations_of_their_own() -> None:
    files = {
        "shop/__init__.py": INIT.format(line=f"app.config['CELERY'] = {TABLE}", read=KEY, head=""),
        "shop/tasks.py": TASKS,
        "tests/test_it.py": "CELERY = {'beat_schedule': {}}\n",
    }
    assert read(files, bare=True).schedule.is_known


FLASK = """\
class Config(dict):
    def from_mapping(self, **given):
        self.update(given)


class Flask:
    def __init__(self, name):
        self.name, self.config, self.extensions = name, Config(), {}
"""


def test_celery_itself_has_the_same_entries_in_force(tmp_path: Path) -> None:
    line = f"app.config.from_mapping(CELERY={TABLE})"
    files = {"flask.py": FLASK, "shop/__init__.py": INIT.format(line=line, read=KEY, head="")}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    told = "import shop; print(sorted(shop.create_app().conf.beat_schedule))"
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{schedule(line)}\n"
