"""The same figures for Prometheus, if `prometheus-client` is installed."""

import os
import threading
from importlib.util import find_spec
from typing import Any

BUCKETS = (0.01, 0.05, 0.1, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 1800)
"""Seconds; the limits of the guide's six queues are among them."""

_made: dict[str, Any] = {}
_lock = threading.Lock()


def is_installed() -> bool:
    """Whether `prometheus-client` can be imported here."""
    return find_spec("prometheus_client") is not None


def observe(task: str, queue: str, outcome: str, wait: float | None, seconds: float | None) -> None:
    """Counts one message; `seconds` is `None` for one whose task did not run. Nothing without `prometheus-client`."""
    with _lock:
        if not _made:
            _made.update(_metrics() if is_installed() else {"absent": None})
    if "absent" in _made:
        return
    _made["runs"].labels(task, queue, outcome).inc()
    if seconds is not None:
        _made["seconds"].labels(task, queue).observe(seconds)
    if wait is not None:
        _made["waited"].labels(queue).observe(wait)


def _metrics() -> dict[str, Any]:
    from prometheus_client import Counter, Histogram

    return {
        "runs": Counter(
            "converge_runs_total",
            "Messages by how they ended: duplicate and waits are no runs",
            ["task", "queue", "outcome"],
        ),
        "seconds": Histogram(
            "converge_run_seconds", "Duration of runs", ["task", "queue"], buckets=BUCKETS
        ),
        "waited": Histogram(
            "converge_wait_seconds", "Time from send to start", ["queue"], buckets=BUCKETS
        ),
    }


def _after_fork() -> None:
    """A child gets a lock of its own: the parent's may be held at the moment of the fork."""
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)
