"""What differs between two versions of a file, held against the lines that a step declares."""

import pytest

from codemods.values import Change
from migrate.proof.differences import undeclared_differences

BEFORE = b"def test(mocker):\n    one = mocker.patch(\n        'a.b'\n    )\n\n\n    go(one)\n    stop()\n"
PUT_IN = b"    mocker.patch('c.b', one)\n"


def after_line(number: int) -> bytes:
    """The file with one more statement below a line."""
    lines = BEFORE.splitlines(keepends=True)
    return b"".join([*lines[:number], PUT_IN, *lines[number:]])


@pytest.mark.parametrize("line", [5, 6, 7])
@pytest.mark.parametrize("below", [4, 5, 6])
def test_what_is_put_in_between_statements_may_be_declared_on_any_line_between(
    line: int, below: int
) -> None:
    change = Change("test_it.py", BEFORE, after_line(below))
    assert undeclared_differences([change], {"test_it.py": {line}}, {}) == []


@pytest.mark.parametrize("line", [1, 2, 4, 8])
def test_elsewhere_it_is_not_declared(line: int) -> None:
    change = Change("test_it.py", BEFORE, after_line(4))
    assert undeclared_differences([change], {"test_it.py": {line}}, {}) == [("test_it.py", 5)]


def test_what_is_put_in_above_the_first_statement_is_declared_there() -> None:
    change = Change("test_it.py", BEFORE, after_line(1))
    assert undeclared_differences([change], {"test_it.py": {2}}, {}) == []
    assert undeclared_differences([change], {"test_it.py": {7}}, {}) == [("test_it.py", 2)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("global a, b", "global a, c"),
        ("global a", "global a, b"),
        ("def g(*, k, l=1): pass", "def g(*, k=1, l): pass"),
        ("def g(*, k): pass", "def g(*, k=1): pass"),
        ("{**a, 'b': 1}", "{'b': 1, **a}"),
        ("from a import b", "from .a import b"),
        ("x: int", "x: str"),
        ("async def g(): pass", "def g(): pass"),
        ("1 < a < b", "1 < a <= b"),
        ("f'{a!r}'", "f'{a!s}'"),
        ("1", "True"),
        ("b'a'", "'a'"),
        ("match a:\n        case K(b=1): pass", "match a:\n        case K(c=1): pass"),
    ],
)
def test_no_part_of_a_statement_changes_unseen(before: str, after: str) -> None:
    old, new = (f"def f():\n    {code}\n".encode() for code in (before, after))
    change = Change("a.py", old, new)
    assert undeclared_differences([change], {}, {}) != []
    assert undeclared_differences([Change("a.py", old, old)], {}, {}) == []


SETS = b"app.conf.timezone = 'UTC'\ntable['a'] = 3\nNAME = 4\n"


@pytest.mark.parametrize(
    "text", ["app.conf.result = 'UTC'\n", "table['b'] = 3\n", "NAME = app.conf.limit = 4\n"]
)
def test_what_sets_an_attribute_or_an_item_is_no_copy(text: str) -> None:
    changes = [Change("a.py", SETS, SETS), Change("b.py", b"A = 1\n", b"A = 1\n" + text.encode())]
    assert undeclared_differences(changes, {}, {}) == [("b.py", 0)]


LOGGER = b"import logging\n\nlogger = logging.getLogger(__name__)\n"


def came(text: str, path: str = "b.py") -> list[tuple[str, int]]:
    """What is undeclared where a statement comes to a file, beside one with a logger and numbers."""
    before = b"A = 1\n"
    known = Change("a.py", LOGGER + b"LIMIT = 1\n", LOGGER + b"LIMIT = 1\n")
    return undeclared_differences([known, Change(path, before, before + text.encode())], {}, {})


def test_what_a_name_is_bound_to_may_be_bound_once_more_by_a_name_made_of_it() -> None:
    assert came("LIMIT = 1\n") == []
    assert came("TASKS_LIMIT = 1\n") == []
    assert came('logger = logging.getLogger("a")\n') == []
    assert came('tasks_logger_ = logging.getLogger("a")\n') == []


@pytest.mark.parametrize(
    "text",
    [
        "STRAY = 1\n",
        "UNLIMITED = 1\n",
        "LIMIT = 2\n",
        'logger = logging.getLogger("b")\n',
        'log = logging.getLogger("a")\n',
    ],
)
def test_no_other_name_is_bound_unseen(text: str) -> None:
    assert came(text) == [("b.py", 0)]
