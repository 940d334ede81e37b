"""Which commits a report measures, where there are many."""

from reports.history import evenly, every_nth, sampled_line


def test_few_commits_are_all_measured() -> None:
    assert evenly(3, 5, []) == [0, 1, 2]
    assert evenly(5, 5, []) == [0, 1, 2, 3, 4]


def test_many_are_chosen_evenly_with_the_ends_and_the_kept_ones() -> None:
    assert evenly(101, 5, [7, 100]) == [0, 7, 25, 50, 75, 100]
    assert evenly(1000, 200, [])[:3] == [0, 5, 10]
    assert len(evenly(1000, 200, [])) == 200


def test_every_nth_has_the_ends_and_the_kept_ones_too() -> None:
    assert every_nth(10, 4, [5]) == [0, 4, 5, 8, 9]
    assert every_nth(3, 1, []) == [0, 1, 2]
    assert every_nth(0, 2, []) == []


def test_a_choice_is_told_with_how_to_get_all() -> None:
    assert sampled_line(20, 20) == ""
    assert sampled_line(200, 3412).startswith("200 of 3,412 commits measured, evenly")
    assert sampled_line(200, 3412).endswith("all of them: --every 1")
