"""The check of what tests replace: it finds each form of naming what a step took away."""

import pytest

from codemods.inventory.load import load
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from codemods.values import Change, Decisions, Rewrite
from migrate.pipeline import run_step
from migrate.proof.patches import patch_targets
from migrate.steps import Step
from tests.codemods.harness import PROJECT

TEST = "tests/test_it.py"
FILES = {
    **PROJECT,
    "orders/base.py": "def deliver():\n    return 1\n",
    "orders/tasks.py": "from orders import api\nfrom orders.base import deliver\n\n\ndef go():\n    return deliver(), api\n",
    "orders/api.py": "def get():\n    return 1\n",
    "orders/views.py": "from orders import tasks as work\n",
    "tests/__init__.py": "",
}
WITHOUT = "def go():\n    return 2\n"
HEAD = "from orders import tasks, views\nimport orders.tasks\n"


def found(before: str, after: str | None = None, tasks: str = WITHOUT) -> list[str]:
    """What is found when a step takes the imports out of the tasks, and perhaps changes a test."""
    files = {**FILES, TEST: HEAD + before}
    snapshot = snapshot_of({path: text.encode() for path, text in files.items()})
    new = {"orders/tasks.py": tasks, TEST: HEAD + (before if after is None else after)}

    def rewrite(now: object, inventory: object, decisions: object) -> Rewrite:
        return Rewrite(
            tuple(
                Change(path, files[path].encode(), text.encode())
                for path, text in new.items()
                if text != files[path]
            )
        )

    step = Step("bad", 1, "", "", lambda inventory: Decisions(), rewrite, ())
    return patch_targets(run_step(step, snapshot, load(snapshot, Settings()), load))


@pytest.mark.parametrize(
    "text",
    [
        "patch('orders.tasks.deliver')\n",
        "mocker.patch('orders.tasks.deliver', 1)\n",
        "monkeypatch.setattr('orders.tasks.deliver', 1)\n",
        "patch.dict('orders.tasks.deliver')\n",
        "patch('orders.tasks.api.get')\n",
        "patch(f'orders.tasks.api.{name}')\n",
        "patch('orders.views.work.deliver')\n",
        "TARGET = 'orders.tasks.deliver'\n",
        "@parametrize('x', ['orders.tasks.deliver'])\ndef test(x):\n    pass\n",
        "patch.object(tasks, 'deliver')\n",
        "patch.object(attribute='deliver', target=tasks)\n",
        "patch.object(orders.tasks, 'deliver')\n",
        "patch.object(views.work, 'deliver')\n",
        "monkeypatch.setattr(tasks, 'deliver', 1)\n",
        "self.addCleanup(setattr, tasks, 'deliver', 1)\n",
        "patch.multiple('orders.tasks', deliver=1)\n",
        "patch.multiple(tasks, deliver=1)\n",
    ],
)
def test_a_name_that_a_test_replaces_is_missed(text: str) -> None:
    assert len(found(text)) == 1
    assert found(text, tasks=FILES["orders/tasks.py"]) == []


@pytest.mark.parametrize(
    "text",
    [
        "patch('orders.tasks.deliver', create=True)\n",
        "monkeypatch.delattr('orders.tasks.deliver', raising=False)\n",
        "patch('orders.base.deliver')\n",
        "patch('orders.tasks.never_there')\n",
        "patch('orders.tasks.go')\n",
        "patch.object(tasks, 'go')\n",
        "patch.object(other, 'deliver')\n",
        "patch('os.deliver')\n",
        "'a text about orders.tasks.deliver'\n",
        "getattr(tasks, 'deliver', None)\n",
    ],
)
def test_what_is_still_there_or_never_was_is_not(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("patch('orders.tasks.go')\n", "patch('orders.taskses.go')\n"),
        ("patch('orders.tasks.go')\n", "patch('orders.base.go')\n"),
        ("patch.object(tasks, 'go')\n", "patch.object(views, 'go')\n"),
    ],
)
def test_a_patch_that_a_step_aims_at_nothing_is_found(before: str, after: str) -> None:
    assert len(found(before, after)) == 1
    assert found(after) == []
