"""What all tests share: a command line, and a git that knows no user."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import Terminal


@pytest.fixture(autouse=True, scope="session")
def own_git_configuration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests neither read nor need anybody's configuration, of git or of the tool, nor what kind of machine it is."""
    path = tmp_path_factory.mktemp("git") / "config"
    path.write_text(
        '[user]\n\tname = Test\n\temail = test@example.com\n[protocol "file"]\n\tallow = always\n'
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(path))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("XDG_CONFIG_HOME", str(path.parent / "home"))
        patch.setenv("NO_COLOR", "1")
        for unwanted in ("COLUMNS", "CI"):
            patch.delenv(unwanted, raising=False)
        yield


@pytest.fixture
def migrate(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Runs `migrate` with some words."""
    return Terminal(capsys, monkeypatch)


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The same where a person reads, in 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    return Terminal(capsys, monkeypatch, is_read=True)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
