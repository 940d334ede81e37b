"""What becomes of a test file whose patches follow what has moved."""

from codemods.values import Note
from tests.codemods.moves.carried import OLD, Files, written

TEST = "shop/tests/test_tasks.py"
OLD_TEXT = """\
import time

from shop import base
from shop.base import deliver

LIMIT = 5
TABLE = {}


class Box:
    def get(self):
        return 1


def send():
    return deliver(LIMIT), TABLE, Box().get(), base.deliver(1), time.time()


def report():
    return deliver(1)
"""
BASE = "def deliver(x):\n    return x\n"
TOP = "from unittest.mock import patch\n\nfrom shop import tasks\n\n\n"


def followed(test: str | bytes, more: Files | None = None) -> tuple[bytes, tuple[Note, ...]]:
    """A test file once `send` and `report` have moved, and what is said of it."""
    data = test if isinstance(test, bytes) else test.encode()
    files: dict[str, str | bytes] = {
        OLD: OLD_TEXT, "shop/base.py": BASE, "shop/tests/__init__.py": "", TEST: data,
        **(more or {}),
    }  # fmt: skip
    found = written(files, send="mails", report="reports")
    after = {change.path: change.after for change in found.changes}
    return after.get(TEST, data) or b"", tuple(note for note in found.notes if note.path == TEST)


def check(before: str, after: str, top: str = TOP, more: Files | None = None) -> None:
    """The file becomes just this, and nothing is said."""
    assert followed(TOP + before, more) == ((top + after).encode(), ())
