"""Before/after helpers: a step over a small project in memory, proved, and run twice."""

from collections.abc import Mapping
from textwrap import dedent

from codemods.inventory.load import load
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from codemods.values import Note
from migrate.pipeline import StepRun, run_step
from migrate.proof import prove
from migrate.steps import BY_NAME

APP = """\
from celery import Celery

app = Celery("shop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
"""

PROJECT: dict[str, str] = {
    "manage.py": "import sys\n",
    "shop/__init__.py": "from .celery import app as celery_app\n\n__all__ = ['celery_app']\n",
    "shop/celery.py": APP,
    "shop/settings.py": 'INSTALLED_APPS = ["orders"]\n',
    "orders/__init__.py": "",
}

Files = Mapping[str, str | bytes]


def run(
    step: str, files: Files, settings: Settings | None = None, *, bare: bool = False
) -> StepRun:
    """The step over these files laid on the small project (or alone, with `bare`), and proved."""
    known: dict[str, str | bytes] = {} if bare else dict(PROJECT)
    snapshot = snapshot_of({path: encoded(text) for path, text in (known | dict(files)).items()})
    inventory = load(snapshot, settings or Settings())
    found = run_step(BY_NAME[step], snapshot, inventory, load)
    proof = prove(found, load)
    assert proof.holds, "\n".join(proof.findings)
    return found


def encoded(text: str | bytes) -> bytes:
    """A file's bytes; text is dedented."""
    return text if isinstance(text, bytes) else dedent(text).encode("utf-8")


def check_change(
    step: str, before: Files, after: Files, settings: Settings | None = None
) -> StepRun:
    """The step makes just `after` of `before`, proves it, and changes nothing when run again."""
    found = run(step, before, settings)
    for path, text in after.items():
        assert path in found.snapshot, f"'{path}' is not there"
        assert found.snapshot.read(path).decode("utf-8", "replace") == encoded(text).decode(
            "utf-8", "replace"
        )
        assert found.snapshot.read(path) == encoded(text)
    return found


def check_untouched(step: str, files: Files, settings: Settings | None = None) -> StepRun:
    """The step changes none of these files."""
    found = run(step, files, settings)
    assert [path for path in found.files if path in files] == []
    return found


def check_note(step: str, files: Files, code: str, settings: Settings | None = None) -> Note:
    """The step says something of this code about one of these files."""
    found = run(step, files, settings)
    notes = [note for note in (*found.notes, *found.after.notes) if note.code == code]
    assert notes, f"no note {code!r} among {[note.code for note in found.notes]}"
    return notes[0]
