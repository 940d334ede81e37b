"""The same figures for Prometheus, if `prometheus-client` is installed."""

from importlib.util import find_spec
from typing import Any

BUCKETS = (0.01, 0.05, 0.1, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 1800)
"""Seconds; the limits of the guide's six queues are among them."""

_made: dict[str, Any] = {}


def is_installed() -> bool:
    """Whether `prometheus-client` can be imported here."""
    return find_spec("prometheus_client") is not None


def observe(task: str, queue: str, outcome: str, wait: float | None, seconds: float) -> None:
    """Counts one run; does nothing without `prometheus-client`."""
    if not _made:
        if not is_installed():
            _made["absent"] = None
            return
        _make()
    if "absent" in _made:
        return
    _made["runs"].labels(task, queue, outcome).inc()
    _made["seconds"].labels(task, queue).observe(seconds)
    if wait is not None:
        _made["waited"].labels(queue).observe(wait)


def _make() -> None:
    from prometheus_client import Counter, Histogram

    _made["runs"] = Counter(
        "converge_runs_total", "Runs of tasks by how they ended", ["task", "queue", "outcome"]
    )
    _made["seconds"] = Histogram(
        "converge_run_seconds", "Duration of runs", ["task", "queue"], buckets=BUCKETS
    )
    _made["waited"] = Histogram(
        "converge_wait_seconds", "Time from send to start", ["queue"], buckets=BUCKETS
    )
