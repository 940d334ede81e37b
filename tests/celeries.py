"""Celery's own code in several versions, each in a folder that `PYTHONPATH` may name."""

import fcntl
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

from codemods.in_force.routing import Side

CACHE = Path(os.environ.get("CELERY_CACHE", Path(__file__).parent.parent / ".celery"))
VERSIONS = ("5.4.0", "5.6.3", "5.7.0")
SIDE: dict[str, Side] = {"5.4.0": "5.6", "5.6.3": "5.6", "5.7.0": "5.7"}
"""On which side of 5.7 each of them is."""


def celery_folder(version: str) -> Path:
    """The folder with this version of Celery and nothing else: kombu and the rest are those of the tests."""
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = CACHE / f"{version}-{sys.version_info[0]}.{sys.version_info[1]}"
    with (CACHE / f"{folder.name}.lock").open("w") as lock:
        # Two tests may ask for one version side by side.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "celery").exists():
            words = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            words += ["--no-deps", "--no-compile", "--target", str(folder), f"celery=={version}"]
            subprocess.run(words, check=True, capture_output=True)
    return folder


def answers(version: str, runner: Path, cases: list[Any]) -> list[Any]:
    """What a script says to each of the cases under this version, both as pickles, in one process."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(runner)],
        input=pickle.dumps(cases),
        capture_output=True,
        check=False,
        env=os.environ
        | {"PYTHONPATH": str(celery_folder(version)), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    said, found = pickle.loads(done.stdout)
    assert said == version
    answered: list[Any] = found
    return answered


if __name__ == "__main__":
    # While the environment is made, so that no test waits for a download.
    for each in VERSIONS:
        celery_folder(each)
