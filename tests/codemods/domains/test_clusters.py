"""Things are grouped by what they share: rare marks say much, common ones little, and groups fit."""

from random import Random

import pytest

from codemods.domains.clusters import Marks, add_likeness, grouped, mean_between, unlike


def alike(marks: list[Marks]) -> list[list[float]]:
    """How alike things with these marks are."""
    found = unlike(len(marks))
    add_likeness(found, 1.0, marks)
    return found


def groups(marks: list[Marks], least: float = 0.3, most: int = 99) -> list[list[int]]:
    """The groups of things with these marks, none of more than `most`."""
    return grouped(alike(marks), least, [1] * len(marks), lambda count, lines: count <= most)


def test_what_shares_a_mark_is_alike_and_what_all_have_says_nothing() -> None:
    found = alike([{"mail": 1, "task": 1}, {"mail": 1, "task": 1}, {"bill": 1, "task": 1}])
    assert found[0][1] == pytest.approx(1)
    assert found[0][2] == found[1][2] == 0


def test_a_rare_mark_says_more_than_a_common_one() -> None:
    marks: list[Marks] = [{"rare": 1, "one": 1}, {"rare": 1, "two": 1}]
    found = alike([*marks, {"one": 1}, {"one": 1}, {"two": 1}, {"two": 1}, {"two": 1}])
    assert found[0][1] > found[0][2] / 2 > 0
    assert found[1][0] > found[1][4]


def test_a_mark_that_one_alone_has_weakens_nothing() -> None:
    assert alike([{"a": 1, "own": 5}, {"a": 1}, {"b": 1}])[0][1] == pytest.approx(1)


def test_who_has_something_of_its_own_and_else_what_most_have_is_like_none() -> None:
    own: list[Marks] = [{"clerk": 1, f"own {n}": 1} for n in range(2)]
    others: list[Marks] = [{"clerk": 1, f"part {n // 3}": 1} for n in range(9)]
    lone: list[Marks] = [{f"part {n}": 1} for n in range(3)]
    assert alike([*own, *others, *lone])[0][1] < 0.4
    bare: list[Marks] = [{"clerk": 1}, {"clerk": 1}]
    assert alike([*bare, *others, *lone])[0][1] == pytest.approx(1)


@pytest.mark.parametrize("count", [0, 1])
def test_few_things(count: int) -> None:
    assert groups([{"a": 1}] * count) == [[n] for n in range(count)]


def test_the_likest_are_joined_first_and_unlike_ones_never() -> None:
    marks: list[Marks] = [{"a": 1}, {"b": 1}, {"a": 1}, {"b": 1}, {"c": 1}]
    assert groups(marks) == [[0, 2], [1, 3], [4]]


def test_no_group_is_larger_than_fits() -> None:
    marks: list[Marks] = [*[{"a": 1}] * 7, *[{"b": 1}] * 2]
    found = groups(marks, most=3)
    assert [len(group) for group in found] == [3, 3, 1, 2]


def test_lines_count_too() -> None:
    marks: list[Marks] = [{"a": 1}, {"a": 1}, {"a": 1}, {"b": 1}]
    found = grouped(alike(marks), 0.3, [60, 60, 30, 1], lambda count, lines: lines <= 100)
    assert sorted(map(sorted, found)) == [[0, 2], [1], [3]]


def test_what_is_bound_is_together_however_unlike_and_large() -> None:
    marks: list[Marks] = [{"a": 1}, {"b": 1}, {"a": 1}, {"b": 1}]
    found = grouped(alike(marks), 0.9, [1] * 4, lambda count, lines: count < 2, [[3, 0, 1]])
    assert found == [[0, 1, 3], [2]]


def test_the_mean_between_groups() -> None:
    found = [[0.0, 1.0, 0.5], [1.0, 0.0, 0.0], [0.5, 0.0, 0.0]]
    assert mean_between(found, [0, 1], [2]) == 0.25


@pytest.mark.parametrize("seed", range(30))
def test_groups_part_all_things_and_say_the_same_each_time(seed: int) -> None:
    random = Random(seed)
    marks: list[Marks] = [
        {mark: random.random() for mark in random.sample("abcdefgh", random.randint(0, 4))}
        for _ in range(random.randint(2, 40))
    ]
    most = random.randint(1, 8)
    found = groups(marks, random.random(), most)
    assert sorted(n for group in found for n in group) == list(range(len(marks)))
    assert max(map(len, found)) <= most
    assert found == groups(marks, 0.0, most) or all(group == sorted(group) for group in found)
