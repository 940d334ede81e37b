"""What is decided does not hang on how Python hashes strings."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tests.command import make_repository

NOUNS = ("kitten", "lemon", "walnut", "pepper", "violet")
GOD = "from celery import shared_task\n\n" + "".join(
    f"\n@shared_task\ndef {first}_{second}_{number}():\n    return {number}\n\n\n"
    for number, (first, second) in enumerate((a, b) for a in NOUNS for b in NOUNS if a != b)
)


def planned(folder: Path, seed: int) -> str:
    words = [sys.executable, "-m", "migrate", "plan", "--rev", "HEAD", "--json", "-C", str(folder)]
    done = subprocess.run(
        words, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": str(seed)}
    )
    return hashlib.sha256(done.stdout).hexdigest()


def test_a_plan_is_the_same_for_every_hash_seed(here: Path) -> None:
    make_repository(here, {"shop/__init__.py": "", "shop/tasks.py": GOD, "manage.py": ""})
    (here / "migrate.toml").write_text('god_files = ["shop/tasks.py"]\n')
    assert len({planned(here, seed) for seed in range(4)}) == 1
