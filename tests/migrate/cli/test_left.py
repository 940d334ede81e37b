"""How long the rest takes: never before a pace is known, never more exact than the guess."""

import pytest

from migrate.cli.left import WEIGHTS, left_words, seconds_left, spent_words, weights
from migrate.steps import BUILT_IN


@pytest.mark.parametrize(
    ("spent", "done", "total", "left"),
    [(1.0, 0, 10, None), (1.0, 5, 10, 1.0), (3.0, 10, 40, 9.0), (3.0, 10, 10, 0.0)],
)
def test_the_rest_goes_at_the_pace_so_far(
    spent: float, done: float, total: float, left: float | None
) -> None:
    assert seconds_left(spent, done, total) == left


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, ""), (12.3, "about 12 s left"), (200, "about 3 min left")],
)
def test_words(seconds: float, words: str) -> None:
    assert left_words(seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [(0.4, ""), (3.4, "3 s so far")])
def test_words_before_a_guess(seconds: float, words: str) -> None:
    assert spent_words(seconds) == words


def test_every_step_has_a_weight() -> None:
    assert WEIGHTS.keys() == {step.name for step in BUILT_IN if not step.only_named}
    assert weights(["split", "my-own"]) == [WEIGHTS["split"], 6]
