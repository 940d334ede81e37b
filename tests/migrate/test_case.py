"""New files beside others that differ in nothing but case, which some file systems hold as one."""

from pathlib import Path

import pytest

from codemods.snapshot import snapshot_of
from codemods.values import Change
from migrate.errors import SafetyError
from migrate.git.checkout import Repository
from tests.command import Terminal, git, make_repository
from tests.migrate.test_json import FILES

GOD = "from celery import shared_task\n\n" + "".join(
    f"\n@shared_task\ndef {verb}_{domain}():\n    return {number}\n\n"
    for number, (verb, domain) in enumerate(
        (verb, domain)
        for domain in ("ticket", "email", "report")
        for verb in ("close", "send", "make", "read")
    )
)


def listed(folder: Path) -> list[str]:
    return git(folder, "ls-tree", "-r", "--name-only", "migrate/head").splitlines()


def test_the_alias_module_takes_another_name(here: Path, migrate: Terminal) -> None:
    make_repository(here, {**FILES, "shop/Task_Aliases.py": "MINE = 1\n"})
    migrate("apply", "--through-gates")
    names = listed(here)
    assert "shop/task_aliases.py" not in names
    assert "shop/celery_task_aliases.py" in names
    assert "from shop.celery_task_aliases import" in git(
        here, "show", "migrate/head:shop/celery.py"
    )
    assert len({name.lower() for name in names}) == len(names)
    migrate("verify")
    assert "nothing" in migrate("plan").out


@pytest.mark.parametrize("configured", [False, True])
def test_an_alias_module_without_a_name_is_a_note(
    here: Path, migrate: Terminal, configured: bool
) -> None:
    files = {**FILES, "shop/TASK_ALIASES.py": "", "shop/Celery_Task_Aliases.py": ""}
    if configured:
        files = {**FILES, "shop/Names.py": "", "migrate.toml": 'alias_module = "shop/names.py"\n'}
    make_repository(here, files)
    notes = [
        note
        for note in migrate("plan", "--json").json["notes"]
        if note["code"] == "alias-module-taken"
    ]
    assert len(notes) == 1
    assert "alias_module" in notes[0]["message"]
    migrate("apply", "--step", "decorators", "--step", "aliases")
    assert len({name.lower() for name in listed(here)}) == len(listed(here))


def test_a_file_that_split_makes_takes_another_name(here: Path, migrate: Terminal) -> None:
    make_repository(
        here,
        {
            **FILES,
            "shop/tasks.py": GOD,
            "shop/Ticket_Tasks.py": "MINE = 1\n",
            "shop/EMAIL_TASKS.py": "",
            "shop/More_Email_Tasks.py": "",
            "migrate.toml": 'god_files = ["shop/tasks.py"]\n',
        },
    )
    plan = migrate("plan", "--json").json
    (split,) = [step for step in plan["steps"] if step["name"] == "split"]
    made = {item["to"] for item in split["decisions"]}
    assert "shop/more_ticket_tasks.py" in made
    assert {"shop/ticket_tasks.py", "shop/email_tasks.py", "shop/more_email_tasks.py"}.isdisjoint(
        made
    )
    assert any("does not tell case apart" in item["because"] for item in split["decisions"])
    assert any("does not tell case apart" in note["message"] for note in plan["notes"])
    migrate("apply", "--through-gates", "--step", "split")
    assert len({name.lower() for name in listed(here)}) == len(listed(here))


def test_no_other_step_makes_such_a_file(here: Path) -> None:
    make_repository(here, FILES)
    with Repository(here) as repository:
        before = repository.snapshot("HEAD")
        for names in (["Shop/x.py"], ["shop/TASKS.py"], ["new.py", "NEW.py"], ["MANAGE.py/x"]):
            after = before.with_changes(Change(name, None, b"") for name in names)
            with pytest.raises(SafetyError, match="tell case apart"):
                repository.write_tree("HEAD", after)
        repository.write_tree("HEAD", before.with_changes([Change("shop/new.py", None, b"")]))


def test_accents_written_in_two_ways_are_one_name() -> None:
    snapshot = snapshot_of({"shop/caf\u00e9.py": b"", "Stra\u00dfe/x.py": b""})
    assert snapshot.alike("shop/cafe\u0301.py") == "shop/caf\u00e9.py"
    assert snapshot.alike("STRASSE/y.py") == "Stra\u00dfe"
    assert snapshot.alike("shop/new.py") == ""
    assert snapshot.alike("shop/caf\u00e9.py") == ""
