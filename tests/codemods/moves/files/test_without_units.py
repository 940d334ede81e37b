"""A file without units or with others in their seats, as bytes: the rest stays as it was."""

import pytest

from codemods.moves.files.without_units import encoded, rebuilt
from tests.codemods.moves.carried import module

THREE = "import os\n\nA = 1\n\n\ndef f():\n    return A\n\n\ndef g():\n    return os\n"


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ({0}, "A = 1\n\n\ndef f():\n    return A\n\n\ndef g():\n    return os\n"),
        ({1}, "import os\n\n\ndef f():\n    return A\n\n\ndef g():\n    return os\n"),
        ({2}, "import os\n\nA = 1\n\n\ndef g():\n    return os\n"),
        ({3}, "import os\n\nA = 1\n\n\ndef f():\n    return A\n"),
        ({1, 2}, "import os\n\n\ndef g():\n    return os\n"),
        ({0, 1, 2, 3}, ""),
        (set(), THREE),
    ],
)
def test_units_go_and_the_wider_gap_stays(gone: set[int], left: str) -> None:
    assert rebuilt(module(THREE), gone, {}) == left.encode()


def test_comments_above_and_decorators_go_with_their_unit() -> None:
    text = "A = 1\n\n\n# why\n@one\n@two(\n    3,\n)\ndef f():\n    # in\n    return A  # end\n    # below\n\n\nB = 2\n"
    assert rebuilt(module(text), {1}, {}) == b"A = 1\n\n\nB = 2\n"


def test_a_banner_stays_unless_its_whole_section_goes() -> None:
    text = "A = 1\n\n# --- mail ---\n\nB = 2\n\n# --- jobs ---\n\nC = 3\n"
    units = module(text)
    kept = b"A = 1\n\n# --- mail ---\n\n# --- jobs ---\n\nC = 3\n"
    assert rebuilt(units, {1}, {}) == kept
    gone = rebuilt(units, {1}, {}, [units.banners[0]])
    assert gone == b"A = 1\n\n# --- jobs ---\n\nC = 3\n"


def test_the_comments_at_the_top_and_the_end_of_a_file_stay() -> None:
    text = "#!/usr/bin/env python\n# of the file\n\nA = 1\n\n# the end\n"
    assert rebuilt(module(text), {0}, {}) == b"#!/usr/bin/env python\n# of the file\n\n# the end\n"


def test_of_two_gaps_that_meet_the_wider_one_stays() -> None:
    text = "def f():\n    pass\n\n\nA = 1\n\nB = 2\n"
    assert rebuilt(module(text), {1}, {}) == b"def f():\n    pass\n\n\nB = 2\n"


@pytest.mark.parametrize(
    ("text", "gone", "left"),
    [
        ("import os\n\n\ndef f():\n    pass\n\n\nA = 1\n", {1}, "import os\n\nA = 1\n"),
        ("import os\n\n\nclass F:\n    pass\n\n\n# why\nA = 1\n", {1}, "import os\n\n# why\nA = 1\n"),
        ("import os\n\n\nA = 1\n\n\ndef f():\n    pass\n\n\nB = 1\n", {1, 2}, "import os\n\n\nB = 1\n"),
        ("import os\n\n\ndef f():\n    pass\n\n\ndef g():\n    pass\n", {1}, "import os\n\n\ndef g():\n    pass\n"),
        ("import os\n\n\ndef f():\n    pass\n\n\n@one\nclass G:\n    pass\n", {1}, "import os\n\n\n@one\nclass G:\n    pass\n"),
        ("import os\nimport re\n\n\nA = 1\n", {1}, "import os\n\n\nA = 1\n"),
        ("import os\n\n\ndef f():\n    pass\n\n\n# --- jobs ---\n\nA = 1\n", {1}, "import os\n\n\n# --- jobs ---\n\nA = 1\n"),
    ],
)  # fmt: skip
def test_a_statement_below_imports_stands_as_near_as_the_file_has_it(
    text: str, gone: set[int], left: str
) -> None:
    assert rebuilt(module(text), gone, {}) == left.encode()


def test_a_text_takes_the_seat_of_a_unit() -> None:
    found = rebuilt(module(THREE), {3}, {2: "def h():\n    return 2\n"})
    assert found == b"import os\n\nA = 1\n\n\ndef h():\n    return 2\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"A = 1\nB = 2", b"A = 1\n"),
        (b"\xef\xbb\xbfA = 1\r\n\r\nB = 2\r\n", b"\xef\xbb\xbfA = 1\r\n"),
        ("# coding: latin-1\nA = 'é'\n\nB = 2\n".encode("latin-1"), "# coding: latin-1\nA = 'é'\n".encode("latin-1")),
    ],
)  # fmt: skip
def test_line_ends_a_mark_and_an_encoding_are_kept(before: bytes, after: bytes) -> None:
    assert rebuilt(module(before), {1}, {}) == after


def test_a_text_takes_on_the_line_ends_and_the_encoding_of_its_file() -> None:
    home = module("# coding: latin-1\r\nA = 'é'\r\n".encode("latin-1"))
    assert encoded(home, "B = 'ü'\nC = 3\r\n") == "B = 'ü'\r\nC = 3\r\n".encode("latin-1")
