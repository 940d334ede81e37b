"""Modules from Python's own grammar, each made the module of tasks of a small project."""

from collections.abc import Callable
from random import Random

import hypothesmith
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.making import Made, around

MODULES = hypothesmith.from_grammar() | hypothesmith.from_node()


def with_modules(tried: Callable[[Made], None], times: int) -> Callable[[], None]:
    """A function that tries so many projects, the same ones each time; `.hypothesis.fuzz_one_input` one of bytes."""

    @given(MODULES, st.integers(0, 2**32))
    @settings(
        max_examples=times,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def one(module: str, seed: int) -> None:
        tried(around(module, Random(seed)))

    return one
