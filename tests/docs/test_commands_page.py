"""docs/commands.md says of every verb what the command line takes."""

from typing import Any

from typer.main import get_command

from migrate.cli import app
from migrate.cli.verbs import VERBS
from tests.docs.examples import EXAMPLES
from tests.write_commands_page import PAGE, page


def test_the_page_is_that_of_the_command_line() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.write_commands_page"


def test_every_option_of_every_verb_is_on_it() -> None:
    group: Any = get_command(app)
    parts = PAGE.read_text("utf-8").split("\n## ")
    known = {part.partition("\n")[0]: part for part in parts[1:]}
    for verb in VERBS:
        for option in group.get_command(None, verb).params:
            for word in (*option.opts, *option.secondary_opts):
                if word.startswith("-"):
                    assert f"`{word}" in known[verb] + parts[0] or word == "--json", (verb, word)


def test_every_option_has_its_meaning() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert len(rows) > 80
    assert [row for row in rows if row.endswith("|  |") or "| `` " in row] == []


def test_every_verb_has_command_lines() -> None:
    assert list(EXAMPLES) == list(VERBS)
    for verb, lines in EXAMPLES.items():
        assert all(line.startswith(f"migrate {verb}") for line in lines)
