"""A plan told of a newer commit: where nothing that it hangs on has changed, and as a new one would be.

`SOAK_RENEWED` is how many projects are changed at places by chance, three times each.
"""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.command import commit_files, git, make_repository
from tests.migrate.test_answers import FILES, Ran, is_kept, marked

PLAIN = "import os\n\nLIMIT = 3\n\n\ndef price(order):\n    return order.total\n"
SENDS = "from shop.tasks import send\n\n\ndef view(request):\n    send.delay()\n"
MORE = {
    **FILES,
    "shop/jobs.py": "from shop.app import app\n\n\n@app.task(name='one()')\ndef one():\n    return 1\n",
    "shop/models.py": PLAIN,
    "shop/views.py": SENDS,
    "shop/forms.py": '"""Forms of tasks."""\n\nWIDE = 2\n\n\ndef show():\n    return WIDE\n',
    "docs/index.md": "# Shop\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with files that say nothing of tasks, and others that do."""
    return make_repository(tmp_path / "shop", MORE)


def parts(project: Path, ran: Ran) -> tuple[str, int, list[str]]:
    """What a plan says and writes, without how long it took to read."""
    files = [(project / ".migrate" / name).read_text() for name in ("plan.toml", "plan.lock")]
    return re.sub(r"read in [\d.]+ s", "", ran.out), ran.code, files


def anew(project: Path, *words: str) -> tuple[str, int, list[str]]:
    """The same from a plan that is worked out in a clone of the project."""
    again = project.parent / "again" / project.name
    shutil.rmtree(again, ignore_errors=True)
    git(project, "clone", "-q", str(project), str(again))
    return parts(again, Ran(again, "plan", *words))


def changed(**files: str) -> Callable[[Path], None]:
    """A commit of files of `shop`, by name."""
    return lambda project: commit_files(
        project, {f"shop/{name}.py": text for name, text in files.items()}, "Change"
    )


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ((), changed(models=PLAIN.replace("total", "total + 1"))),
        (("--json",), changed(models="# Prices.\n" + PLAIN)),
        (("--notes",), changed(models=PLAIN.replace("\n\n\ndef", "\n\n\n# of an order\ndef"))),
        ((), changed(forms=MORE["shop/forms.py"].replace("\n\n\ndef", "\n\n\n# wide\ndef"))),
        (
            ("--all", "--accept"),
            lambda project: commit_files(project, {"docs/index.md": "# The shop\n"}, "Docs"),
        ),
    ],
)
def test_what_no_answer_hangs_on_may_change(
    project: Path, words: tuple[str, ...], change: Callable[[Path], None]
) -> None:
    Ran(project, "plan", *words)
    assert marked(project) == 1
    change(project)
    ran = Ran(project, "plan", *words)
    assert is_kept(ran)
    ran.out = ran.out.removeprefix("kept: ")
    assert parts(project, ran) == anew(project, *words)
    assert is_kept(Ran(project, "plan", *words)), "it is kept for the next time"


def removed(project: Path) -> None:
    """A commit without one of the files."""
    git(project, "rm", "-q", "shop/models.py")
    git(project, "commit", "-qm", "Remove")


def executable(project: Path) -> None:
    """A commit with another mode of a file."""
    git(project, "update-index", "--chmod=+x", "shop/models.py")
    git(project, "commit", "-qm", "Mode")


def cleared(project: Path) -> None:
    """A commit after which git has cleared the planned trees away."""
    commit_files(project, {"shop/models.py": PLAIN + "\n"}, "Change")
    git(project, "gc", "-q", "--prune=now")


def amended(project: Path) -> None:
    """A commit in the place of the last one, which is nowhere any more."""
    (project / "shop" / "models.py").write_text(PLAIN + "\n")
    git(project, "commit", "-q", "--amend", "-am", "Amended")
    git(project, "reflog", "expire", "--expire=now", "--all")
    git(project, "gc", "-q", "--prune=now")


@pytest.mark.parametrize(
    "change",
    [
        changed(models=PLAIN.replace("import os", "import os\nfrom shop.tasks import send")),
        changed(models=PLAIN.replace("LIMIT", "BOUND")),
        changed(models=PLAIN.replace("total", "get('one()')")),
        changed(models=PLAIN.replace("total", "total(")),
        changed(models=PLAIN + "\n\nfrom celery import shared_task\n"),
        changed(views=SENDS.replace("delay", "apply_async")),
        changed(tasks=FILES["shop/tasks.py"].replace("return 1", "return 2")),
        changed(tasks="# Tasks.\n" + FILES["shop/tasks.py"]),
        changed(new="LIMIT = 1\n"),
        lambda project: commit_files(project, {"docs/index.md": "Starts one() daily.\n"}, "Docs"),
        lambda project: commit_files(
            project, {"migrate.toml": "exclude = ['shop/jobs.py']\n"}, "Settings"
        ),
        removed,
        executable,
        cleared,
        amended,
    ],
)
def test_what_an_answer_hangs_on_is_worked_out_anew(
    project: Path, change: Callable[[Path], None]
) -> None:
    Ran(project, "plan", "--json")
    assert marked(project) == 1
    change(project)
    ran = Ran(project, "plan", "--json")
    assert not is_kept(ran)
    assert parts(project, ran) == anew(project, "--json")


def test_lines_that_an_answer_tells_are_told_anew(project: Path) -> None:
    """The references that JSON lists have lines, the page of a plan has none of them."""
    for words in ("plan",), ("plan", "--json"):
        Ran(project, *words)
    marked(project)
    changed(views=SENDS.replace("\n\n\ndef", "\n\n\n# sends\ndef"))(project)
    assert is_kept(Ran(project, "plan"))
    ran = Ran(project, "plan", "--json")
    assert not is_kept(ran)
    assert {"shop/views.py"} <= {item["path"] for item in json.loads(ran.out)["references"]}


def test_a_migration_that_has_begun_goes_on_from_its_own_branch(project: Path) -> None:
    Ran(project, "apply", "--step", "decorators")
    first = json.loads(Ran(project, "plan", "--json").out)
    changed(models=PLAIN + "\n")(project)
    assert json.loads(Ran(project, "plan", "--json").out) == first


def test_edits_of_a_plan_stay(project: Path) -> None:
    Ran(project, "plan")
    path = project / ".migrate" / "plan.toml"
    path.write_text(path.read_text().partition("[[names]]")[0])
    Ran(project, "plan")
    Ran(project, "plan")
    changed(models=PLAIN + "\n")(project)
    ran = Ran(project, "plan")
    assert "your edits of .migrate/plan.toml stay" in ran.err
    assert "[[names]]" not in path.read_text()


LINES = (
    "\n",
    "# a remark\n",
    "NEW = 1\n",
    "import shop.tasks\n",
    "x = 'shop.tasks.send'\n",
    "x = 'one()'\n",
    "def send(): pass\n",
    "send.delay()\n",
    "from shop.app import app\n",
    "@app.task\ndef more(): pass\n",
)


@pytest.mark.parametrize("seed", range(int(os.environ.get("SOAK_RENEWED", "3"))))
def test_it_is_what_a_new_plan_is(project: Path, seed: int) -> None:
    chance = Random(seed)
    words = chance.choice([(), ("--json",), ("--notes",), ("--all",)])
    Ran(project, "plan", *words)
    for _ in range(3):
        path = chance.choice(sorted(name for name in MORE if name.endswith(".py")))
        lines = (project / path).read_text().splitlines(keepends=True)
        lines.insert(chance.randint(0, len(lines)), chance.choice(LINES))
        commit_files(project, {path: "".join(lines)}, "Change")
        assert parts(project, Ran(project, "plan", *words)) == anew(project, *words)
