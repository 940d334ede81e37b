"""A Bowler query: a helper of the project gets a keyword, at its definition and at each of its calls."""

from collections.abc import Callable

from bowler import LN, Capture, Filename, Query


def query(function: str, name: str, value: str) -> Query:
    """Adds `name=value` wherever the function is defined or called without it."""
    return (
        Query()
        .select_function(function)
        .filter(without(name))
        .add_argument(name, value, positional=False)
    )


def without(name: str) -> Callable[[LN, Capture, Filename], bool]:
    """Whether code does not speak of the keyword yet: a second run must change nothing."""

    def is_without(node: LN, capture: Capture, filename: Filename) -> bool:
        return name not in str(node)

    return is_without
