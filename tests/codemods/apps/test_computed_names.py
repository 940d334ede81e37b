"""Which computed names of tasks keep `@app.task`, held to what `shared_task` does with them."""

import os
import subprocess
import sys

import pytest

from codemods.apps.computed_names import is_surely_text
from tests.codemods.decorators.one_file import TASKS
from tests.codemods.harness import check_note, check_untouched

TOP = "from django.utils.translation import gettext_lazy as _\nfrom shop.celery import app\n\n"


@pytest.mark.parametrize(
    "name", ["_('load_orders')", "settings.NAME", "make_name()", "_('a') + 'b'", "LABEL"]
)
def test_a_name_that_may_be_no_text_keeps_its_file(name: str) -> None:
    text = f"{TOP}LABEL = _('x')\n\n\n@app.task(name={name})\ndef one():\n    pass\n"
    check_untouched("decorators", {TASKS: text})
    note = check_note("decorators", {TASKS: text}, "app-task-stays")
    assert name in note.message
    assert "NotRegistered" in note.message


@pytest.mark.parametrize(
    "source",
    ["f'{a}.b'", "'a' + b", "'%s' % b", "'{}'.format(b)", "str(b)", "__name__ + b", "'a' if b else 'c'"],
)  # fmt: skip
def test_a_text_that_is_put_together_is_a_text(source: str) -> None:
    assert is_surely_text(source)


@pytest.mark.parametrize("source", ["b", "b + 'a'", "b()", "a.b", "'a' if b else c", "not a"])
def test_what_may_be_anything_is_no_text_for_sure(source: str) -> None:
    assert not is_surely_text(source)


REAL = """
from celery import Celery, shared_task
from celery.exceptions import NotRegistered

class Lazy:
    language = "en"
    def __init__(self, text): self.text = text
    def __str__(self): return f"{self.text} ({self.language})"
    def __hash__(self): return hash(str(self))
    def __eq__(self, other): return str(self) == str(other)

def of_app(): return 1
def shared(): return 2

app = Celery("shop", broker="memory://")
app.set_current()
own, any_app = app.task(name=Lazy("own"))(of_app), shared_task(name=f"shared {1}")(shared)
lazy = shared_task(name=Lazy("lazy"))(shared)
app.finalize()
print(own(), any_app(), lazy.run())
Lazy.language = "fr"
try:
    lazy()
except NotRegistered:
    print(own(), any_app(), "not registered")
"""


def test_a_shared_task_loses_a_name_that_changes_and_a_task_of_an_app_does_not() -> None:
    # By some hashes the changed name falls into its old place, where a dict finds it by what it is.
    seeded = {**os.environ, "PYTHONHASHSEED": "1"}
    words = [sys.executable, "-c", REAL]
    said = subprocess.run(words, capture_output=True, text=True, check=True, env=seeded)
    assert said.stdout.splitlines()[-1] == "1 2 not registered"
