"""Every verb's JSON is valid by its published schema, and holds what the contract says."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.main import get_command

from migrate import cli
from migrate.cli import app
from migrate.cli.verbs import VERBS
from migrate.shapes.published import SHAPES, schema
from tests.command import Terminal, make_repository
from tests.migrate.write_schemas import FOLDER
from tests.servers import redis_server

FILES = {
    "manage.py": "",
    "shop/__init__.py": "from .celery import app\n",
    "shop/celery.py": 'from celery import Celery\n\napp = Celery("shop")\n'
    'app.conf.beat_schedule = {"jobs": {"task": "create_job()", "schedule": 5, "options": {"queue": "jobs", "expires": 5}}}\n'
    'app.conf.task_routes = {"create_job()": {"queue": "jobs"}}\n',
    "shop/settings.py": 'INSTALLED_APPS = ["shop"]\n',
    "shop/tasks.py": "from shop.celery import app\n\n\n@app.task(name='create_job()', bind=True)\ndef one(self):\n    pass\n",
    "shop/broken.py": "def (\n",
}

ORPHANED = FILES | {
    "shop/celery.py": FILES["shop/celery.py"].replace(
        "5}}}", '5}}, "gone": {"task": "x", "schedule": 5, "options": {"expires": 5}}}'
    )
}

PLAN_KEYS = {"format", "revision", "god_files", "tasks", "duplicates", "beat", "routes", "references", "unparsed", "notes", "steps", "metrics"}  # fmt: skip
METRICS = {
    "task_definitions", "unique_tasks", "duplicated_names", "duplicate_definitions", "shared_task",
    "app_task", "other_task", "shared_task_percent", "god_file_lines", "god_file_tasks",
    "names_with_parentheses", "mixed_decorator_files", "beat_entries", "orphaned_beat_entries",
    "beat_sources", "unrouted_tasks", "aliases", "unparsed_files", "notes", "not_understood",
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_the_published_schema_is_that_of_the_code(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_bytes() == schema(name), (
        "python -m tests.migrate.write_schemas"
    )


def valid(name: str, value: Any) -> Any:
    jsonschema.validate(value, json.loads((FOLDER / f"{name}.json").read_bytes()))
    assert value["format"] == 1
    return value


ANSWERS_AS = {"demo": "report"}
"""Verbs without a shape of their own."""


def test_every_verb_takes_json_and_has_a_shape() -> None:
    group: Any = get_command(app)
    verbs = {name: group.get_command(None, name) for name in group.list_commands(None)}
    files = {path.stem for path in Path(cli.__file__).parent.glob("*.py")}
    assert files >= {name.replace("-", "_") for name in verbs}
    assert verbs.keys() == VERBS.keys()
    assert {ANSWERS_AS.get(name, name) for name in verbs} == set(SHAPES)
    for name, verb in verbs.items():
        assert any("--json" in option.opts for option in verb.params), name


def test_every_verb(
    here: Path, migrate: Terminal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    kept = {"migrate.toml": '[beat.orphans]\ngone = "keep"\n'}
    make_repository(here, ORPHANED | kept)
    said: set[str] = set()

    def json_of(verb: str, *words: str) -> Any:
        said.add(verb)
        return valid(verb, migrate(verb, *words, "--json").json)

    assert json_of("init", "--dry-run")["written"] is False
    assert json_of("new-codemod", "my-own")["files"] == ["tools/my_own.py", "tools/test_my_own.py"]
    plan = json_of("plan")
    assert plan.keys() >= PLAN_KEYS
    assert set(plan["metrics"]) == METRICS
    (task,) = plan["tasks"]
    assert task == {
        "name": "create_job()", "name_is": "explicit", "path": "shop/tasks.py", "line": 5,
        "qualname": "one", "decorator": "app.task", "options": {"name": "'create_job()'", "bind": "True"},
        "bind": True, "base": None, "signature": "(self)", "wrappers": [],
    }  # fmt: skip
    assert plan["routes"] == [
        {"pattern": "create_job()", "queue": "jobs", "path": "shop/celery.py", "line": 5}
    ]
    assert [(entry["key"], entry["orphan"]) for entry in plan["beat"]] == [
        ("jobs", False),
        ("gone", True),
    ]
    assert plan["unparsed"][0]["path"] == "shop/broken.py"
    assert [step["name"] for step in plan["steps"]] == [
        "default-app",
        "split",
        "dedupe",
        "decorators",
        "aliases",
        "names",
        "beat",
        "routes",
        "runtime",
    ]
    applied = json_of("apply", "--through-gates")
    assert applied["branch"] == "migrate/head"
    assert {state for step in applied["steps"] for state in step["proof"].values()} == {"held"}
    status = json_of("status")
    applied_names = [step["name"] for step in status["steps"] if step["applied"]]
    assert applied_names == ["decorators", "aliases", "names"]
    report = json_of("report")
    assert [item["step"] for item in report["history"]] == [None, "decorators", "aliases", "names"]
    assert report["metrics"] == report["history"][-1]["metrics"]
    verified = json_of("verify")
    assert verified["findings"] == []
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        drained = json_of("drain", "--broker", url, "--no-workers")
    assert drained["names"][0]["may_go"]
    undone = json_of("rollback", "--to", "names")
    assert undone["undone"] == ["names"]
    assert json_of("rebase")["commits"] == []
    explained = json_of("explain", "split")
    assert explained["name"] == "split"
    assert json_of("check", "--select", "CEL401")["findings"] == []
    assert json_of("trust", "--dry-run")["format"] == 1
    # Fleets have tests of their own, with workers: tests/migrate/fleet.
    assert said | {"fleet"} == set(SHAPES)


def test_the_plans_trees_are_what_apply_commits(here: Path, migrate: Terminal) -> None:
    from tests.command import git

    make_repository(here, FILES)
    plan = migrate("plan", "--json").json
    migrate("apply", "--through-gates")
    trees = {step["name"]: step["tree"] for step in plan["steps"] if step["tree"]}
    branches = {"decorators": "03-decorators", "aliases": "04-aliases", "names": "05-names"}
    assert trees == {
        name: git(here, "rev-parse", f"migrate/{branches[name]}^{{tree}}") for name in trees
    }
    assert len(trees) == 3
