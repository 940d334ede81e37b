"""The command lines of `migrate` and `celery-audit` on the pages run, each in a project of its own that has what they speak of."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from migrate.__main__ import run
from migrate.audit import main
from tests.command import Terminal, git, make_repository
from tests.docs.commands import PAGES, lines_of
from tests.docs.test_commands import OWN_STEPS
from tests.migrate.replay.test_rebase import DOUBLE
from tests.migrate.test_json import FILES

ELSEWHERE = ("drain", "fleet", "demo")
"""Verbs that need a broker, other repositories or long: `tests/migrate/drain`, `tests/migrate/fleet`, `make demo`."""
LEFT_OUT = {"--live", "--interactive", "-C", "boot"}
"""Words that need workers, a terminal, a folder that a page made, or long: `tests/demo/test_boots.py` boots."""
BEFORE = ("init", "plan", "apply", "check", "new-codemod", "trust")
"""Verbs that are typed before anything is applied."""
STANDS_FOR = {
    "PATH": sys.executable,
    "STEP": "decorators",
    "REV": "main",
    "N": "1",
    "CODE": "unparsed",
    "pytest -q": "true",
    "ID": "merge:twice",
    "NAME": "one-more",
}
SHOP = FILES | DOUBLE | {"orders/tasks.py": "", "orders/__init__.py": ""}


def lines(program: str = "migrate", least: int = 2) -> dict[str, list[str]]:
    """The words of each command line that has at least so many, by its text without a remark."""
    return {
        re.split(r"\s+#", line.text)[0].strip(): line.words[1:]
        for page in PAGES
        for line in lines_of(page)
        if line.words[0] == program and len(line.words) > least
    }


def typed() -> list[str]:
    """Those that are run here."""
    return [
        text
        for text, words in sorted(lines().items())
        if words[0] not in (*ELSEWHERE, "VERB")
        and not LEFT_OUT & set(words)
        and not OWN_STEPS & set(words[2:])
    ]


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """The project before anything is applied, and with every step."""
    with pytest.MonkeyPatch.context() as patch:
        folder = make_repository(tmp_path_factory.mktemp("shops") / "before", SHOP)
        git(folder, "update-ref", "refs/remotes/origin/main", "main")
        after = folder.with_name("after")
        shutil.copytree(folder, after, symlinks=True)
        patch.setattr(
            "sys.argv", ["migrate", "-q", "apply", "-C", str(after), "--accept", "--through-gates"]
        )
        assert run() == 0
    return {True: folder, False: after}


@pytest.mark.parametrize("text", typed())
def test_it_runs(
    text: str,
    shops: dict[bool, Path],
    tmp_path: Path,
    migrate: Terminal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = lines()[text]
    shutil.copytree(shops[words[0] in BEFORE], tmp_path / "shop", symlinks=True)
    monkeypatch.chdir(tmp_path / "shop")
    done = migrate(*(STANDS_FOR.get(word, word) for word in words), code=None)
    assert done.code in {0, 1, 3}, done.out + done.err
    assert "Traceback" not in done.err
    if done.code == 3:
        assert re.search(r"migrate \w+|git \w+", done.err)


@pytest.mark.parametrize("words", lines("celery-audit", 1).values(), ids=" ".join)
def test_the_audit_runs(
    words: list[str], shops: dict[bool, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(shops[True], tmp_path / "shop", symlinks=True)
    monkeypatch.chdir(tmp_path / "shop")
    monkeypatch.setattr("sys.argv", ["celery-audit", *words])
    assert main() in {0, 1}


def test_most_of_them_are_run() -> None:
    assert len(typed()) > 50
    assert len(lines("celery-audit", 1)) >= 4
