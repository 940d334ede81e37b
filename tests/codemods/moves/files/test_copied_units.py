"""What each new home gets for itself: blocks of imports and loggers, as texts."""

import pytest

from codemods.moves.files.copied_units import Copies
from tests.codemods.moves.carried import HOME, OLD, Files, settled

SEND = "\n\ndef send(x: %s = 1):\n    return x, %s\n"


def copies(old: str | bytes, more: Files | None = None) -> Copies:
    """The copies that come with `send`."""
    found = settled({OLD: old, **(more or {})}, send="mails")
    return Copies(found.moves, found.arrivals[HOME])


BLOCK = (
    "if TYPE_CHECKING:\n    # types\n    from a import B, C\n\n    import d\n    import e as f\n"
)


@pytest.mark.parametrize(
    ("hint", "found"),
    [
        ("B", "if TYPE_CHECKING:\n    # types\n    from a import B\n"),
        ("B | C", "if TYPE_CHECKING:\n    # types\n    from a import B, C\n"),
        ("d", "if TYPE_CHECKING:\n    # types\n    import d\n"),
        ("B | f", "if TYPE_CHECKING:\n    # types\n    from a import B\n    import e as f\n"),
        ("C | d", "if TYPE_CHECKING:\n    # types\n    from a import C\n\n    import d\n"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_block_for_type_checkers_has_the_names_that_are_needed(
    hint: str, found: str, end: str
) -> None:
    old = "from typing import TYPE_CHECKING\n\n" + BLOCK + SEND % (hint, 1)
    assert list(copies(old.replace("\n", end).encode()).blocks()) == [(1, found)]


def test_blocks_that_nothing_reads_are_not_copied() -> None:
    old = "from typing import TYPE_CHECKING\n\n" + BLOCK + SEND % ("int", 1)
    assert list(copies(old).blocks()) == []


def test_conditional_imports_are_copied_whole() -> None:
    choice = "try:\n    import a  # one\nexcept ImportError:\n    # none\n    a = b = None\n"
    assert list(copies(choice + SEND % ("int", "a")).blocks()) == [(1, choice)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("log = getLogger(__name__)", 'log = getLogger("shop.tasks")'),
        ("log = getLogger('mail')  # why", "log = getLogger('mail')  # why"),
        ("log = getLogger(f'{__name__}.mail')", "log = getLogger('shop.tasks.mail')"),
        ("log = getLogger(\n    __name__,\n)", 'log = getLogger(\n    "shop.tasks",\n)'),
    ],
)
def test_a_logger_has_the_name_that_it_had(line: str, found: str) -> None:
    old = f"from logging import getLogger\n\n{line}\n" + SEND % ("int", "log")
    assert list(copies(old).loggers()) == [(1, found + "\n")]


def test_a_second_logger_stands_right_below_the_first() -> None:
    old = "from logging import getLogger\n\none = getLogger('1')\ntwo = getLogger('2')\n" + SEND % (
        "int",
        "two, one",
    )
    assert list(copies(old).loggers()) == [
        (1, "one = getLogger('1')\n"),
        (0, "two = getLogger('2')\n"),
    ]


def test_a_logger_whose_name_is_taken_gets_another() -> None:
    old = "from logging import getLogger\n\nlog = getLogger('1')\n" + SEND % ("int", "log")
    assert list(copies(old, {HOME: "log = 5\n"}).loggers()) == [(1, "tasks_log = getLogger('1')\n")]
