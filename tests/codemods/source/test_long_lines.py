"""Lines that an edit made too long, broken as black breaks them."""

import pytest

from codemods.layout.layout import Layout
from codemods.source.long_lines import broken_where_long


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('@patch("shop.tasks.now", new=5)\ndef f(): pass\n', '@patch(\n    "shop.tasks.now", new=5\n)\ndef f(): pass\n'),
        ('A = call("one", "two", "three", four=4)\n', 'A = call(\n    "one",\n    "two",\n    "three",\n    four=4,\n)\n'),
        ('A = ("one.tasks", "two.tasks", 3)\n', 'A = (\n    "one.tasks",\n    "two.tasks",\n    3,\n)\n'),
        ('A = {"task": "shop.tasks", "x": (1)}\n', 'A = {\n    "task": "shop.tasks",\n    "x": (1),\n}\n'),
        ('if x:\n    A = call("one.tasks", **options)\n', 'if x:\n    A = call(\n        "one.tasks", **options\n    )\n'),
        ('with a("one.one"), b("two.two"):\n    pass\n', 'with a("one.one"), b(\n    "two.two"\n):\n    pass\n'),
        ('A = call("one.tasks", "two.tasks")  # why\n', None),
        ('A = "one.tasks" + "two.tasks" + "three"\n', None),
        ("A = any(x for x in long_name_of_things)\n", None),
        ('A = f"{one(two)} and some more of words"\n', None),
        ("A = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12\n", None),
    ],
)  # fmt: skip
def test_a_line_that_is_new_and_long(line: str, wanted: str | None) -> None:
    found = broken_where_long(b"x = 1\n", line.encode(), Layout(width=30)).decode()
    assert found == (line if wanted is None else wanted)


def test_a_line_that_was_long_before_stays() -> None:
    line = b'A = call("one.tasks", "two.tasks")\n'
    assert broken_where_long(line, line + b"B = 1\n", Layout(width=20)) == line + b"B = 1\n"


def test_elements_that_share_a_long_line_get_one_each() -> None:
    before = b'A = call(\n    "one", inner(2, 3)\n)\n'
    after = before.replace(b'"one"', b'"one.tasks.of.shop"')
    assert broken_where_long(before, after, Layout(width=30)).decode() == (
        'A = call(\n    "one.tasks.of.shop",\n    inner(2, 3),\n)\n'
    )


def test_brackets_in_brackets() -> None:
    line = b'A = call(inner("one.tasks", "two.tasks"), 5)\n'
    assert broken_where_long(b"", line, Layout(width=24)).decode() == (
        'A = call(\n    inner(\n        "one.tasks",\n        "two.tasks",\n    ),\n    5,\n)\n'
    )
