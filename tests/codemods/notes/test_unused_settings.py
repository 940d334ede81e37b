"""Settings that match nothing are a note each, with the nearest thing that exists."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from codemods.inventory.load import load
from codemods.notes.unused_settings import nearest, unused_settings
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from codemods.values import Note
from tests.codemods.harness import PROJECT

TASKS = "from celery import shared_task\n\nfrom shop.celery import app\n\n\n@shared_task(name='send()')\ndef send_mail():\n    return 1\n\n\n@app.task\ndef bound():\n    return 1\n"
SETTINGS = 'INSTALLED_APPS = ["orders"]\nCELERY_BEAT_SCHEDULE = {"night": {"task": "send()", "schedule": 60}}\n'
FILES = PROJECT | {
    "shop/settings.py": SETTINGS,
    "orders/tasks.py": TASKS,
    "orders/plain.py": "X = 1\n",
    "docs/guide.md": "x\n",
}


def noted(table: Mapping[str, Any], **files: str) -> list[Note]:
    known = FILES | {path.replace("__", "."): text for path, text in files.items()}
    snapshot = snapshot_of({path: text.encode() for path, text in known.items()})
    return unused_settings(load(snapshot, msgspec.convert(table, Settings)))


UNUSED = (
    ({"god_files": ["order/tasks.py"]}, 'god_files = "order/tasks.py"', "file", "orders/tasks.py"),
    ({"dedupe": {"winners": ["order/*"]}}, 'dedupe.winners = "order/*"', "file", ""),
    ({"dedupe": {"losers": ["*_tsks.py", "*_old.py"]}}, 'dedupe.losers = "*_tsks.py"', "file", ""),
    ({"import_roots": ["", "order"]}, 'import_roots = "order"', "below it", "orders"),
    ({"exclude": ["order/*"]}, 'exclude = "order/*"', "no such file", "orders"),
    (
        {"exceptions": [{"path": "order/tasks.py", "reason": "x"}]},
        'exceptions.path = "order/tasks.py"', "no such file", "orders/tasks.py",
    ),
    (
        {"exceptions": [{"path": "orders/plain.py", "reason": "x"}]},
        'exceptions.path = "orders/plain.py"', "no task there uses @app.task", "orders/tasks.py",
    ),
    (
        {"domains": {"mail": {"tasks": ["send_mial", "send_*"]}}},
        'domains.mail.tasks = "send_mial"', "no such task", "send_mail",
    ),
    ({"names": {"keep": ["sned()", "send()"]}}, 'names.keep = "sned()"', "given that name", "send()"),
    ({"names": {"rename": {"send": "mail"}}}, 'names.rename = "send"', "given that name", "send()"),
    ({"runtime": {"bases": {"sennd*": "EmailTask"}}}, 'runtime.bases = "sennd*"', "fits it", "send()"),
    ({"beat": {"orphans": {"nigth": "keep"}}}, 'beat.orphans = "nigth"', "that key", "night"),
    ({"beat": {"answers": {"queue:nigth": "route"}}}, 'beat.answers = "queue:nigth"', "of that id", "queue:night"),
    ({"beat": {"answers": {"conflict:x": "keep"}}}, 'beat.answers = "conflict:x"', "of that id", ""),
    ({"routes": {"queues": {"sned*": "q"}}}, 'routes.queues = "sned*"', "fits it", "send"),
    ({"app": "shop.celery:ap"}, 'app = "shop.celery:ap"', "no such Celery app", "shop.celery:app"),
)  # fmt: skip


@pytest.mark.parametrize(("table", "key", "lacks", "near"), UNUSED)
def test_what_matches_nothing_is_named_with_the_nearest(
    table: dict[str, Any], key: str, lacks: str, near: str
) -> None:
    (note,) = noted(table)
    assert note.code == "setting-unused"
    assert note.message.startswith(f"{key} in [tool.migrate] has no effect: ")
    assert lacks in note.message
    assert near in note.message


USED: tuple[dict[str, Any], ...] = (
    {
        "beat": {
            "orphans": {"night": "keep"},
            "answers": {"conflict:send()": "keep", "queue:night": "route"},
        }
    },
    {"routes": {"queues": {"send*": "q", "send": "q"}}},
    {},
    {"god_files": ["orders/tasks.py"], "import_roots": [".", "orders/"], "app": "shop.celery:app"},
    {"dedupe": {"winners": ["orders/"], "losers": ["*_old.py", "orders/pl*"]}},
    {"exclude": ["docs", ".venv", "node_modules/*", "**/build/*"]},
    {"exceptions": [{"path": "orders/*", "reason": "x"}]},
    {"domains": {"mail": {"tasks": ["send_*"]}, "other": {"words": ["nothing"]}}},
    {"names": {"keep": ["send()"], "rename": {"send()": "send"}}},
    {"runtime": {"bases": {"send*": "EmailTask", "bound": "ReportTask"}}},
)


@pytest.mark.parametrize("table", USED)
def test_what_matches_something_is_no_note(table: dict[str, Any]) -> None:
    assert noted(table) == []


def test_a_rename_that_is_done_is_no_note() -> None:
    assert noted({"names": {"rename": {"mail()": "send()"}}}) == []


@pytest.mark.parametrize(
    ("files", "place"),
    [
        (
            {"migrate__toml": 'exclude = [\n    "vendored",\n    "vendor",\n]\n'},
            ("migrate.toml", 3),
        ),
        ({"pyproject__toml": '[tool.migrate]\nexclude = ["vendor"]\n'}, ("pyproject.toml", 2)),
        ({"pyproject__toml": "[tool.black]\n"}, ("migrate.toml", 0)),
        ({}, ("migrate.toml", 0)),
    ],
)
def test_the_note_is_where_the_value_stands(files: dict[str, str], place: tuple[str, int]) -> None:
    (note,) = noted({"exclude": ["vendor"]}, **files)
    assert (note.path, note.line) == place


def test_the_nearest_has_the_same_last_word_first() -> None:
    known = ["core/tusks.py", "a/b/tasks.py", "apps/core/tasks.py"]
    assert nearest("core/tasks.py", known) == "apps/core/tasks.py"
    assert nearest("core/tuskz.py", known) == "core/tusks.py"
    assert nearest("zzz", known) == ""
    assert nearest("*", known) == ""
