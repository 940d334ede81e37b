"""Names taken out of one import statement: what is said of them goes with them, and of the others stays."""

import pytest

from codemods.source.import_names import with_names, without_names


def lines(*inner: str) -> str:
    return "\n".join(["from a import (", *(f"    {line}" for line in inner), ")"])


@pytest.mark.parametrize(
    ("gone", "inner"),
    [
        ("one", ("# of two", "two,  # 2", "# of three", "three,")),
        ("two", ("# of one", "one,  # 1", "# of three", "three,")),
        ("three", ("# of one", "one,  # 1", "# of two", "two,  # 2")),
    ],
)
def test_comment_lines_above_a_name_go_with_it(gone: str, inner: tuple[str, ...]) -> None:
    text = lines("# of one", "one,  # 1", "# of two", "two,  # 2", "# of three", "three,")
    assert without_names(text, {gone}) == lines(*inner)


def test_comment_lines_above_a_name_follow_one_on_a_shared_line() -> None:
    text = lines("one, two,", "# of three", "three,")
    assert without_names(text, {"two"}) == lines("one,", "# of three", "three,")
    assert without_names(text, {"one"}) == lines("two,", "# of three", "three,")


def test_names_on_one_line_stay_on_it() -> None:
    assert without_names("from a import one, two, three  # why", {"two"}) == (
        "from a import one, three  # why"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(\n    one,  # 1\n    two  # 2\n)", "(\n    one,  # 1\n)"),
        ("(\n    one,\n    two  # 2\n)", "(\n    one,\n)"),
        ("(\n    one,  # 1\n    two\n)", "(\n    one,  # 1\n)"),
        ("(one,  # 1\n    two)", "(one,  # 1\n)"),
        ("(\n    one,\n    two\n)", "(\n    one\n)"),
        ("(\n    one,\n    two  # 2\n    # no more\n)", "(\n    one,\n    # no more\n)"),
    ],
)
def test_comments_of_others_stay_where_the_last_name_without_a_comma_goes(
    before: str, after: str
) -> None:
    assert without_names(f"from a import {before}", {"two"}) == f"from a import {after}"


def test_a_remark_behind_the_bracket_stays() -> None:
    text = "from a import (  # isort:skip\n    # of one\n    one,\n    # of two\n    two,\n)"
    after = "from a import (  # isort:skip\n    # of two\n    two,\n)"
    assert without_names(text, {"one"}) == after


def in_order(name: str) -> tuple[int, str]:
    return 0, name


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(chain,  # chains\n)", "(chain,  # chains\n    shared_task,\n)"),
        ("(  # parts\n    chain)", "(  # parts\n    chain,\n    shared_task)"),
        ("(\n    # parts\n    chain)", "(\n    # parts\n    chain,\n    shared_task)"),
        ("(\n    chain  # chains\n)", "(\n    chain,  # chains\n    shared_task,\n)"),
        ("(app, chain  # chains\n)", "(app, chain,  # chains\n    shared_task,\n)"),
        ("(\n    chain,\n    # no more\n)", "(\n    chain,\n    shared_task,\n    # no more\n)"),
        ("(\n    zip  # zips\n)", "(\n    shared_task,\n    zip  # zips\n)"),
    ],
)
def test_a_name_put_in_leaves_comments_where_they_are(before: str, after: str) -> None:
    text = f"from celery import {before}"
    assert with_names(text, ["shared_task"], in_order) == f"from celery import {after}"
