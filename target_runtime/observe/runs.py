"""A structured log line and a metric for every run of every task."""

import json
import logging
import time
from typing import Any

from celery.signals import task_postrun, task_prerun, worker_process_shutdown, worker_shutdown

from target_runtime.observe import prometheus
from target_runtime.observe.counters import COUNTERS
from target_runtime.observe.messages import OUTCOME, queue_of, waited

STARTED = "converge_started"
WAITED = "converge_waited"
OUTCOMES = {"SUCCESS": "done", "FAILURE": "failed", "RETRY": "retried", "REVOKED": "revoked"}
NO_RUNS = frozenset({"duplicate", "waits"})
"""Outcomes of messages whose task was not called to its end here: another run has their place."""
logger = logging.getLogger("target_runtime.runs")


class JsonFormatter(logging.Formatter):
    """Log records as one JSON object a line, the run's fields among them."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "run", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def connect() -> None:
    """Begins to watch the runs of this process; a second call changes nothing."""
    uid = "target_runtime.runs"
    task_prerun.connect(_begins, weak=False, dispatch_uid=uid)
    task_postrun.connect(_ends, weak=False, dispatch_uid=uid)
    worker_process_shutdown.connect(_leaves, weak=False, dispatch_uid=uid)
    worker_shutdown.connect(_leaves, weak=False, dispatch_uid=uid)


def is_run(outcome: str) -> bool:
    """Whether a message that ended so ran its task, and was no duplicate nor looks again later."""
    return outcome not in NO_RUNS


def _leaves(**_: object) -> None:
    COUNTERS.send()


def _begins(task: Any = None, **_: object) -> None:  # noqa: ANN401 - any task
    request = task.request
    setattr(request, STARTED, time.perf_counter())
    setattr(request, WAITED, waited(request, time.time()))


def _ends(task: Any = None, task_id: str = "", state: str = "", **_: object) -> None:  # noqa: ANN401
    request = task.request
    started = getattr(request, STARTED, None)
    seconds = time.perf_counter() - started if started is not None else 0.0
    wait = getattr(request, WAITED, None)
    outcome = getattr(request, OUTCOME, None) or OUTCOMES.get(state, "ignored")
    run = {
        "task": task.name,
        "id": task_id,
        "queue": queue_of(request),
        "retries": request.retries or 0,
        "waited_s": None if wait is None else round(wait, 6),
        "ran_s": round(seconds, 6),
        "outcome": outcome,
        "duplicate": outcome == "duplicate",
    }
    text = " ".join(f"{name}={value}" for name, value in run.items())
    logger.info("run %s", text, extra={"run": run})
    if is_run(outcome):
        COUNTERS.add(f"runs:{run['queue']}")
    COUNTERS.add(f"{outcome}:{run['queue']}")
    took = seconds if is_run(outcome) else None
    prometheus.observe(task.name, str(run["queue"]), outcome, wait, took)
