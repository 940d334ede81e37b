"""The example workflow: what it types is what the tool takes, and what it hands on is there."""

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from tests.codemods.harness import PROJECT
from tests.command import Terminal, git, make_repository

WORKFLOW = Path(__file__).parents[3] / "docs" / "examples" / "check.yml"
BOUND = "from shop.celery import app\n\n\n@app.task\ndef late():\n    return 1\n"


def steps() -> list[dict[str, object]]:
    """The steps of its one job."""
    (job,) = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"].values()
    return list(job["steps"])


def test_what_it_types_runs_and_says_what_a_pull_request_adds(
    here: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    make_repository(here, {**PROJECT, "orders/old.py": BOUND})
    git(here, "update-ref", "refs/remotes/origin/main", "HEAD")
    (here / "orders/late.py").write_text(BOUND)
    lines = [str(step["run"]) for step in steps() if "run" in step]
    checks = [line for line in lines if line.startswith("migrate ")]
    said = []
    for line in checks:
        filled = re.sub(r"\$\{\{ github\.base_ref }}", "main", line)
        words = shlex.split(filled.partition(" > ")[0])
        said.append(migrate(*words[1:], code=1).out)
    added, log = said
    assert [line.partition(",")[0] for line in added.splitlines()] == [
        "::warning file=orders/late.py"
    ]
    assert len(json.loads(log)["runs"][0]["results"]) == 2


def test_the_file_that_it_uploads_is_the_one_that_it_writes() -> None:
    (written,) = [str(step["run"]) for step in steps() if " > " in str(step.get("run"))]
    assert steps()[-1]["with"] == {"sarif_file": written.partition(" > ")[2]}
