"""The bundled project has the guide's figures, before and after."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.command import git
from tests.demo.write_page import BLOCK, README, page, steady
from tests.demo.write_picture import PICTURE, picture


@pytest.fixture(scope="module")
def plan(demo: Path) -> Any:
    return _json(demo, "plan", "--rev", "migrate/base")


def _json(demo: Path, *words: str) -> Any:
    command = [sys.executable, "-m", "migrate", *words, "-C", str(demo), "--json"]
    done = subprocess.run(command, check=True, capture_output=True)
    return json.loads(done.stdout)


def test_the_readme_shows_what_the_demo_prints(demo: Path) -> None:
    (shown,) = BLOCK.findall(README.read_text("utf-8"))
    assert shown == steady(page(demo)), "python -m tests.demo.write_page"


def test_the_picture_shows_what_the_demo_prints(demo: Path) -> None:
    assert PICTURE.read_text("utf-8") == picture(demo), "python -m tests.demo.write_picture"


def test_the_picture_asks_for_nothing_and_names_no_commit_of_a_run(demo: Path) -> None:
    shown = PICTURE.read_text("utf-8")
    assert "url(http" not in shown
    assert "@font-face" not in shown
    assert "href" not in shown
    assert git(demo, "rev-parse", "--short=7", "migrate/head") not in shown


def test_the_guides_figures(plan: Any) -> None:
    metrics = plan["metrics"]
    assert plan["god_files"] == ["background_tasks/tasks.py"]
    assert metrics["god_file_lines"] == 2320
    assert metrics["task_definitions"] == 130
    assert metrics["unique_tasks"] == 94
    assert metrics["duplicated_names"] == 29
    assert metrics["duplicate_definitions"] == 36
    assert (metrics["shared_task"], metrics["app_task"], metrics["other_task"]) == (108, 22, 0)
    assert metrics["names_with_parentheses"] == 6
    assert metrics["beat_entries"] == 24
    assert metrics["beat_sources"] == 2
    assert metrics["orphaned_beat_entries"] == 4
    assert metrics["unparsed_files"] == 1


def test_duplicates_of_every_kind(plan: Any) -> None:
    kinds = {item["difference"] for item in plan["duplicates"]}
    assert kinds == {"identical", "cosmetic", "options", "semantic"}
    assert not {"x" for task in plan["tasks"] if task["name"] is None}


def test_task_bodies_are_no_filler(demo: Path, plan: Any) -> None:
    import ast

    lengths: list[int] = []
    bodies: dict[str, set[str]] = {}
    for path in {task["path"] for task in plan["tasks"]}:
        tree = ast.parse(
            subprocess.run(
                ["git", "-C", str(demo), "show", f"migrate/base:{path}"],
                check=True,
                capture_output=True,
            ).stdout
        )
        wanted = {t["line"]: t for t in plan["tasks"] if t["path"] == path}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.lineno in wanted:
                lengths.append((node.end_lineno or 0) - node.body[0].lineno + 1)
                body = "\n".join(ast.dump(part) for part in node.body[1:])
                bodies.setdefault(body, set()).add(wanted[node.lineno]["name"])
    assert len(lengths) == 130
    assert median(lengths) >= 8
    assert [names for names in bodies.values() if len(names) > 1] == []


def test_after_the_steps(demo: Path) -> None:
    report = _json(demo, "report")
    first, *_, last = report["history"]
    assert first["metrics"]["shared_task_percent"] == pytest.approx(83.08)
    assert last["metrics"]["shared_task_percent"] > 95
    assert last["metrics"]["app_task"] == 3
    assert last["metrics"]["names_with_parentheses"] == 0
    assert last["metrics"]["aliases"] == 6
    assert last["metrics"]["orphaned_beat_entries"] == 0
    assert last["metrics"]["beat_sources"] == 1
    assert last["metrics"]["unrouted_tasks"] == 0
    assert last["metrics"]["unique_tasks"] == 94
    steps = [item["step"] for item in report["history"]]
    built = ["split", "dedupe", "decorators", "aliases", "names", "beat", "routes", "runtime"]
    assert steps == [None, *built]
    assert last["metrics"]["god_file_lines"] < 300
    assert last["metrics"]["god_file_tasks"] == 0
    assert last["metrics"]["duplicated_names"] == 0
    assert last["metrics"]["task_definitions"] == 94


def test_a_believable_history(demo: Path) -> None:
    commits = git(demo, "log", "--format=%an %ad %s", "--date=format:%Y", "main").splitlines()
    assert len(commits) >= 8
    assert len({line.split(" ")[0] for line in commits}) >= 3
    assert commits[-1].split(" ")[2] == "2019"
    lines = [
        git(demo, "show", f"{commit}:background_tasks/tasks.py").count("\n")
        for commit in git(
            demo, "log", "--format=%H", "main", "--", "background_tasks/tasks.py"
        ).split()
    ]
    assert len(lines) >= 4
    assert lines == sorted(lines, reverse=True)


def test_only_the_exceptions_keep_app_task(demo: Path) -> None:
    plan = _json(demo, "plan", "--rev", "migrate/head")
    kept = {task["path"] for task in plan["tasks"] if task["decorator"] == "app.task"}
    assert kept == {"apps/service/services/mutation_tasks.py"}


def test_a_second_run_changes_nothing(demo: Path) -> None:
    tip = git(demo, "rev-parse", "migrate/head")
    subprocess.run(
        [sys.executable, "-m", "migrate", "apply", "-C", str(demo), "--accept", "--through-gates"],
        check=True,
    )
    assert git(demo, "rev-parse", "migrate/head") == tip
