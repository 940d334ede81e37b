"""Marks on functions, tasks and lazy proxies; options of classes; what is refused when declared."""

import uuid
from typing import Any

import pytest
from celery import Celery, shared_task

from target_runtime.errors import OptionError
from target_runtime.idempotency.marks import Mark, function_of, mark_of, with_idempotency
from target_runtime.tasks import IdempotentTask, RuntimeTask


@pytest.fixture
def app() -> Celery:
    """An app that is nobody else's."""
    return Celery(f"app{uuid.uuid4().hex}", set_as_current=False, task_cls=RuntimeTask)


def test_the_very_object_comes_back() -> None:
    def plain() -> None:
        pass

    proxy = shared_task(name=f"t{uuid.uuid4().hex}")(plain)
    assert with_idempotency()(plain) is plain
    assert with_idempotency()(proxy) is proxy


def test_a_shared_task_is_not_resolved_by_marking_it() -> None:
    """Resolving it at import would finalize a throw-away app."""
    current: Any = Celery(f"app{uuid.uuid4().hex}")

    @with_idempotency(ttl=5)
    @shared_task(name=f"t{uuid.uuid4().hex}")
    def work() -> None:
        pass

    assert not current.finalized
    current.close()


def test_a_task_of_an_app_is_marked_above_and_below(app: Celery) -> None:
    @with_idempotency(ttl=5)
    @app.task(shared=False, name="above")
    def above() -> None:
        pass

    @app.task(shared=False, name="below")
    @with_idempotency(ttl=6)
    def below() -> None:
        pass

    app.finalize()
    assert [mark_of(app.tasks[name]).ttl for name in ("above", "below")] == [5, 6]  # type: ignore[union-attr]


def test_a_task_that_was_used_already_can_still_be_marked(app: Celery) -> None:
    @app.task(shared=False, name="used")
    def used() -> None:
        pass

    assert used.name == "used"
    with_idempotency(ttl=7)(used)
    assert mark_of(app.tasks["used"]) == Mark(ttl=7)
    assert function_of(used).__name__ == "used"


def test_a_class_s_options_are_its_mark() -> None:
    class Base(IdempotentTask):
        idempotency_scope = "tenant"
        idempotency_category = "reports"

    found = mark_of(Base())
    assert found == Mark(scope="tenant", category="reports")


def test_a_scope_given_as_a_function_is_not_bound() -> None:
    class Base(IdempotentTask):
        idempotency_scope = lambda arguments: arguments["site"]  # noqa: E731

    found = mark_of(Base())
    assert found is not None
    assert callable(found.scope)
    assert found.scope({"site": 3}) == 3


def test_a_plain_task_has_no_mark() -> None:
    assert mark_of(RuntimeTask()) is None


def test_an_option_that_nobody_knows_is_refused_when_declared() -> None:
    with pytest.raises(
        OptionError, match="no option idempotency_tll: did you mean 'idempotency_ttl'"
    ):
        type("Bad", (IdempotentTask,), {"idempotency_tll": 3})


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("idempotency_ttl", -1),
        ("idempotency_lease", 0),
        ("idempotency_arguments", "key"),
        ("idempotency_mode", "debounce"),
    ],
)
def test_an_option_of_a_class_that_can_t_be_is_refused_when_declared(
    option: str, value: object
) -> None:
    with pytest.raises(OptionError, match="of an idempotent task"):
        type("Bad", (IdempotentTask,), {option: value})


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"ttl": 0}, "The ttl .* more than 0 seconds"),
        ({"ttl": "1h"}, "The ttl .* more than 0 seconds"),
        ({"lease": -1}, "The lease .* more than 0 seconds"),
        ({"arguments": "key"}, r"a tuple of names: \('key',\)"),
        ({"scope": ""}, "The scope is empty"),
        ({"mode": "last"}, "The mode .* is 'last': use once or coalesce"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(arguments: dict[str, object], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        with_idempotency(**arguments)  # type: ignore[arg-type]


def test_a_decorator_without_brackets_is_refused(app: Celery) -> None:
    with pytest.raises(OptionError, match="with brackets"):
        with_idempotency("global")("not a function")

    @app.task(shared=False, name="above")
    def above() -> None:
        pass

    with pytest.raises(OptionError, match="with brackets"):
        with_idempotency(above)

    @app.task(shared=False, name="below")
    @with_idempotency  # type: ignore[arg-type]
    def below(user_id: int) -> None:
        pass

    with pytest.raises(OptionError, match=r"with brackets.* It stands so at .*below"):
        app.finalize()


def test_a_mark_is_found_through_other_decorators(app: Celery) -> None:
    import functools
    from collections.abc import Callable

    def wrapping(function: Callable[[], None]) -> Callable[[], None]:
        @functools.wraps(function)
        def inner() -> None:
            function()

        return inner

    @app.task(shared=False, name="outside")
    @with_idempotency(ttl=5)
    @wrapping
    def outside() -> None:
        pass

    @app.task(shared=False, name="inside")
    @wrapping
    @with_idempotency(ttl=6)
    def inside() -> None:
        pass

    assert [mark_of(app.tasks[name]).ttl for name in ("outside", "inside")] == [5, 6]  # type: ignore[union-attr]
