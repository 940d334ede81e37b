"""The base classes: retries, limits, hosts that are held back, eager runs, class tasks."""

import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery
from celery.exceptions import Reject, Retry, SoftTimeLimitExceeded

from target_runtime import conf
from target_runtime.errors import CircuitOpenError, StoreUnavailableError
from target_runtime.idempotency.guard import Run
from target_runtime.idempotency.service import UniversalIdempotencyService
from target_runtime.observe.messages import SLOT
from target_runtime.stores.configured import MEMORY
from target_runtime.stores.memory import MemoryStore
from target_runtime.stores.renewer import RENEWER
from target_runtime.stores.values import Owner, State
from target_runtime.tasks import (
    EmailTask,
    ExternalAPITask,
    IdempotentTask,
    MaintenanceTask,
    ReportTask,
    RuntimeTask,
)
from target_runtime.tasks.answers import retry_after
from target_runtime.tasks.circuit import CIRCUITS


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[Celery]:
    """An app with keys in memory, whose tasks run at once."""
    settings = conf.read({"store": "memory"})
    monkeypatch.setattr(conf, "current", lambda: settings)
    made: Celery = Celery(
        f"a{uuid.uuid4().hex}", broker="memory://", backend="cache+memory://", task_cls=RuntimeTask
    )
    MEMORY.forget()
    CIRCUITS.forget()
    with made.connection():
        yield made
    made.close()


def test_a_duplicate_returns_the_first_result(app: Celery) -> None:
    runs: list[int] = []

    @app.task(shared=False, base=IdempotentTask, name="work")
    def work(a: int, b: int = 2) -> dict[str, int]:
        runs.append(a)
        return {"sum": a + b}

    results = [work.apply((1,)).get(), work.apply((1, 2)).get(), work.apply(kwargs={"a": 1}).get()]
    assert results == [{"sum": 3}] * 3
    assert runs == [1]


def test_a_call_as_a_function_is_no_delivery(app: Celery) -> None:
    runs: list[int] = []

    @app.task(shared=False, base=IdempotentTask, name="work")
    def work(a: int) -> int:
        runs.append(a)
        return a

    assert [work(1), work(1)] == [1, 1]
    assert runs == [1, 1]


def test_a_task_that_calls_itself_as_a_function_is_guarded_once(app: Celery) -> None:
    @app.task(shared=False, base=IdempotentTask, name="work")
    def work(a: int) -> int:
        return a if a == 0 else work(a - 1) + 1

    assert work.apply((3,)).get() == 3


def test_an_eager_duplicate_inside_its_own_run_does_not_wait_for_itself(app: Celery) -> None:
    @app.task(shared=False, base=IdempotentTask, name="work")
    def work() -> str:
        return f"inner gave {work.apply().get()}"

    assert work.apply().get() == "inner gave None"


def test_eager_runs_can_be_left_unguarded(app: Celery, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = conf.read({"store": "memory", "enforce_eager": False})
    monkeypatch.setattr(conf, "current", lambda: settings)
    runs: list[int] = []

    @app.task(shared=False, base=IdempotentTask, name="work")
    def work() -> None:
        runs.append(1)

    work.apply()
    work.apply()
    assert runs == [1, 1]


def test_eager_retries_run_again_and_are_remembered(app: Celery) -> None:
    runs: list[int] = []

    @app.task(shared=False, base=IdempotentTask, name="work", bind=True, autoretry_for=())
    def work(self: Any) -> str:
        runs.append(self.request.retries)
        if self.request.retries < 2:
            raise self.retry(countdown=0)
        return "done"

    work.apply()
    assert runs == [0, 1, 2]
    assert work.apply().get() == "done"
    assert runs == [0, 1, 2]


def test_a_failure_leaves_no_key(app: Celery) -> None:
    runs: list[int] = []

    @app.task(shared=False, base=IdempotentTask, name="work", autoretry_for=())
    def work() -> None:
        runs.append(1)
        raise ValueError

    for _ in range(2):
        assert work.apply().state == "FAILURE"
    assert runs == [1, 1]


def test_a_result_that_is_no_json_is_said_and_gives_none(
    app: Celery, caplog: pytest.LogCaptureFixture
) -> None:
    @app.task(shared=False, base=IdempotentTask, name="work")
    def work() -> object:
        return work

    work.apply()
    assert work.apply().get() is None
    assert "its result is no JSON" in caplog.text


@pytest.mark.parametrize("step", ["RENEWER.end", "Run._stored"])
def test_a_soft_limit_that_strikes_after_the_end_throws_no_result_away(
    step: str, app: Celery, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, name = (RENEWER, "end") if step == "RENEWER.end" else (Run, "_stored")
    real, strikes = getattr(owner, name), [SoftTimeLimitExceeded()]

    def struck(*args: Any) -> None:
        if strikes:
            raise strikes.pop()
        real(*args)

    monkeypatch.setattr(owner, name, struck)

    @app.task(shared=False, base=IdempotentTask, name="work", autoretry_for=())
    def work() -> str:
        return uuid.uuid4().hex

    assert work.apply(throw=True).get() == work.apply(throw=True).get()
    assert not strikes
    assert not RENEWER.holds


def test_a_class_task_is_registered_by_being_defined() -> None:
    name = f"class{uuid.uuid4().hex}"
    type("CloseJobs", (IdempotentTask,), {"name": name, "run": lambda self: "closed"})
    app = Celery("later", set_as_current=False)
    app.finalize()
    assert name in app.tasks


def test_a_class_task_that_inherits_its_run_is_registered_too(app: Celery) -> None:
    class Sync(IdempotentTask):
        abstract = True
        region = ""

        def run(self) -> str:
            return self.region

    class SyncEurope(Sync):
        name = f"sync{uuid.uuid4().hex}"
        region = "europe"

    app.finalize()
    assert SyncEurope.name in app.tasks
    assert app.tasks[SyncEurope.name].run() == "europe"


def test_a_class_without_run_is_a_base() -> None:
    name = f"base{uuid.uuid4().hex}"
    type("Base", (IdempotentTask,), {"name": name})
    app = Celery("later", set_as_current=False)
    app.finalize()
    assert name not in app.tasks


@pytest.mark.parametrize(
    ("base", "retries", "first", "longest"),
    [
        (IdempotentTask, 3, 10, 600),
        (EmailTask, 5, 5, 120),
        (ReportTask, 2, 300, 3600),
        (ExternalAPITask, 3, 10, 600),
    ],
)
def test_a_bare_retry_waits_as_the_backoff_says(
    base: type[RuntimeTask], retries: int, first: int, longest: int
) -> None:
    task = base()
    assert task.max_retries == retries
    task.retry_jitter = False  # type: ignore[attr-defined]
    assert [task.backoff(n) for n in (0, 1)] == [first, first * 2]
    assert task.backoff(40) == longest


def test_no_retry_by_backoff_comes_at_once(app: Celery, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its end would be overwritten by the state of the attempt before it."""
    monkeypatch.setattr("random.randrange", lambda _: 0)

    @app.task(shared=False, base=IdempotentTask, name="spaced")
    def task() -> None: ...

    @app.task(shared=False, base=RuntimeTask, name="unspaced")
    def plain() -> None: ...

    assert task.backoff(0) == 1
    assert [task.wait(None, asked) for asked in (None, 0, 0.5, 7)] == [1, 1, 0.5, 7]
    assert [plain.wait(None, asked) for asked in (None, 0)] == [None, 0]


def test_the_task_class_of_an_app_changes_no_retry_by_hand(app: Celery) -> None:
    """Tasks get it that nobody named."""

    @app.task(shared=False, name="own", bind=True, retry_backoff=15, max_retries=3)
    def own(self: Any) -> None: ...

    assert isinstance(own, RuntimeTask)
    assert [own.wait(None, asked) for asked in (None, 7, 0)] == [None, 7, 1]


def test_both_ways_to_retry_wait_alike(app: Celery) -> None:
    waits: list[object] = []

    class Watched(EmailTask):
        retry_jitter = False

        def apply_async(self, *args: Any, **kwargs: Any) -> Any: ...

        def signature_from_request(self, *args: Any, **options: Any) -> Any:
            waits.append(options["countdown"])
            return super().signature_from_request(*args, **options)

    @app.task(shared=False, base=Watched, name="by_hand", bind=True, autoretry_for=())
    def by_hand(self: Any) -> None:
        raise self.retry()

    @app.task(shared=False, base=Watched, name="by_itself")
    def by_itself() -> None:
        raise ValueError

    for task in (by_hand, by_itself):
        task.push_request(
            retries=2, called_directly=False, id="1", is_eager=False, delivery_info={}
        )
        with pytest.raises(Retry):
            task.run()
        task.pop_request()
    assert waits == [20, 20]


def test_what_a_decorator_says_wins(app: Celery) -> None:
    @app.task(
        shared=False, base=EmailTask, name="mail", max_retries=9, time_limit=5, retry_backoff=1
    )
    def mail() -> None: ...

    assert (mail.max_retries, mail.time_limit, mail.soft_time_limit) == (9, 5, 110)


@pytest.mark.parametrize(
    "options", [{"default_retry_delay": 60}, {"retry_kwargs": {"countdown": 60}}]
)
def test_a_fixed_delay_of_a_decorator_wins_over_the_backoff_of_its_base(
    options: dict[str, Any], app: Celery
) -> None:
    @app.task(shared=False, base=IdempotentTask, name="fails", bind=True, **options)
    def fails(self: Any) -> None:
        raise KeyError

    app.finalize()
    task = app.tasks["fails"]
    task.push_request(id="1", retries=2, called_directly=False, is_eager=False, delivery_info={})
    with pytest.raises(Retry) as caught:
        task.run()
    task.pop_request()
    assert caught.value.when == 60


def test_no_base_class_retries_a_soft_limit() -> None:
    for base in (IdempotentTask, EmailTask, ReportTask, ExternalAPITask):
        assert SoftTimeLimitExceeded in base.dont_autoretry_for
        assert not hasattr(base, "retry_kwargs")


def test_maintenance_is_not_retried(app: Celery) -> None:
    @app.task(shared=False, base=MaintenanceTask, name="clean", bind=True)
    def clean(self: Any) -> None:
        self.retry(exc=KeyError("gone"))

    assert isinstance(clean.apply().result, KeyError)


class Answer(Exception):
    """What an HTTP library raises, with an answer."""

    def __init__(self, **headers: str) -> None:
        self.response = type(
            "Response", (), {"headers": {k.replace("_", "-"): v for k, v in headers.items()}}
        )()


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (Answer(Retry_After="17"), 17),
        (Answer(Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"), 0),
        (Answer(Retry_After="soon"), 0),
        (Answer(), 0),
        (ValueError(), 0),
        (None, 0),
        (Answer(Retry_After="99999999999999999"), 3600),
        (Answer(Retry_After="9" * 400), 3600),
    ],
)
def test_retry_after_is_read_as_http_has_it(error: BaseException | None, seconds: float) -> None:
    assert retry_after(error) == seconds


def test_an_api_s_retry_after_is_waited_for(app: Celery) -> None:
    @app.task(shared=False, base=ExternalAPITask, name="call", bind=True, retry_jitter=False)
    def call(self: Any) -> None: ...

    answer = Answer(Retry_After="120")
    assert [call.wait(answer, None), call.wait(answer, 500), call.wait(Answer(), None)] == [
        120,
        500,
        10,
    ]


def answer() -> None:
    """What a server says that is asked too often."""
    raise Answer(Retry_After="120")


def test_a_retry_by_hand_waits_as_the_answer_asks_and_counts_for_the_host(app: Celery) -> None:
    waits: list[object] = []

    class Careful(ExternalAPITask):
        autoretry_for = ()
        retry_jitter = False
        api_host = "api.example.com"
        breaker_failures = 3

    @app.task(shared=False, base=Careful, name="call", bind=True)
    def call(self: Any) -> None:
        try:
            answer()
        except Answer:
            try:
                self.retry(max_retries=9)
            except Retry as asked:
                waits.append(asked.when)
                raise

    assert isinstance(call.apply().result, CircuitOpenError)
    assert waits == [120, 120, 120]


def test_no_base_class_retries_what_the_task_rejects(app: Celery) -> None:
    for base in (IdempotentTask, EmailTask, ReportTask, ExternalAPITask):
        runs: list[int] = []

        @app.task(shared=False, base=base, name=f"reject_{base.__name__}", retry_backoff=1)
        def reject(runs: list[int] = runs) -> None:
            runs.append(1)
            raise Reject("not mine", requeue=False)

        with pytest.raises(Reject):
            reject.run()
        assert runs == [1]


def test_a_host_is_held_back_after_failures_in_a_row(app: Celery) -> None:
    runs: list[str] = []

    class Careful(ExternalAPITask):
        autoretry_for = ()
        api_host = "api.example.com"
        breaker_failures = 2
        breaker_seconds = 0.3

    @app.task(shared=False, base=Careful, name="call")
    def call(word: str) -> str:
        runs.append(word)
        if word == "fail":
            raise ConnectionError
        return word

    assert [call.apply(("fail",)).state for _ in range(2)] == ["FAILURE", "FAILURE"]
    assert isinstance(call.apply(("held",)).result, CircuitOpenError)
    assert runs == ["fail", "fail"]
    time.sleep(0.35)
    assert call.apply(("back",)).get() == "back"
    assert call.apply(("again",)).get() == "again"


def test_a_host_s_own_circuit_is_entered_once_and_closes(app: Celery) -> None:
    """`api_host` of the class and `calling` in the body are one call."""
    for _ in range(5):
        with pytest.raises(KeyError), CIRCUITS.calling("a", 5, 0.05):
            raise KeyError
    time.sleep(0.1)
    with CIRCUITS.calling("a", 5, 0.05), CIRCUITS.calling("a", 5, 0.05):
        pass
    with CIRCUITS.calling("a", 5, 0.05):
        pass


def test_a_host_that_is_held_back_does_not_count_against_another(app: Celery) -> None:
    for _ in range(9):
        with pytest.raises(CircuitOpenError), CIRCUITS.calling("a", 5, 60):
            raise CircuitOpenError("b", 5.0)
    with CIRCUITS.calling("a", 5, 60):
        pass


def test_keys_can_be_looked_at_and_cleared(app: Celery) -> None:
    app.set_current()

    @app.task(shared=False, base=IdempotentTask, name="work")
    def work(a: int = 1) -> int:
        return a

    service = UniversalIdempotencyService()
    assert not service.check_idempotency_key("work", "global")
    work.apply()
    found = service.check_idempotency_key("work", "global", (), {"a": 1})
    assert (found.state.value, found.result) == ("completed", 1)
    assert service.clear_idempotency_key("work", "global")
    assert not service.clear_idempotency_key("work", "global")
    assert not service.check_idempotency_key("work", "global")


def test_a_service_looks_in_the_store_that_it_is_given(app: Celery) -> None:
    app.set_current()

    @app.task(shared=False, base=IdempotentTask, name="work")
    def work(a: int = 1) -> None: ...

    own = MemoryStore()
    settings = conf.read({"store": "memory", "namespace": "elsewhere", "lease": 12.0})
    service = UniversalIdempotencyService(own, settings)
    key = service.key(work, (), {})
    assert key.startswith("elsewhere:")
    service.claim(key, Owner("token", "message", 0))
    assert 11 < own.look(key).remaining <= 12
    assert service.check_idempotency_key("work", "global").state is State.IN_PROGRESS
    assert not UniversalIdempotencyService().check_idempotency_key("work", "global")


def test_a_run_that_beat_sent_can_be_looked_at_and_cleared(app: Celery) -> None:
    """Its key holds the scheduled time, which nobody wants to type."""
    app.set_current()
    app.conf.beat_schedule = {"close": {"task": "close_jobs", "schedule": 3600.0}}
    runs: list[int] = []

    @app.task(shared=False, base=IdempotentTask, name="close_jobs")
    def close_jobs() -> str:
        runs.append(1)
        return "closed"

    service = UniversalIdempotencyService()
    slot = f"3600s:{int(time.time() // 3600)}"
    close_jobs.apply(headers={SLOT: slot}).get()
    assert close_jobs.apply(headers={SLOT: slot}).get() == "closed"
    assert runs == [1]
    assert service.check_idempotency_key("close_jobs", "global").result == "closed"
    assert service.clear_idempotency_key("close_jobs", "global")
    assert not service.check_idempotency_key("close_jobs", "global")


@pytest.mark.parametrize("names", [("old-name", "new"), ("create_job()", "create_job")])
def test_both_sides_of_a_rename_make_the_same_keys(
    names: tuple[str, str], app: Celery, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = names
    monkeypatch.setattr("target_runtime.aliases._known", {old: new})

    @app.task(shared=False, base=IdempotentTask, name=old)
    def before(a: int) -> None: ...

    @app.task(shared=False, base=IdempotentTask, name=new)
    def after(a: int) -> None: ...

    service = UniversalIdempotencyService()
    assert service.key(before, (1,), {}) == service.key(after, (1,), {})


def test_an_eager_call_under_the_lease_of_another_process_says_so(app: Celery) -> None:
    """Returning nothing would look like a run."""
    runs: list[int] = []

    @app.task(shared=False, base=IdempotentTask, name="work", autoretry_for=())
    def work() -> None:
        runs.append(1)

    service = UniversalIdempotencyService()
    MEMORY.claim(service.key(work, (), {}), Owner("token", "another", 0), 12)
    with pytest.raises(StoreUnavailableError, match="is held by another for 12 s"):
        work.apply(throw=True)
    assert runs == []


def test_an_eager_call_of_what_another_thread_runs_is_no_result(app: Celery) -> None:
    """Returning nothing would look like a run."""
    begun, goes_on = threading.Event(), threading.Event()

    @app.task(shared=False, base=IdempotentTask, name="slow", autoretry_for=())
    def slow() -> str:
        begun.set()
        goes_on.wait(10)
        return "real"

    first: list[object] = []
    work = threading.Thread(target=lambda: first.append(slow.apply().get()))
    work.start()
    assert begun.wait(10)
    with pytest.raises(StoreUnavailableError, match="is held by"):
        slow.apply(throw=True)
    goes_on.set()
    work.join(10)
    assert first == ["real"]
