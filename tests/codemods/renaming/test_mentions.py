"""Which files are looked into for a name: each in which it may be spelled, whole or in parts."""

import ast
import re
from pathlib import Path

import pytest

from codemods.inventory.load import load
from codemods.renaming.alias_module import quoted
from codemods.renaming.mentions import closed_mentions, spelling
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from codemods.source.literals import beginnings, literals_of

IMPORT = "from celery import shared_task\n\n\n"
NAMES = ["create_job()", "a.send_mail"]


def is_spelled(names: list[str], data: bytes) -> bool:
    return any(re.search(pattern, data) for pattern in spelling(names))


@pytest.mark.parametrize(
    "text",
    [
        'x = "create_job()"',
        "x = 'create_job()'",
        '"""create_job()"""',
        '"create_" "job()"',
        '("create_job" # why\n "()")',
        'r"create_" + "job()"',
        '"create_\\x6aob()"',
        "f'create_{what}()'",
        '"a" ".send_mail"',
        '"a." + "send_mail"',
        "# create_job() is gone",
    ],
)
def test_a_file_that_may_spell_a_name_is_found(text: str) -> None:
    assert is_spelled(NAMES, text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "create = 1",
        "'creates'",
        '"c"',
        "x.create_job",
        '"b.send_mail"',
        "create_job = 1",
        '"job()"',
    ],
)
def test_a_file_that_only_has_its_words_is_not(text: str) -> None:
    assert not is_spelled(NAMES, text.encode())


@pytest.mark.parametrize(
    "text",
    ['"create_job()"', '"create_" + "job()"', '("create" "_job()")', 'f(x, ["create_job()"])'],
)
def test_what_is_found_so_are_its_literals(text: str) -> None:
    assert is_spelled(NAMES, text.encode())
    (found,) = literals_of(ast.parse(text), set(NAMES))
    assert found.value == "create_job()"


def test_words_are_not_parted_behind_their_first_letter() -> None:
    assert list(beginnings("a.bc")) == ["a", "a.", "a.b"]
    assert list(beginnings("abc")) == ["ab"]
    assert list(beginnings("a")) == []


def test_every_name_of_this_file_is_found_in_it() -> None:
    data = Path(__file__).read_bytes()
    assert is_spelled(["test_every_name_of_this_file_is_found_in_it"], data)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("print 1\nSEND = 'create_job()'\n", 2),
        ('print 1\nSEND = "create_job()"\n', 2),
        ("print 1\nSEND = 'create_job()2'\n", 0),
        ("print 1\n# create_job()\n", 0),
        (f"{IMPORT}@shared_task(name='create_' + 'job()')\ndef one():\n    print 1\n", 5),
        (f"{IMPORT}@shared_task(name='create_' + 'job()')\ndef one():\n    print(1)\n", 0),
    ],
)
def test_what_a_file_that_is_never_edited_names(text: str, line: int) -> None:
    inventory = load(snapshot_of({"old.py": text.encode()}), Settings())
    found = closed_mentions(inventory, ["create_job()", "another"])
    assert [(path, at) for path, at, _ in found.values()] == [("old.py", line)] * bool(line)
    assert found.keys() <= {"create_job()"}


@pytest.mark.parametrize("text", ["plain", "it's", 'a "b"', "a\\b", "\x1b[0m", "größe", "a\nb", ""])
def test_a_name_is_written_as_a_text_that_reads_back(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text
    assert quoted(text).startswith('"') or set(text) & {'"', "\\", "\x1b", "\n"}
