"""How long lines may get: as the file's own code, where texts and comments are no measure."""

import pytest

from codemods.source.own_layout import line_limit
from codemods.source.text import Source


def code(width: int) -> str:
    """A line of plain code of this width."""
    return "value = " + " + ".join(["1"] * ((width - 8) // 4)).ljust(width - 8, "1") + "\n"


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("x = 1\n", 88),
        (code(100), 100),
        (code(140), 120),
        ('"""' + "word " * 25 + '"""\n', 88),
        ('x = """\n' + "word " * 25 + '\n"""\n', 88),
        ("# " + "word " * 25 + "\n", 88),
        ("x = 1  # " + "word " * 25 + "\n", 88),
        ('log("' + "word " * 25 + '")\n', 88),
        ('log(f"' + "word " * 25 + '")\n', 88),
        ('check("one", ' + "a, " * 30 + '"two")\n', 109),
        ("", 88),
    ],
)
def test_the_limit_is_that_of_the_files_code(text: str, limit: int) -> None:
    assert line_limit(Source(text.encode())) == limit
