"""docs/fleet.md is true: its manifest is read, its commands run, its words are those of the command."""

import re
from pathlib import Path
from typing import Any

from typer.main import get_command

from migrate.cli import app
from migrate.fleet.manifest import read_manifest
from migrate.fleet.pulls import KNOWN, check_words
from tests.migrate.fleet.conftest import Fleet

TEXT = Path(__file__).parents[3].joinpath("docs", "fleet.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.S | re.M)


def test_its_commands_run_one_after_another(run: Fleet, sources: Path) -> None:
    (run.folder / "fleet.toml").unlink()
    (run.folder / "src").symlink_to(sources)
    lines = [
        line.split()[2:] for line in BLOCKS[0][1].splitlines() if line.startswith("$ migrate ")
    ]
    assert len(lines) == 5
    ran: list[list[str]] = []
    for words in lines:
        given = [
            str(path)
            for word in words
            for path in (sorted(run.folder.glob(word)) if "*" in word else [word])
        ]
        run.type(*given, code=None if "--init" in words else 1)
        ran.append(run.ran if run.queues else [])
    assert [len(names) for names in ran] == [0, 4, 2, 2, 0]


def test_its_manifest_is_read(tmp_path: Path) -> None:
    manifest, pulls = (text for kind, text in BLOCKS if kind == "toml")
    (tmp_path / "fleet.toml").write_text(pulls + manifest)
    found = read_manifest(tmp_path / "fleet.toml")
    assert [(item.name, item.accept) for item in found.repositories] == [
        ("shop", True),
        ("billing", True),
    ]
    assert len(found.pull_request) == 2
    check_words(found.pull_request)


def test_its_words_are_those_of_the_command() -> None:
    verb: Any = get_command(app)
    options = {
        word
        for option in verb.get_command(None, "fleet").params
        for word in (*option.opts, *option.secondary_opts)
        if word.startswith("--")
    }
    assert set(re.findall(r"`(--[a-z-]+)", TEXT)) >= options
    assert all(f"`{{{name}}}`" in TEXT for name in KNOWN)
