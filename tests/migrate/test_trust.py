"""A repository's own codemods are code of somebody else: they run with consent, and see little."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.command import Terminal, commit_files, git, make_repository
from tests.migrate.test_json import FILES
from tests.migrate.write_schemas import FOLDER

CODEMOD = """\
import json
import os
from pathlib import Path

from libcst.codemod import VisitorBasedCodemodCommand

Path({ran!r}).write_text(json.dumps(dict(os.environ)))


class Change(VisitorBasedCodemodCommand):
    def leave_Integer(self, old, new):
        return new.with_changes(value="2")
"""
CONFIGURATION = (
    '[[tool.migrate.codemods]]\nname = "mine"\nlibcst = "tools/mine.py:Change"\npaths = ["x.py"]\n'
)


class Shop:
    """A project with a codemod that leaves its environment behind where it runs."""

    def __init__(self, folder: Path, ran: Path) -> None:
        self.ran = ran
        self.folder = make_repository(
            folder,
            {
                **FILES,
                "x.py": "X = 1\n",
                "tools/mine.py": CODEMOD.format(ran=str(ran)),
                "pyproject.toml": CONFIGURATION,
            },
        )

    def has_run(self) -> bool:
        """Whether it has run since this was asked last."""
        found = self.ran.exists()
        self.ran.unlink(missing_ok=True)
        return found

    def value(self, revision: str = "migrate/head") -> str:
        return git(self.folder, "show", f"{revision}:x.py")


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    return folder


@pytest.fixture
def shop(here: Path, home: Path) -> Shop:
    return Shop(here, home / "ran")


def steps(value: Any) -> dict[str, Any]:
    return {step["name"]: step for step in value["steps"]}


def test_without_consent_the_step_waits_and_the_rest_goes_on(shop: Shop, migrate: Terminal) -> None:
    plan = migrate("plan", "--json").json
    (note,) = [note for note in plan["notes"] if note["code"] == "codemod-untrusted"]
    assert note["path"] == "tools/mine.py"
    for words in ("tools/mine.py:Change", "migrate trust mine", "--trust"):
        assert words in note["message"]
    assert steps(plan)["mine"]["decisions"] == []
    assert "migrate trust" in migrate("plan").out
    applied = migrate("apply", "--through-gates", code=1)
    assert "waits for your consent: migrate trust" in applied.out
    assert "shared_task" in git(shop.folder, "show", "migrate/head:shop/tasks.py")
    assert shop.value() == "X = 1"
    migrate("plan", "--check", code=1)
    migrate("apply", "--through-gates", code=1)
    assert not shop.has_run()


def test_status_does_not_say_that_all_is_done(shop: Shop, migrate: Terminal) -> None:
    migrate("apply", "--through-gates", code=1)
    said = migrate("status").out
    assert "plan and apply run it" in said
    assert "next: migrate apply" in said
    migrate("apply", "--through-gates", "--trust")
    assert "every step is applied" in migrate("status").out


def test_verbs_that_tell_how_things_are_run_nothing(shop: Shop, migrate: Terminal) -> None:
    migrate("apply", "--through-gates", "--trust")
    migrate("rollback", "--to", "mine")
    migrate("trust")
    assert shop.has_run()
    for words in (
        ("status",),
        ("status", "--json"),
        ("report", "--history"),
        ("explain", "mine"),
        ("explain", "split"),
        ("trust", "--dry-run"),
        ("rollback",),
    ):
        migrate(*words)
        assert not shop.has_run(), words


def test_trust_for_one_call_shows_what_runs_before_it_does(shop: Shop, migrate: Terminal) -> None:
    said = migrate("apply", "--through-gates", "--trust")
    assert said.err.count("running codemod 'mine'") == 1
    assert "tools/mine.py:Change (LibCST)" in said.err
    assert shop.value() == "X = 2"
    assert shop.has_run()
    assert "waits for your consent" in migrate("verify", code=1).out
    assert not shop.has_run()
    migrate("verify", "--trust")
    assert shop.has_run()
    migrate("rollback")
    migrate("apply", "--through-gates", code=1)
    assert not shop.has_run()


def test_what_was_planned_without_consent_is_decided_once_it_is_there(
    shop: Shop, migrate: Terminal
) -> None:
    migrate("plan")
    migrate("apply", "--through-gates", "--trust")
    assert shop.value() == "X = 2"
    assert shop.value("migrate/05a-mine") == "X = 2"


def test_what_was_planned_with_consent_waits_without(shop: Shop, migrate: Terminal) -> None:
    migrate("plan", "--trust")
    migrate("apply", "--through-gates", code=1)
    assert shop.value() == "X = 1"


def test_an_edited_plan_that_wants_it_does_not_run_it(shop: Shop, migrate: Terminal) -> None:
    migrate("plan", "--trust")
    assert shop.has_run()
    plan = shop.folder / ".migrate" / "plan.toml"
    plan.write_text(plan.read_text().replace('because = "', 'because = "I say: ', 1))
    migrate("apply", "--through-gates", code=1)
    assert not shop.has_run()


def test_consent_lasts_until_the_code_or_its_configuration_changes(
    shop: Shop, migrate: Terminal, home: Path
) -> None:
    said = migrate("trust").out
    assert "mine  tools/mine.py:Change (LibCST)  trusted" in said
    assert "git show" in said
    kept = json.loads((home / "celery-converge" / "trusted.json").read_text())
    ((repository, digests),) = kept["repositories"].items()
    assert repository == str(shop.folder / ".git")
    assert list(digests) == ["mine"]
    migrate("plan")
    assert shop.has_run()
    commit_files(shop.folder, {"shop/other.py": "Y = 1\n"}, "Another file")
    migrate("plan")
    assert shop.has_run()
    for name in ("tools/mine.py", "tools/beside.py", "pyproject.toml"):
        path = shop.folder / name
        text = path.read_text() if path.exists() else ""
        more = 'about = "more"\n' if name == "pyproject.toml" else "# more\n"
        commit_files(shop.folder, {name: text + more}, "Change")
        assert "codemod-untrusted" in migrate("plan", "--notes").out, name
        assert not shop.has_run()
        migrate("trust", "mine")
        migrate("plan")
        assert shop.has_run()


def test_consent_is_for_one_repository_and_can_be_taken_back(
    shop: Shop, migrate: Terminal, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    migrate("trust")
    other = tmp_path_factory.mktemp("other") / "shop"
    git(shop.folder, "clone", "-q", str(shop.folder), str(other))
    assert "codemod-untrusted" in migrate("plan", "--notes", "-C", other).out
    assert not shop.has_run()
    assert "not trusted" in migrate("trust", "--revoke").out
    assert "codemod-untrusted" in migrate("plan", "--notes").out
    assert not shop.has_run()


def test_trust_shows_and_speaks_json(shop: Shop, migrate: Terminal) -> None:
    shown = migrate("trust", "--dry-run", "--json").json
    jsonschema.validate(shown, json.loads((FOLDER / "trust.json").read_bytes()))
    (item,) = shown["codemods"]
    assert item["files"] == ["tools/mine.py"]
    assert item["trusted"] is False
    assert migrate("trust", "--json").json["codemods"][0]["trusted"] is True
    assert "there is no codemod 'other'" in migrate("trust", "other", code=2).err


def test_it_sees_no_secret_and_no_home(
    shop: Shop, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    migrate("plan", "--trust")
    seen = json.loads(shop.ran.read_text())
    assert {"SECRET_TOKEN", "PYTHONPATH", "USER", "SSH_AUTH_SOCK"}.isdisjoint(seen)
    assert seen["HOME"] != os.environ.get("HOME")
    assert not Path(seen["HOME"]).exists()


def test_a_repository_cannot_bring_consent_along(
    shop: Shop, migrate: Terminal, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    migrate("trust")
    committed = shop.folder / "config" / "celery-converge"
    committed.mkdir(parents=True)
    (home / "celery-converge" / "trusted.json").rename(committed / "trusted.json")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(shop.folder / "config"))
    assert "codemod-untrusted" in migrate("plan", "--notes").out
    monkeypatch.setenv("XDG_CONFIG_HOME", "config")
    monkeypatch.setenv("HOME", str(home))
    assert "codemod-untrusted" in migrate("plan", "--notes").out
    assert not shop.has_run()


def test_an_installed_function_waits_too(here: Path, home: Path, migrate: Terminal) -> None:
    ran = home / "ran"
    configuration = (
        '[[tool.migrate.codemods]]\nname = "mine"\nbowler = "subprocess:getoutput"\npaths = ["x.py"]\n'
        f"parameters = {{ cmd = \"touch '{ran}'\" }}\n"
    )
    make_repository(here, {**FILES, "x.py": "X = 1\n", "pyproject.toml": configuration})
    migrate("plan")
    migrate("plan", "--check", code=1)
    migrate("status")
    assert not ran.exists()
