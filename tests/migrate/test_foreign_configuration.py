"""A repository's own git configuration names programs: no verb runs one of them."""

import os
import sys
from pathlib import Path

import pytest

from tests.command import Terminal, git, make_repository
from tests.migrate.test_json import FILES

HOOKS = (
    "reference-transaction",
    "post-index-change",
    "post-checkout",
    "post-commit",
    "pre-commit",
    "commit-msg",
)
PROGRAMS = (
    "core.fsmonitor",
    "core.pager",
    "core.editor",
    "core.sshCommand",
    "core.askPass",
    "diff.external",
    "diff.evil.command",
    "diff.evil.textconv",
    "merge.evil.driver",
    "filter.evil.clean",
    "filter.evil.smudge",
    "filter.evil.process",
    "gpg.program",
    "pager.config",
    "pager.log",
    "credential.helper",
    "alias.rev-parse",
    "alias.config",
    "alias.log",
    "trailer.x.command",
)
VERBS = (
    ("plan", "--check"),
    ("plan",),
    ("apply", "--dry-run"),
    ("apply", "--step", "aliases", "--checkout"),
    ("apply",),
    ("status",),
    ("report", "--history"),
    ("verify",),
    ("explain", "split"),
    ("rollback", "--to", "names"),
    ("rollback",),
)


@pytest.fixture
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that leaves a trace of each time that it runs."""
    folder = tmp_path_factory.mktemp("evil")
    program = folder / "program"
    program.write_text(f"#!/bin/sh\necho \"$0 $@\" >> '{folder}/ran'\ncat\n")
    program.chmod(0o755)
    return program


def traces(program: Path) -> str:
    ran = program.parent / "ran"
    return ran.read_text() if ran.exists() else ""


def walk(folder: Path, migrate: Terminal) -> None:
    for words in VERBS:
        migrate(words[0], "-C", folder, *words[1:], code=None if words[0] == "plan" else 0)


@pytest.mark.parametrize("included", [False, True])
def test_no_program_of_the_configuration_is_run(
    here: Path, migrate: Terminal, told: Path, included: bool
) -> None:
    make_repository(here, {**FILES, ".gitattributes": "* filter=evil diff=evil merge=evil\n"})
    target = here / ".git" / "more" if included else here / ".git" / "config"
    for name in PROGRAMS:
        value = f"!{told}" if name.startswith("alias") else str(told)
        git(here, "config", "--file", str(target), name, value)
    git(here, "config", "--file", str(target), "filter.evil.required", "true")
    if included:
        git(here, "config", "include.path", "more")
    # What git has not looked at since it was written goes through the filters.
    os.utime(here / "shop" / "tasks.py", (1, 1))
    walk(here, migrate)
    assert traces(told) == ""


@pytest.mark.parametrize("configured", [False, True])
def test_no_hook_is_run(here: Path, migrate: Terminal, told: Path, configured: bool) -> None:
    make_repository(here, FILES)
    folder = told.parent / "hooks" if configured else here / ".git" / "hooks"
    folder.mkdir(exist_ok=True)
    for name in HOOKS:
        (folder / name).symlink_to(told)
    if configured:
        git(here, "config", "core.hooksPath", str(folder))
    walk(here, migrate)
    assert traces(told) == ""


def test_what_is_included_for_the_branch_that_is_checked_out_is_not_run(
    here: Path, migrate: Terminal, told: Path
) -> None:
    make_repository(here, {**FILES, ".gitattributes": "* filter=evil\n"})
    more = here / ".git" / "more"
    git(here, "config", "--file", str(more), "filter.evil.smudge", str(told))
    git(here, "config", "--file", str(more), "filter.evil.clean", str(told))
    git(here, "config", "includeIf.onbranch:migrate/head.path", "more")
    walk(here, migrate)
    assert traces(told) == ""


def test_a_program_that_signs_is_the_users_own(
    here: Path, migrate: Terminal, told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_repository(here, FILES)
    git(here, "config", "commit.gpgsign", "true")
    git(here, "config", "gpg.program", str(told))
    refused = migrate("apply", "--through-gates", code=3).err
    assert "gpg.program" in refused
    assert "git config --global gpg.program" in refused
    assert traces(told) == ""
    assert git(here, "branch", "--list", "migrate/*") == ""
    git(here, "config", "--unset", "gpg.program")
    own = told.parent / "config"
    signer = told.parent / "signer"
    signer.write_text(
        f"#!{sys.executable}\nimport sys\nsys.stdin.buffer.read()\n"
        "sys.stderr.write('[GNUPG:] SIG_CREATED \\n')\nprint('-----BEGIN PGP SIGNATURE-----\\nmine')\n"
    )
    signer.chmod(0o755)
    own.write_text(f"[user]\nname = Me\nemail = me@example.com\n[gpg]\nprogram = {signer}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(own))
    migrate("apply", "--through-gates")
    assert "mine" in git(here, "cat-file", "commit", "migrate/head")


def test_a_filter_of_the_users_own_stays(
    here: Path, migrate: Terminal, told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = told.parent / "config"
    own.write_text(
        '[user]\nname = Me\nemail = me@example.com\n[filter "mine"]\nclean = sed s/2/1/\nsmudge = sed s/1/2/\n'
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(own))
    make_repository(here, {**FILES, "x.txt": "2\n", ".gitattributes": "x.txt filter=mine\n"})
    git(here, "config", "filter.mine.clean", str(told))
    migrate("apply", "--step", "aliases", "--checkout")
    os.utime(here / "x.txt", (1, 1))
    migrate("apply", "--through-gates")
    assert traces(told) == ""


def test_another_work_tree_than_the_folder_is_refused(here: Path, migrate: Terminal) -> None:
    make_repository(here / "shop", FILES)
    (here / "home").mkdir()
    git(here / "shop", "config", "core.worktree", str(here / "home"))
    for verb in ("plan", "apply", "status"):
        refused = migrate(verb, "-C", here / "shop", code=3).err
        assert "git config --unset core.worktree" in refused
    assert list((here / "home").iterdir()) == []


def test_a_clone_fetches_by_no_program_of_the_repository(
    here: Path, migrate: Terminal, told: Path
) -> None:
    make_repository(here / "full", FILES)
    git(here / "full", "config", "uploadpack.allowFilter", "true")
    git(here, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{here}/full", "part")
    git(here / "part", "config", "remote.origin.uploadpack", str(told))
    migrate("plan", "-C", here / "part", code=None)
    git(here / "part", "config", "--unset", "remote.origin.uploadpack")
    git(here / "part", "config", "remote.origin.url", f"ext::{told} %S")
    git(here / "part", "config", "protocol.ext.allow", "always")
    migrate("plan", "-C", here / "part", code=None)
    assert traces(told) == ""


def test_a_program_whose_name_no_option_can_hold_is_refused(
    here: Path, migrate: Terminal, told: Path
) -> None:
    make_repository(here, FILES)
    with (here / ".git" / "config").open("a") as stream:
        stream.write(f'[filter "a=b"]\n\tclean = {told}\n')
    assert "filter.a=b.clean" in migrate("plan", code=3).err


def test_settings_of_a_hook_that_calls_us_are_not_followed(
    here: Path, migrate: Terminal, told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_repository(here, {**FILES, ".gitattributes": "* filter=evil\n"})
    names = ("core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "core.pager")
    monkeypatch.setenv("GIT_CONFIG_COUNT", str(len(names)))
    for number, name in enumerate(names):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", name)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", str(told))
    parameters = " ".join(f"'{name}'='{told}'" for name in names)
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", parameters)
    migrate("apply", "--step", "aliases", "--checkout")
    os.utime(here / "shop" / "tasks.py", (1, 1))
    migrate("apply", "--through-gates")
    assert traces(told) == ""


def test_a_configuration_that_git_cannot_read_is_told(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    with (here / ".git" / "config").open("a") as stream:
        stream.write("[filter\n")
    said = migrate("plan", code=2).err
    assert "bad config line" in said
    assert "Traceback" not in said


def test_without_git_a_sentence_is_said(
    here: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_repository(here, FILES)
    monkeypatch.setenv("PATH", str(here / "shop"))
    assert "there is no git on PATH" in migrate("plan", code=2).err


def test_the_audit_runs_none_either(
    here: Path, told: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from migrate import audit

    make_repository(here, {**FILES, ".gitattributes": "* diff=evil filter=evil\n"})
    for name in PROGRAMS:
        git(here, "config", name, str(told))
    (here / "pyproject.toml").write_text('[tool.migrate]\ngod_files = ["shop/tasks.py"]\n')
    with (here / "shop" / "tasks.py").open("a") as stream:
        stream.write("\n\n@app.task\ndef two():\n    pass\n")
    monkeypatch.setattr("sys.argv", ["celery-audit", "--rules", "god-file"])
    assert audit.main() == 1
    assert "two is new in a god file" in capsys.readouterr().out
    assert traces(told) == ""
