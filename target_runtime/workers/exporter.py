"""The figures of all workers of this machine, and of the queues, for Prometheus to fetch."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kombu.exceptions import OperationalError

from target_runtime.errors import RuntimeFault
from target_runtime.observe.prometheus import is_installed
from target_runtime.workers.watch import Watch

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where `prometheus-client` lets several processes count together."""

GAUGES = {
    "depth": "Messages that wait",
    "oldest": "Seconds that the oldest waiting message has waited",
    "sla": "Seconds from send to start that the queue allows",
    "workers": "Workers that take from the queue",
}


def shared_folder(folder: Path, *, make: bool = True) -> dict[str, str]:
    """The environment that lets a worker's processes count together; empty without `prometheus-client`."""
    if not is_installed() or FOLDER in os.environ:
        return {}
    path = folder.resolve() / "metrics"
    if make:
        path.mkdir(parents=True, exist_ok=True)
    return {FOLDER: str(path)}


def forget(folder: Path) -> None:
    """Deletes what workers counted that are no more: each process leaves files behind."""
    for path in (folder.resolve() / "metrics").glob("*.db"):
        path.unlink(missing_ok=True)


class Queues:
    """A collector that looks at the queues whenever it is asked."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def collect(self) -> Iterator[Any]:
        """A gauge for each figure, a sample for each queue that has it."""
        from prometheus_client.core import GaugeMetricFamily

        try:
            rows = self.watch.rows()
        except (OperationalError, OSError):
            # What the workers counted is shown all the more while the broker is away.
            return
        for name, what in GAUGES.items():
            unit = "_seconds" if name in {"oldest", "sla"} else ""
            gauge = GaugeMetricFamily(f"converge_queue_{name}{unit}", what, labels=["queue"])
            for row in rows:
                value = getattr(row, name)
                if value is not None:
                    gauge.add_metric([row.queue], value)
            yield gauge


def serve(watch: Watch, folder: Path, host: str, port: int) -> Any:  # noqa: ANN401 - a server and its thread
    """Answers on `/metrics` until it is stopped. `RuntimeFault` without `prometheus-client`."""
    if not is_installed():
        raise RuntimeFault(
            "Figures for Prometheus need prometheus-client: pip install 'celery-converge-runtime[metrics]'."
        )
    os.environ.update(shared_folder(folder))
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(Queues(watch))
    return start_http_server(port, host, registry=registry)
