"""What can't be proved is left out, as little as can be found; the rest and the later steps go on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from codemods.inventory.load import load
from codemods.values import Decision
from migrate import proving
from migrate.pipeline import StepRun, run_step
from migrate.proof import Proof, prove
from migrate.proving import Proved, proved, suspects
from tests.codemods.harness import run
from tests.command import Terminal, git, make_repository

COUNT = 12
TASK = "from shop.celery import app\n\n\n@app.task\ndef send_{n}():\n    return {n}\n"
FILES = {f"orders/part_{n:02}.py": TASK.format(n=n) for n in range(COUNT)}


def decorated() -> StepRun:
    """A step that converts twelve files."""
    made = run("decorators", FILES)
    assert len(made.files) == COUNT
    return made


class Proofs:
    """A proof that fails with what `bad` says of a run's files; it counts how often it is asked."""

    def __init__(self, made: StepRun, bad: Callable[[set[str]], list[str]]) -> None:
        self.made = made
        self.bad = bad
        self.asked = 0

    def of(self, made: StepRun) -> Proof:
        """The real proof, and what is found beside it."""
        self.asked += 1
        found = self.bad(set(made.files))
        proof = prove(made, load)
        assert proof.holds
        return Proof(proof.checks, tuple(found))

    def again(self, decisions: tuple[Decision, ...]) -> StepRun:
        """The step with fewer decisions."""
        before = self.made.before
        return run_step(self.made.step, before.files, before, load, decisions)

    def result(self) -> Proved:
        """What can be proved."""
        return proved(self.made, self.again, self.of)


def part(number: int) -> str:
    """The path of one of the files."""
    return f"orders/part_{number:02}.py"


def out(found: Proved) -> list[str]:
    """The files that are left out."""
    return [decision.id.partition(":")[2] for decision, _ in found.left]


def test_what_holds_is_proved_once() -> None:
    proofs = Proofs(decorated(), lambda files: [])
    found = proofs.result()
    assert found.run is proofs.made
    assert (found.left, proofs.asked) == ((), 1)


def test_what_a_finding_names_is_left_out() -> None:
    proofs = Proofs(
        decorated(), lambda files: [f"x: '{part(3)}' is wrong"] if part(3) in files else []
    )
    found = proofs.result()
    assert out(found) == [part(3)]
    assert len(found.run.files) == COUNT - 1
    assert proofs.asked == 3
    (note,) = found.notes
    assert note.code == "left-unproved"
    assert note.path == part(3)
    assert (
        note.message
        == f"convert:{part(3)} is left out, since with it this can't be proved: x: '{part(3)}' is wrong"
    )


def test_a_module_names_a_file_too() -> None:
    proofs = Proofs(
        decorated(), lambda files: ["app: orders.part_05 fails"] if part(5) in files else []
    )
    assert out(proofs.result()) == [part(5)]
    assert proofs.asked == 3


@pytest.mark.parametrize("bad", [{0}, {11}, {3}, {0, 11}, {4, 5}, {1, 6, 9}])
def test_what_no_finding_names_is_found_by_halves(bad: set[int]) -> None:
    wrong = {part(n) for n in bad}
    proofs = Proofs(decorated(), lambda files: ["tests: 1 failed"] if wrong & files else [])
    found = proofs.result()
    assert set(out(found)) >= wrong
    assert proofs.asked <= proving.MOST + 1
    if len(bad) == 1:
        assert set(out(found)) == wrong


def test_two_that_fail_together_alone_are_parted() -> None:
    pair = {part(2), part(8)}
    proofs = Proofs(decorated(), lambda files: ["tests: 1 failed"] if pair <= files else [])
    found = proofs.result()
    assert len(found.left) == 1
    assert set(out(found)) < pair


def test_where_nothing_holds_nothing_is_done() -> None:
    proofs = Proofs(decorated(), lambda files: ["tests: all failed"] if files else [])
    found = proofs.result()
    assert found.run.files == []
    assert len(found.left) == COUNT
    assert proofs.asked <= proving.MOST + 2


def test_what_was_not_tried_in_time_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "MOST", 2)
    proofs = Proofs(decorated(), lambda files: ["tests: 1 failed"] if part(7) in files else [])
    found = proofs.result()
    assert part(7) in out(found)
    assert len(found.run.files) + len(found.left) == COUNT
    assert found.run.files


def test_suspects_are_what_not_all_decisions_have() -> None:
    made = decorated().decisions
    assert suspects(made, ["app: shop.celery.app is not loaded"]) == set()
    assert suspects(made, ["x: send_4 fails"]) == {f"convert:{part(4)}"}
    assert suspects(made, ["tests: 3 failed"]) == set()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with files to convert, and a name to mend."""
    files = {
        "shop/__init__.py": "from shop.celery import app as celery_app\n",
        "shop/celery.py": "from celery import Celery\n\napp = Celery('shop', include=['shop.a', 'shop.b'])\napp.set_default()\n",
        "shop/a.py": TASK.format(n=1).replace("@app.task", "@app.task(name='send_1()')"),
        "shop/b.py": TASK.format(n=2),
    }
    made = make_repository(tmp_path / "shop", files)
    monkeypatch.chdir(made)
    return made


def test_the_rest_of_a_step_and_the_later_ones_go_on(shop: Path, migrate: Terminal) -> None:
    command = "sh -c '! grep -q shared_task shop/b.py'"
    said = migrate("apply", "--through-gates", "--test-command", command, code=1)
    assert "shared_task" in git(shop, "show", "migrate/03-decorators:shop/a.py")
    assert "shared_task" not in git(shop, "show", "migrate/head:shop/b.py")
    assert "name='send_1'" in git(shop, "show", "migrate/head:shop/a.py")
    assert (
        "decorators: shop/b.py:0: left-unproved: convert:shop/b.py is left out"
        in (shop / ".migrate" / "notes.txt").read_text()
    )
    assert "1 note" in said.out
    assert (
        "1 decision is left out, since a proof fails with it: convert:shop/b.py; why: .migrate/notes.txt"
        in said.out
    )
    migrate("verify")


def test_the_later_ones_go_on_after_a_plan_that_foresaw_all(shop: Path, migrate: Terminal) -> None:
    migrate("plan")
    command = "sh -c '! grep -q shared_task shop/b.py'"
    migrate("apply", "--through-gates", "--test-command", command, code=1)
    assert "shared_task" not in git(shop, "show", "migrate/head:shop/b.py")
    assert "name='send_1'" in git(shop, "show", "migrate/head:shop/a.py")


def test_a_step_of_which_nothing_holds_is_told_and_the_later_ones_go_on(
    shop: Path, migrate: Terminal
) -> None:
    command = "sh -c '! grep -q shared_task shop/a.py shop/b.py'"
    said = migrate("apply", "--through-gates", "--test-command", command, code=1)
    assert "[ ] decorators   left out, since it could not be proved (2)" in said.out
    assert "[X] names" in said.out
    assert "migrate/03-decorators" not in git(shop, "branch", "--list", "migrate/*")


def test_where_the_code_as_it_is_fails_nothing_is_committed(shop: Path, migrate: Terminal) -> None:
    said = migrate(
        "apply", "--step", "aliases", "--prove", "boot", "--python", "/bin/false", code=1
    )
    assert "the code as it is can't be either" in said.err
    assert "migrate/head" not in git(shop, "branch", "--list", "migrate/*")


DOMAINS = """\
[tool.migrate]
god_files = ["shop/tasks.py"]

[tool.migrate.domains.email]
tasks = ["*email*"]

[tool.migrate.domains.report]
tasks = ["*report*"]
"""


@pytest.mark.parametrize("sittings", [["split", ""], [""]])
def test_later_steps_decide_again_after_one_that_a_proof_made_smaller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrate: Terminal, sittings: list[str]
) -> None:
    names = [f"{word}_{n}" for word in ("email", "report") for n in range(6)]
    body = "".join(f"\n\n@app.task\ndef {name}():\n    return '{name}'\n" for name in names)
    files = {
        "pyproject.toml": DOMAINS,
        "shop/__init__.py": "from shop.celery import app as celery_app\n",
        "shop/celery.py": "from celery import Celery\n\napp = Celery('shop', include=['shop.tasks'])\napp.set_default()\n",
        "shop/tasks.py": "from shop.celery import app\n" + body,
    }
    made = make_repository(tmp_path / "shop", files)
    monkeypatch.chdir(made)
    migrate("plan")
    command = ["--test-command", "sh -c '! test -e shop/report_tasks.py'"]
    for step in sittings:
        only = ["--step", step] if step else []
        migrate("apply", "--through-gates", *only, *command, code=1)
    assert "report" not in git(made, "ls-tree", "-r", "--name-only", "migrate/head")
    for path in ("shop/email_tasks.py", "shop/tasks.py"):
        assert "@app.task" not in git(made, "show", f"migrate/head:{path}")
