"""How `apply` ends: what is left open, and one thing to type next."""

from pathlib import Path
from typing import Any

import pytest

from codemods.values import Note
from migrate.applying import Applied
from migrate.cli.ending import following, left_lines, waiting_line
from migrate.trust import UNTRUSTED
from tests.command import Terminal, make_repository
from tests.migrate.plans.test_sittings import DOUBLE
from tests.migrate.test_json import FILES


def result(**fields: Any) -> Applied:
    return Applied(**{"name": "dedupe", "commit": None, "files": 0, "seconds": 0.0, "proof": {}, "notes": (), **fields})  # fmt: skip


def lines(*results: Applied) -> list[str]:
    return [line for line, _ in left_lines(list(results), ".migrate/notes.txt")]


def test_what_a_proof_refused_is_named_with_where_it_says_why() -> None:
    assert lines(result(left=("merge:a",)), result()) == [
        "1 decision is left out, since a proof fails with it: merge:a; why: .migrate/notes.txt"
    ]
    many = tuple(f"convert:{n}\x1b.py" for n in range(7))
    (line,) = lines(result(left=many))
    assert line.startswith("7 decisions are left out, since a proof fails with them: convert:0")
    assert line.endswith("convert:4\\x1b.py and 2 more; why: .migrate/notes.txt")


def test_what_can_not_be_carried_out_is_not_to_be_accepted_again() -> None:
    assert "--accept" not in waiting_line(2, 0, 2)
    assert waiting_line(1, 0, 1) == (
        "1 decision waits for you, accepted and not to be carried out yet"
    )
    assert waiting_line(2, 1, 1) == (
        "2 decisions wait for you, 1 of them accepted and not to be carried out yet,"
        " 1 of them for an answer in .migrate/plan.toml or [tool.migrate]"
    )
    assert waiting_line(2, 0, 1).endswith("; all suggestions at once: migrate apply --accept")


@pytest.mark.parametrize(
    ("results", "on_head", "dry", "starts"),
    [
        ([result()], False, False, "migrate report"),
        ([result(commit="a" * 40, files=1)], False, False, "git switch migrate/head"),
        ([result(commit="a" * 40, files=1)], True, False, "migrate report"),
        ([result(files=1)], False, True, "migrate apply, which commits that"),
        ([result(gate=1), result(waiting=1)], False, False, "migrate apply --interactive"),
        ([result(gate=1)], False, False, "deploy migrate/head to every worker, then: migrate apply --deployed 1"),
        ([result(waiting=1, refused=1)], False, False, "mend what stands in the way"),
        ([result(notes=(Note("a.py", 0, UNTRUSTED, "x"),))], False, False, "migrate trust"),
    ],
)  # fmt: skip
def test_the_most_useful_comes_next(
    results: list[Applied], on_head: bool, dry: bool, starts: str
) -> None:
    assert following(results, on_head=on_head, dry=dry).startswith(starts)


def test_every_run_ends_with_one_next(here: Path, migrate: Terminal) -> None:
    twice = {"shop/one.py": DOUBLE.format("", 1), "shop/two.py": DOUBLE.format(", retries=3", 2)}
    make_repository(here, {**FILES, **twice})
    for words in (("--dry-run",), (), (), ("--accept", "--deployed", "1"), ("--deployed", "1"), ()):
        said = migrate("apply", *words, code=None).out
        assert said.count("next: ") == 1, said
