"""The user's editor: what it writes comes back, what stops it is told."""

import sys
from pathlib import Path

import pytest

from migrate.editor import edited
from migrate.errors import UsageError


def test_what_is_written_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "my editor.py"
    script.write_text(
        "import sys; p = sys.argv[-1]; t = open(p).read(); open(p, 'w').write(t.upper())"
    )
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv("VISUAL", f"{sys.executable} '{script}'")
    assert edited("one", "entry.toml") == "ONE"


@pytest.mark.parametrize(
    ("words", "said"),
    [("false", "ended with 1: nothing changed"), ("no-such-editor", "Say which: EDITOR=nano"), ("'", "can't be started")],
)  # fmt: skip
def test_what_stops_it(words: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", words)
    with pytest.raises(UsageError, match=said):
        edited("one", "entry.toml")
