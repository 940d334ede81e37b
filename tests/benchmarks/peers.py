"""celery-once, celery-singleton, celery-heimdall and ours through the same scenarios."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.target_runtime.servers import RedisServer

PEERS = {
    "ours": "target_runtime",
    "once": "celery-once",
    "singleton": "celery-singleton",
    "heimdall": "celery-heimdall",
}
HERE = Path(__file__).parent


def matrix(folder: Path) -> dict[str, dict[str, bool]]:
    """Which library passed which scenario."""
    found: dict[str, dict[str, bool]] = {}
    for peer in PEERS:
        found[peer] = {}
        for ttl in ("60", "1"):
            found[peer].update(_driven(folder / f"{peer}-{ttl}", peer, ttl))
    return found


def _driven(folder: Path, peer: str, ttl: str) -> dict[str, bool]:
    server = RedisServer(folder / "redis").start()
    environment = os.environ | {
        "PEER": peer,
        "PEER_URL": server.url,
        "PEER_TTL": ttl,
        "PEER_RECORD": str(folder / "record"),
        "PYTHONPATH": f"{HERE}:{HERE.parents[1]}",
        "PYTHONWARNINGS": "ignore",
    }
    try:
        done = subprocess.run(
            [sys.executable, str(HERE / "peer_driver.py"), str(folder)],
            env=environment, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
    finally:
        server.stop()
    line = next((text for text in done.stdout.splitlines() if text.startswith("@@")), None)
    assert line is not None, done.stdout[-2000:] + done.stderr[-2000:]
    scenarios: dict[str, bool] = json.loads(line[2:])
    return scenarios


def table(found: dict[str, dict[str, bool]]) -> str:
    """The matrix as Markdown."""
    lines = [f"| | {' | '.join(PEERS.values())} |", f"|---|{'---|' * len(PEERS)}"]
    for scenario in found["ours"]:
        marks = ["yes" if found[peer].get(scenario) else "**no**" for peer in PEERS]
        lines.append(f"| {scenario} | {' | '.join(marks)} |")
    return "\n".join(lines) + "\n"
