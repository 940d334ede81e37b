"""`celery-audit` reads fewer files than `migrate plan`, and its figures are the same."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from codemods.rules.table import BY_NAME
from codemods.rules.values import Ground
from migrate.checking.reading import read_project
from reports.progress import measure, percent
from reports.task_list import task_list
from tests.command import Terminal
from tests.made_projects import MADE, make

ELSEWHERE = {"notes", "unparsed_files"}
"""What `plan` counts over files too that the audit has no need to read."""


@pytest.mark.parametrize("name", MADE)
def test_the_audit_counts_what_the_plan_counts(
    name: str, tmp_path: Path, migrate: Terminal
) -> None:
    folder = make(name, tmp_path / name)
    plan = migrate("plan", "--json", "-C", folder).json
    audit = read_project(folder)
    own = json.loads(msgspec.json.encode(measure(audit)))
    planned = plan["metrics"]
    assert {k: v for k, v in own.items() if k not in ELSEWHERE} == {
        k: v for k, v in planned.items() if k not in ELSEWHERE
    }
    places = [(task["name"], task["path"], task["line"]) for task in plan["tasks"]]
    assert [(task.name, task.path, task.line) for task in audit.tasks] == places
    ground = Ground(audit, lambda path: None)
    twice, orphans = (
        len([*BY_NAME[name].find(ground)]) for name in ("duplicates", "orphaned-tasks")
    )
    assert twice == planned["duplicate_definitions"]
    assert orphans == planned["orphaned_beat_entries"]


@pytest.mark.parametrize("name", MADE)
def test_the_report_of_the_audit_tells_the_plan_s_figures(
    name: str, tmp_path: Path, migrate: Terminal
) -> None:
    folder = make(name, tmp_path / name)
    planned = migrate("plan", "--json", "-C", folder).json["metrics"]
    text = task_list(read_project(folder))
    share = percent(measure(read_project(folder)))
    assert share == f"{planned['shared_task_percent']:.1f} %"
    told = f"{planned['task_definitions']} definitions of {planned['unique_tasks']} tasks, {share} by `@shared_task`, {planned['duplicated_names']} defined more than once."
    assert told in text
    assert len(re.findall(r"^\| `", text, re.M)) == planned["task_definitions"]
