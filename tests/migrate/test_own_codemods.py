"""LibCST commands and Bowler queries of the user's own, run as steps on the demo and on small projects."""

import shutil
from pathlib import Path

import pytest

from migrate.demo.history import write_demo
from tests.command import Terminal, commit_files, git, make_repository

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
LIBCST = """
[[tool.migrate.codemods]]
name = "log-arguments"
libcst = "tools/logging_arguments.py:LoggingArguments"
paths = ["background_tasks/*", "apps/*"]
containing = ["log"]
parameters = { loggers = ["logger", "msg_log", "mobile_log"] }
"""
BOWLER = """
[[tool.migrate.codemods]]
name = "csv-delimiter"
bowler = "tools/add_keyword.py:query"
after = "decorators"
containing = ["write_csv"]
parameters = { function = "write_csv", name = "delimiter", value = '","' }
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with both examples of the documentation among its tools."""
    folder = tmp_path_factory.mktemp("demo") / "intelliwiz"
    write_demo(folder, replace=False)
    (folder / "tools").mkdir()
    for name in ("logging_arguments.py", "add_keyword.py"):
        shutil.copy(EXAMPLES / name, folder / "tools" / name)
    tasks = folder / "apps" / "assets" / "late.py"
    tasks.write_text(
        "import logging\n\nlogger = logging.getLogger(__name__)\n\n\n"
        'def late(name):\n    logger.info("%s is late" % name)  # why\n'
    )
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text() + LIBCST + BOWLER)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Add tools")
    return folder


def test_both_examples_are_steps_of_the_demo(shop: Path, migrate: Terminal) -> None:
    plan = migrate("plan", "-C", shop, "--trust", "--json").json
    steps = [step["name"] for step in plan["steps"]]
    assert steps.index("csv-delimiter") == steps.index("decorators") + 1
    assert steps[-4:] == ["log-arguments", "beat", "routes", "runtime"]
    done = migrate("apply", "--through-gates", "-C", shop, "--accept", "--trust", "--json").json
    proofs = {step["name"]: set(step["proof"].values()) for step in done["steps"]}
    assert proofs["log-arguments"] == proofs["csv-delimiter"] == {"held"}
    late = git(shop, "show", "migrate/05a-log-arguments:apps/assets/late.py")
    assert 'logger.info("%s is late", name)  # why' in late
    utils = git(shop, "show", "migrate/03a-csv-delimiter:background_tasks/utils.py")
    assert 'delimiter=","' in utils.replace(" ", "")
    status = migrate("status", "-C", shop, "--json").json
    assert "migrate/05a-log-arguments" in [step["branch"] for step in status["steps"]]
    assert "log-arguments" in migrate("report", "-C", shop).out
    undone = migrate("rollback", "-C", shop, "--to", "log-arguments", "--json").json
    assert sorted(undone["undone"]) == ["beat", "log-arguments", "routes", "runtime"]
    assert "05a" not in git(shop, "branch", "--list", "migrate/*")


FILES: dict[str, str | bytes] = {
    "pyproject.toml": "",
    "one.py": b"\xef\xbb\xbfOLD = 1\r\nprint(OLD)\r\n",
    "two.py": "def f(x, /):\n    return OLD",
    "mod.py": "import libcst as cst\nfrom libcst.codemod import VisitorBasedCodemodCommand\n\n\n"
    "class Change(VisitorBasedCodemodCommand):\n"
    "    def __init__(self, context, text):\n        super().__init__(context)\n        self.text = text\n\n"
    "    def leave_Integer(self, old, new):\n        return new.with_changes(value=self.text)\n\n\n"
    "class Broken(VisitorBasedCodemodCommand):\n"
    "    def leave_Integer(self, old, new):\n        raise ValueError('no')\n",
    "query.py": "from bowler import Query\n\n"
    "quiet = Query().select_var('OLD').rename('NEW')\n"
    "placed = Query('one.py').select_var('OLD').rename('NEW')\n",
    "eager.py": "from bowler import Query\n\nq = Query().select_var('OLD').rename('NEW')\nq.execute()\n",
}


def configured(here: Path, text: str) -> None:
    make_repository(here, FILES | {"pyproject.toml": f"[[tool.migrate.codemods]]\n{text}"})


def test_marks_and_line_ends_are_kept(here: Path, migrate: Terminal) -> None:
    configured(
        here,
        'name = "mine"\nlibcst = "mod.py:Change"\npaths = ["one.py"]\nparameters = { text = "2" }\n',
    )
    migrate("apply", "--through-gates", "--trust", "--checkout")
    assert (here / "one.py").read_bytes() == b"\xef\xbb\xbfOLD = 2\r\nprint(OLD)\r\n"
    assert "nothing to do" in migrate("apply", "--through-gates", "--trust").out


def test_a_file_that_it_fails_on_is_left_with_a_note(here: Path, migrate: Terminal) -> None:
    configured(here, 'name = "mine"\nlibcst = "mod.py:Broken"\npaths = ["one.py"]\n')
    plan = migrate("plan", "--trust", "--json").json
    (note,) = [note for note in plan["notes"] if note["code"] == "codemod-failed"]
    assert note["path"] == "one.py"
    assert "ValueError: no" in note["message"]


def test_syntax_that_bowler_does_not_know_is_a_note(here: Path, migrate: Terminal) -> None:
    configured(here, 'name = "mine"\nbowler = "query.py:quiet"\npaths = ["one.py", "two.py"]\n')
    plan = migrate("plan", "--trust", "--json").json
    notes = {note["path"]: note["message"] for note in plan["notes"]}
    assert "two.py" in notes
    assert [step["files"] for step in plan["steps"] if step["name"] == "mine"] == [["one.py"]]


def test_what_it_breaks_is_not_committed(here: Path, migrate: Terminal) -> None:
    configured(here, 'name = "mine"\nbowler = "query.py:quiet"\npaths = ["one.py"]\n')
    said = migrate("apply", "--through-gates", "--trust", "--json", code=1).json
    (step,) = [step for step in said["steps"] if step["name"] == "mine"]
    assert step["commit"] is None
    (note,) = step["notes"]
    assert note["code"] == "left-unproved"
    assert "'OLD' can no longer be imported from one" in note["message"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('name = "split"\nlibcst = "mod.py:Change"\n', "a name of its own"),
        ('name = "mine"\n', "either libcst or bowler"),
        ('name = "mine"\nlibcst = "mod.py"\n', "names no object"),
        ('name = "mine"\nlibcst = "mod.py:Change"\nafter = "never"\n', "is no step"),
        ('name = "mine"\nlibcst = "gone.py:Change"\n', "no file 'gone.py'"),
        ('name = "mine"\nlibcst = "mod.py:Nothing"\npaths = ["one.py"]\n', "can't be run"),
        ('name = "mine"\nbowler = "query.py:placed"\npaths = ["one.py"]\n', "paths of its own"),
        ('name = "mine"\nbowler = "eager.py:q"\npaths = ["one.py"]\n', "don't execute it"),
        ('name = "mine"\nlibcst = "mod.py:Change"\nwhere = "x"\n', 'unknown key "where"'),
    ],
)
def test_what_is_wrong_is_said(here: Path, migrate: Terminal, text: str, words: str) -> None:
    configured(here, text)
    assert words in migrate("plan", "--trust", code=2).err


def test_a_decision_may_be_taken_out(here: Path, migrate: Terminal) -> None:
    configured(
        here,
        'name = "mine"\nlibcst = "mod.py:Change"\npaths = ["one.py", "query.py", "x.py"]\nparameters = { text = "2" }\n',
    )
    commit_files(here, {"x.py": "X = 1\n"}, "More")
    migrate("plan", "--trust")
    plan = here / ".migrate" / "plan.toml"
    text = plan.read_text()
    cut = text.rindex("[[mine]]")
    plan.write_text(text[:cut])
    migrate("apply", "--through-gates", "--trust")
    assert git(here, "show", "migrate/head:x.py") == "X = 1"
    assert "OLD = 2" in git(here, "show", "migrate/head:one.py")


def test_bowler_is_asked_for_where_it_lacks(
    here: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(here, 'name = "mine"\nbowler = "query.py:quiet"\npaths = ["one.py"]\n')
    monkeypatch.setattr("migrate.verify.codemods.find_spec", lambda name: None)
    said = migrate("plan", "--trust", code=2).err
    assert "Install it: pip install 'celery-converge[bowler]'" in said
