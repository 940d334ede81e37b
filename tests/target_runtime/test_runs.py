"""What a run leaves behind: a line for people, an object for machines."""

import json
import logging
import sys
import uuid

import pytest

from target_runtime.observe import prometheus
from target_runtime.observe.runs import JsonFormatter, is_run


def record(**extra: object) -> logging.LogRecord:
    made = logging.LogRecord("target_runtime.runs", logging.INFO, "f.py", 1, "run %s", ("a",), None)
    vars(made).update(extra)
    return made


def test_a_run_as_json_has_its_fields_beside_the_message() -> None:
    run = {"task": "work", "waited_s": None, "ran_s": 0.25, "duplicate": False}
    line = JsonFormatter().format(record(run=run))
    assert "\n" not in line
    found = json.loads(line)
    assert found.pop("time").startswith("2")
    assert found == {
        "level": "INFO",
        "logger": "target_runtime.runs",
        "message": "run a",
        "task": "work",
        "waited_s": None,
        "ran_s": 0.25,
        "duplicate": False,
    }


def test_an_exception_as_json_has_its_traceback() -> None:
    empty: dict[str, str] = {}
    try:
        empty["lost"]
    except KeyError:
        line = JsonFormatter().format(record(exc_info=sys.exc_info()))
    assert "KeyError: 'lost'" in json.loads(line)["traceback"]


def test_what_json_does_not_know_is_written_as_text() -> None:
    assert json.loads(JsonFormatter().format(record(run={"id": {1}})))["id"] == "{1}"


@pytest.mark.parametrize(
    ("outcome", "counts"),
    [
        ("done", True),
        ("failed", True),
        ("retried", True),
        ("lost_lease", True),
        ("duplicate", False),
        ("waits", False),
    ],
)
def test_durations_are_those_of_runs(outcome: str, counts: bool) -> None:
    """A message that finds its key completed or held takes no time that says anything of the task."""
    client = pytest.importorskip(
        "prometheus_client", reason="prometheus-client is not installed here"
    )
    assert is_run(outcome) is counts
    task = uuid.uuid4().hex
    prometheus.observe(task, "q", outcome, 0.5, 2.0 if is_run(outcome) else None)
    found = client.REGISTRY.get_sample_value
    labels = {"task": task, "queue": "q"}
    assert found("converge_run_seconds_count", labels) == (1.0 if counts else None)
    assert found("converge_runs_total", labels | {"outcome": outcome}) == 1.0
