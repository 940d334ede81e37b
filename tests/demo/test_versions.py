"""The demo's schedule and routes by real Celery of three versions, before and after the steps."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from migrate.verify.registry import INSIDE
from tests.celeries import VERSIONS, celery_folder
from tests.demo.test_boots import environment

POINTED = {
    "send_reminder_emails": "send_reminder_email",
    "cleanup_reports": "cleanup_old_reports",
    "auto_punch_out": "apps.attendance.tasks.auto_punch_out",
}
"""Entries that the demo's configuration points elsewhere."""


def booted(folder: Path, version: str) -> dict[str, Any]:
    """What a checkout's app answers under a version of Celery."""
    words = [sys.executable, "-W", "ignore", str(INSIDE / "registry.py")]
    known = environment(folder)
    known["PYTHONPATH"] = os.pathsep.join([str(celery_folder(version)), known["PYTHONPATH"]])
    done = subprocess.run(
        [*words, "intelliwiz_config.celery:app"],
        cwd=folder,
        env=known,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.rpartition("@@")[2])
    assert found["celery"] == version
    return found


@pytest.fixture(scope="module")
def answers(checkouts: dict[str, Path]) -> dict[tuple[str, str], dict[str, Any]]:
    """What the demo answers before and after, on each version."""
    return {
        (name, version): booted(checkouts[name], version)
        for name in ("05-names", "08-runtime")
        for version in VERSIONS
    }


def test_an_upgrade_would_have_swapped_both_tables(answers: dict[tuple[str, str], Any]) -> None:
    entries = [len(answers["05-names", version]["beat"]) for version in VERSIONS]
    assert entries == [10, 10, 14]
    routes = [answers["05-names", version]["routes"]["create_job"]["queue"] for version in VERSIONS]
    assert routes == ["default", "default", "high_priority"]


def test_afterwards_every_version_runs_the_same(answers: dict[tuple[str, str], Any]) -> None:
    after = [answers["08-runtime", version] for version in VERSIONS]
    assert after[0]["beat"] == after[1]["beat"] == after[2]["beat"]
    assert after[0]["routes"] == after[1]["routes"] == after[2]["routes"]


def test_what_was_in_force_is_but_for_the_decisions(answers: dict[tuple[str, str], Any]) -> None:
    before, after = answers["05-names", "5.7.0"], answers["08-runtime", "5.7.0"]
    assert list(after["beat"]) == list(before["beat"])
    for key, entry in before["beat"].items():
        now = after["beat"][key]
        assert now["task"] == POINTED.get(key, entry["task"])
        assert now["schedule"] == entry["schedule"]
        assert entry.get("options", {}).items() <= now["options"].items()
        assert {"queue", "expires"} <= now["options"].keys()
    for name, route in before["routes"].items():
        if route["queue"] != "default":
            assert after["routes"][name] == route
