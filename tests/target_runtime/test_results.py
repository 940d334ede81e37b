"""Results as they are kept with a key, and whether the backend has those that are not."""

from typing import Any

import pytest
from celery import Celery, chain, chord

from target_runtime.idempotency.backends import is_readable, keeps_result_of
from target_runtime.idempotency.results import decoded, elsewhere, encoded, in_backend, replaced


def nothing(*_: object) -> None:
    """A task's function."""


def task_of(serializer: str) -> Any:
    app = Celery(f"results-{serializer}", set_as_current=False, backend="cache+memory://")
    app.conf.result_serializer = serializer
    return app.task(name="work", shared=False)(nothing)


@pytest.mark.parametrize("result", [None, {"a": [1, 2.5]}, "text", True, [], {"1": None}])
def test_json_comes_back(result: object) -> None:
    data = encoded(result, 999, task_of("json"))
    assert decoded(data) == result
    assert elsewhere(data) is None


@pytest.mark.parametrize(("serializer", "is_kept"), [("json", True), ("pickle", False)])
def test_what_json_changes_is_left_to_a_backend_that_does_not(
    serializer: str, is_kept: bool
) -> None:
    assert (encoded({1: ("a", 2)}, 999, task_of(serializer)) is not None) is is_kept


def test_where_a_result_is_kept() -> None:
    assert elsewhere(in_backend("id")) == ("id", False, True)
    lost = elsewhere(in_backend("id", is_writable=False))
    assert lost == ("id", False, False)
    assert lost.is_lost
    assert elsewhere(replaced("id", is_kept=True)) == ("id", True, True)
    silent = elsewhere(replaced("id", is_kept=False))
    assert silent == ("id", True, False)
    assert not silent.is_lost


@pytest.mark.parametrize(
    ("backend", "readable"),
    [("cache+memory://", True), ("rpc://", False), ("disabled://", False)],
)
def test_a_backend_that_only_the_caller_reads(backend: str, readable: bool) -> None:
    with Celery(broker="memory://", backend=backend, set_as_current=False) as app:
        assert is_readable(app.backend) is readable


def test_the_result_of_what_takes_a_task_s_place_is_that_of_its_end() -> None:
    app = Celery(broker="memory://", backend="cache+memory://", set_as_current=False)
    loud: Any = app.task(name="loud", shared=False)(nothing)
    silent: Any = app.task(name="silent", shared=False, ignore_result=True)(nothing)
    app.finalize()
    kept = [loud.s(), chain(silent.s(), loud.s()), chord([silent.s()], loud.s())]
    kept += [silent.s().set(ignore_result=False), app.signature("of.another.project")]
    lost = [silent.s(), chain(loud.s(), silent.s()), chord([loud.s()], silent.s())]
    lost.append(loud.s().set(ignore_result=True))
    assert [keeps_result_of(loud, one) for one in kept] == [True] * len(kept)
    assert [keeps_result_of(loud, one) for one in lost] == [False] * len(lost)
