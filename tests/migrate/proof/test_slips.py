"""Results that are spoilt in ways that slipped through the proofs once."""

from collections.abc import Mapping

import msgspec
import pytest

from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from codemods.values import Change
from migrate.pipeline import StepRun, run_step
from migrate.proof.comments import strayed_comments
from migrate.proof.differences import undeclared_differences
from migrate.steps import BY_NAME
from tests.codemods.harness import PROJECT, run
from tests.codemods.split.god_file import GOD, SETTINGS
from tests.mutants.spoiling import findings, load

TASKS = """\
from shop.celery import app
from orders.util import timed


@app.task(queue="q")
def send_mail():
    app.send_task("other", queue="q")


@timed
@app.task(name="job()")
def job():
    return send_mail
"""
FILES = {
    **PROJECT,
    "orders/tasks.py": TASKS,
    "orders/util.py": "def timed(f):\n    return f\n",
    "docs/README.txt": "read\n",
    "orders/tests/test_views.py": "def test():\n    assert True\n",
}


@pytest.fixture(scope="module")
def runs() -> Mapping[str, StepRun]:
    """The steps `decorators` and `aliases` over a small project."""
    snapshot = snapshot_of({path: text.encode() for path, text in FILES.items()})
    inventory = load(snapshot, Settings())
    made = {}
    for name in ("decorators", "aliases"):
        made[name] = run_step(BY_NAME[name], snapshot, inventory, load, accept=True)
        snapshot, inventory = made[name].snapshot, made[name].after
    return made


def spoilt(run: StepRun, path: str, old: str, new: str) -> str:
    """What is found when a text of one changed file is another, in lines."""
    change = next(item for item in run.changes if item.path == path)
    text = (change.after or b"").decode()
    assert old in text
    other = Change(path, change.before, text.replace(old, new, 1).encode())
    changes = tuple(other if item is change else item for item in run.changes)
    return "\n".join(findings(run, msgspec.structs.replace(run.rewrite, changes=changes)))


def with_file(run: StepRun, *more: Change) -> str:
    """What is found when a step changes one more file, in lines."""
    changes = (*run.changes, *more)
    return "\n".join(findings(run, msgspec.structs.replace(run.rewrite, changes=changes)))


def test_nothing_is_found_where_nothing_is_spoilt(runs: Mapping[str, StepRun]) -> None:
    assert all(run.changes and not findings(run, run.rewrite) for run in runs.values())


def test_a_declared_line_is_no_free_pass(runs: Mapping[str, StepRun]) -> None:
    found = spoilt(runs["decorators"], "orders/tasks.py", '"other", queue="q"', '"other"')
    assert "declared: 'orders/tasks.py' line 7: queue has gone" in found


def test_an_import_leads_where_it_led(runs: Mapping[str, StepRun]) -> None:
    old = "from orders.util import timed"
    found = spoilt(
        runs["decorators"], "orders/tasks.py", old, "from functools import cache as timed"
    )
    assert "takes timed from functools.cache" in found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def register_task_aliases(app):", "def register_task_aliases(app):\n    return"),
        ("on_after_finalize.connect", "on_after_fork.connect"),
    ],
)
def test_a_generated_module_is_what_generates_it(
    runs: Mapping[str, StepRun], old: str, new: str
) -> None:
    found = spoilt(runs["aliases"], "shop/task_aliases.py", old, new)
    assert "generated: 'shop/task_aliases.py'" in found


@pytest.mark.parametrize("path", ["docs/README.txt", "orders/tests/test_views.py"])
def test_no_file_goes_that_no_decision_names(runs: Mapping[str, StepRun], path: str) -> None:
    found = with_file(runs["decorators"], Change(path, FILES[path].encode(), None))
    assert f"paths: '{path}' would be deleted" in found


def test_no_text_changes_that_no_decision_names(runs: Mapping[str, StepRun]) -> None:
    found = with_file(runs["decorators"], Change("docs/README.txt", b"read\n", b"other\n"))
    assert "paths: 'docs/README.txt' would change" in found


@pytest.mark.parametrize("first", ["run()", "[run()]", "b'text'"])
def test_only_a_docstring_is_a_docstring(first: str) -> None:
    change = Change("new.py", None, first.encode() + b"\n")
    assert undeclared_differences([change], {}, {}) == [("new.py", 0)]
    assert undeclared_differences([Change("new.py", None, b'"""Text."""\n')], {}, {}) == []


def test_line_0_lets_nothing_go_from_within_a_statement() -> None:
    change = Change("a.py", b"X = {\n    'a': 1,\n    'b': 2,\n}\n", b"X = {\n    'b': 2,\n}\n")
    assert undeclared_differences([change], {"a.py": {0}}, {})


def test_a_comment_stays_in_its_definition() -> None:
    before = b"def one():\n    # why\n    pass\n\n\ndef two():\n    pass\n"
    after = b"def one():\n    pass\n\n\ndef two():\n    # why\n    pass\n"
    change = Change("a.py", before, after)
    assert strayed_comments([change], {}) == [("a.py", 2, "# why")]
    assert strayed_comments([change], {"a.py": {2}}) == []
    moved = [Change("a.py", before, b""), Change("b.py", None, before)]
    assert strayed_comments(moved, {}) == []


HEAD = "import os\n\n# why there is one\nLIMIT = 3\n\nTABLE = {\n    # the first\n    1: 2,\n}\n\n\ndef f():\n    pass\n"


@pytest.mark.parametrize(
    ("after", "strayed"),
    [
        (HEAD, []),
        (HEAD.replace("LIMIT = 3", "LIMIT = 4"), []),
        (HEAD.replace("import os\n", "import os\nimport sys\n"), []),
        (HEAD.replace("# why there is one\n", "") + "# why there is one\n", ["# why there is one"]),
        (HEAD.replace("    # the first\n", "") + "# the first\n", ["# the first"]),
        (HEAD.replace("# why there is one\n", "").replace("pass", "# why there is one\n    pass"), ["# why there is one"]),
        # What it stood above has gone to another file, and it may have gone along.
        (HEAD.replace("# why there is one\nLIMIT = 3\n", "") + "# why there is one\n", []),
        (HEAD.replace("TABLE", "MOVED"), []),
    ],
)  # fmt: skip
def test_a_comment_outside_of_functions_stays_where_it_was(after: str, strayed: list[str]) -> None:
    change = Change("a.py", HEAD.encode(), after.encode())
    assert [text for _, _, text in strayed_comments([change], {})] == strayed


def test_a_comment_goes_along_with_one_of_several_alike() -> None:
    one, two = b"app.add(1)\n", b"# why\napp.add(2)\n"
    before = b"import app\n\n" + one + two
    moved = [
        Change("a.py", before, b"import app\n\n" + one),
        Change("b.py", b"", b"TABLE = [\n    # why\n    2,\n]\n"),
    ]
    assert strayed_comments(moved, {}) == []
    stays = Change("a.py", before, b"import app\n\n" + one + b"app.add(2)\n\nx = 1\n\n# why\n")
    assert [text for _, _, text in strayed_comments([stays], {})] == ["# why"]


MOVED = """\
from celery import shared_task
from orders.util import (
    other,
    SUFFIXES,
)


@shared_task
def send_email():
    return log(__name__, "what is said"), other


@shared_task
def make_report():
    return 1


def log(where, text):
    return f"{where}: {text}"
"""


HEADED = """\
# Celery
from celery import shared_task

# Ours
from orders.util import other


@shared_task
def send_email():
    return other


@shared_task
def make_report():
    return other
"""
ISORT = (
    "[settings]\nprofile=black\nimport_heading_thirdparty=Celery\nimport_heading_firstparty=Ours\n"
)


@pytest.mark.parametrize("path", ["orders/email_tasks.py", "orders/tasks.py"])
@pytest.mark.parametrize("spoiled", ["# not Ours\n", ""])
def test_headings_of_imports_are_those_of_isort(path: str, spoiled: str) -> None:
    files = {GOD: HEADED + "\n\n@shared_task\ndef stays():\n    return other\n",
             "orders/util.py": "other = 2\n", ".isort.cfg": ISORT}  # fmt: skip
    made = run("split", files, SETTINGS)
    assert not findings(made, made.rewrite)
    assert f"comments: the imports of '{path}' have not the headings" in spoilt(
        made, path, "# Ours\n", spoiled
    )


@pytest.fixture(scope="module")
def moved() -> StepRun:
    """The step `split` over a god file; the name of its module is written out in what moves."""
    return run("split", {GOD: MOVED, "orders/util.py": "SUFFIXES = 1\nother = 2\n"}, SETTINGS)


def test_nothing_is_found_in_what_moves(moved: StepRun) -> None:
    assert not findings(moved, moved.rewrite)


def test_what_moves_changes_only_as_it_is_told(moved: StepRun) -> None:
    path, old = "orders/email_tasks.py", '("orders.tasks", "what is said")'
    found = spoilt(moved, path, old, '("orders.tasks", "what is not said")')
    assert "declared: 'orders/tasks.py' line 10: 'what is said' has gone" in found
    assert "has come" in spoilt(moved, path, old, '("orders.tasks_2", "what is said")')


def test_a_name_that_a_file_has_for_others_does_not_go_along(moved: StepRun) -> None:
    found = spoilt(moved, "orders/tasks.py", "from orders.util import SUFFIXES\n", "")
    assert "importable: 'SUFFIXES' can no longer be imported from orders.tasks" in found


def test_a_logger_that_went_is_no_leave_for_another_name_elsewhere() -> None:
    head = (
        "import logging\n\nfrom celery import shared_task\n\nlogger = logging.getLogger(__name__)\n"
    )
    tasks = "".join(
        f"\n\n@shared_task\ndef {name}():\n    logger.info(1)\n"
        for name in ("send_email", "make_report")
    )
    made = run("split", {GOD: head + tasks}, SETTINGS)
    assert not findings(made, made.rewrite)
    for path in ("orders/email_tasks.py", "orders/report_tasks.py"):
        assert spoilt(made, path, 'getLogger("orders.tasks")', 'getLogger("other")')
