"""Keys: one text for all ways to write a call, and different ones for different calls."""

import dataclasses
import datetime
import decimal
import enum
import uuid
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_runtime.conf import SCOPE_ARGUMENTS
from target_runtime.errors import KeyArgumentError, OptionError, ScopeError
from target_runtime.idempotency.keys import (
    bound_arguments,
    canonical_name,
    defaults_of,
    key_of,
    scope_value,
)


def remind(user_id: int, notify: bool = True, *tags: str, **more: object) -> None:
    """A task's function."""


def key(
    *args: object, scope: str = "global", name: str = "remind", slot: str = "", **kwargs: object
) -> str:
    arguments = bound_arguments(remind, args, kwargs)
    value = scope_value(scope, arguments, SCOPE_ARGUMENTS)
    return key_of("converge", name, scope, value, arguments, slot)


def test_every_form_of_a_call_has_one_key() -> None:
    assert (
        len(
            {key(7), key(user_id=7), key(7, True), key(7, notify=True), key(user_id=7, notify=True)}
        )
        == 1
    )


@pytest.mark.parametrize(
    "other",
    [
        lambda: key(8),
        lambda: key("7"),
        lambda: key(7, False),
        lambda: key(7, True, "a"),
        lambda: key(7, extra=1),
        lambda: key(7, slot="2025-01-01T00:00Z"),
        lambda: key(7, name="other"),
        lambda: key(7, scope="user"),
    ],
)
def test_other_calls_have_other_keys(other: Callable[[], str]) -> None:
    assert other() != key(7)


def test_the_order_of_dicts_and_sets_does_not_count() -> None:
    assert key({"a": 1, "b": {3, 1}}) == key({"b": {1, 3}, "a": 1})
    assert key([1, 2]) != key([2, 1])
    assert key((1, 2)) == key([1, 2])


def test_a_number_as_a_dict_s_key_is_not_its_text() -> None:
    assert key({1: "a"}) != key({"1": "a"})


class Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Place:
    x: int


@pytest.mark.parametrize(
    "value",
    [
        None,
        1.5,
        b"\x00",
        datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc),
        datetime.date(2025, 1, 1),
        datetime.timedelta(hours=1),
        decimal.Decimal("1.50"),
        uuid.UUID(int=1),
        Colour.RED,
        Place(1),
        frozenset({1}),
    ],
)
def test_values_that_messages_carry_have_a_fixed_text(value: object) -> None:
    assert key(value) == key(value) != key("something else")


def test_an_object_without_a_fixed_text_is_refused_with_what_to_do() -> None:
    with pytest.raises(KeyArgumentError, match=r"'user_id' is a object.*send its id"):
        key(object())


def test_all_digits_of_a_decimal_count_and_no_zeros_at_its_end() -> None:
    long = "1." + "0" * 40
    assert key(decimal.Decimal(long + "1")) != key(decimal.Decimal(long + "2"))
    assert key(decimal.Decimal("1.50")) == key(decimal.Decimal("1.5"))
    assert key(decimal.Decimal("-0.0")) == key(decimal.Decimal("0"))
    assert key(decimal.Decimal("NaN")) != key(decimal.Decimal("Infinity"))


class Options:
    """What has no fixed text."""


def exports(user_id: int, options: Options = Options(), write: object = print) -> None:  # noqa: B008
    """A task's function with defaults that have no fixed text."""


def test_a_default_without_a_fixed_text_is_known_by_being_the_default() -> None:
    def made(*args: object, **kwargs: object) -> str:
        found = bound_arguments(exports, args, kwargs)
        return key_of("converge", "exports", "global", None, found, "", defaults_of(exports))

    assert made(1) == made(user_id=1) != made(2)
    assert made(1, write=None) != made(1)
    with pytest.raises(KeyArgumentError, match="'options' is a Options"):
        made(1, Options())


def test_a_renamed_task_keeps_its_keys() -> None:
    assert canonical_name("create_job()") == canonical_name("create_job") == "create_job"


def test_a_scope_takes_its_value_from_the_arguments() -> None:
    assert scope_value("user", {"user_id": 3}, SCOPE_ARGUMENTS) == 3
    assert scope_value("tenant", {"more": {"client_id": 4}}, SCOPE_ARGUMENTS) == 4
    assert scope_value(lambda given: given["a"], {"a": 5}, SCOPE_ARGUMENTS) == 5


def test_a_scope_that_no_argument_gives_is_refused() -> None:
    with pytest.raises(ScopeError, match="takes none of user_id"):
        scope_value("user", {"job": 1}, SCOPE_ARGUMENTS)
    with pytest.raises(OptionError, match="The scope 'users' is unknown"):
        scope_value("users", {}, SCOPE_ARGUMENTS)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_a_key_is_short_plain_and_of_the_values_alone(one: object, other: object) -> None:
    first = key(one)
    assert first == key(user_id=one)
    assert first.isascii()
    assert len(first) <= 200
    if repr(one) != repr(other):
        assert (first == key(other)) is False or one == other


@given(st.text(min_size=1))
def test_any_name_gives_a_key_that_the_stores_can_keep(name: str) -> None:
    assert len(key(1, name=name * 40)) <= 200
    assert key(1, name=name * 40).isascii()
