"""The demo really runs: its own tests, its registry, and its workers on Redis, before and after."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery import Celery
from celery.result import AsyncResult

from migrate.verify.registry import INSIDE
from tests.servers import redis_server, wait_for

OLD = ("auto_close_jobs()", "create_job()", "perform_face_check()", "publish_mqtt()", "send_ticket_email()", "ticket_escalation()")  # fmt: skip
NEW = tuple(name.removesuffix("()") for name in OLD)

SETTINGS = """\
from intelliwiz_config.settings import *

MQTT_BROKER = ""
CELERY_TASK_ANNOTATIONS = {"*": {"default_retry_delay": 0.1}}
CELERY_TASK_CREATE_MISSING_QUEUES = True
"""


def environment(folder: Path, **more: str) -> dict[str, str]:
    known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return known | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **more}


@pytest.mark.parametrize("name", ["base", "04-aliases", "05-names", "08-runtime"])
def test_its_own_tests_pass(checkouts: dict[str, Path], name: str) -> None:
    folder = checkouts[name]
    done = subprocess.run(
        [sys.executable, "manage.py", "test"],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Ran 159 tests" in done.stderr


def registry(folder: Path) -> dict[str, dict[str, dict[str, object]]]:
    command = [
        sys.executable,
        "-W",
        "ignore",
        str(INSIDE / "registry.py"),
        "intelliwiz_config.celery:app",
    ]
    done = subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=True
    )
    found: dict[str, dict[str, dict[str, object]]] = json.loads(done.stdout.rpartition("@@")[2])
    return found


def test_the_registry_is_the_same_set_plus_the_renames(checkouts: dict[str, Path]) -> None:
    before, gate1, gate2 = (registry(checkouts[n]) for n in ("base", "04-aliases", "05-names"))
    assert len(before["keys"]) == 94
    assert set(gate1["keys"]) == set(before["keys"]) | set(NEW)
    assert set(gate2["keys"]) == set(gate1["keys"])
    assert set(gate1["tasks"]) == set(before["tasks"])
    assert set(gate2["tasks"]) == set(before["tasks"]) - set(OLD) | set(NEW)
    # Two copies bear this name, and which one wins follows memory addresses.
    once = [(old, new) for old, new in zip(OLD, NEW, strict=True) if new != "send_ticket_email"]
    for old, new in once:
        for part in ("signature", "bound"):
            assert gate2["tasks"][new][part] == before["tasks"][old][part]
        assert gate2["routes"][new] == gate2["routes"][old] == before["routes"][old]


@pytest.mark.parametrize("level", ["stub", "boot"])
def test_verify_proves_it_again(demo: Path, level: str) -> None:
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "migrate",
        "verify",
        "-C",
        str(demo),
        "--prove",
        level,
    ]
    done = subprocess.run(
        [*command, "--python", sys.executable, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    assert found["findings"] == []
    assert {step["name"]: step["proof"][level] for step in found["steps"]} == {
        "split": "held",
        "dedupe": "held",
        "decorators": "held",
        "aliases": "held",
        "names": "held",
        "beat": "held",
        "routes": "held",
        "runtime": "held",
    }


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@contextmanager
def worker(folder: Path, broker: str, queues: str) -> Iterator[None]:
    """A prefork worker of one checkout."""
    (folder / "worker_settings.py").write_text(SETTINGS)
    env = environment(
        folder,
        CELERY_BROKER_URL=broker,
        CELERY_RESULT_BACKEND=broker,
        DJANGO_SETTINGS_MODULE="worker_settings",
    )
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=folder, env=env, check=True)
    log = (folder / "worker.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "celery", "-A", "intelliwiz_config.celery", "worker",
         "--concurrency=2", "--loglevel=INFO", "-Q", queues],
        cwd=folder, env=env, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        wait_for(
            lambda: " ready." in (folder / "worker.log").read_text(),
            60,
            "the worker does not start",
        )
        yield
    finally:
        process.terminate()
        process.wait(20)
        log.close()


ARGUMENTS: dict[str, list[object]] = {
    "perform_face_check": [999999],
    "publish_mqtt": ["site/1/door", {"open": True}],
    "send_ticket_email": [999999],
}


@pytest.mark.parametrize("name", ["04-aliases", "05-names"])
def test_messages_under_every_name_run(checkouts: dict[str, Path], name: str, broker: str) -> None:
    """Plain, with an ETA, and retried: each message is executed, whichever name it bears."""
    folder, queue = checkouts[name], f"q{name}"
    sender = Celery(broker=broker, backend=broker)
    sent: dict[str, AsyncResult[object]] = {}
    with worker(folder, broker, queue):
        for task in (*OLD, *NEW):
            arguments = ARGUMENTS.get(task.removesuffix("()"), [])
            sent[f"{task} plain"] = sender.send_task(task, arguments, queue=queue)
            sent[f"{task} eta"] = sender.send_task(task, arguments, queue=queue, countdown=1)
        wait_for(
            lambda: all(result.ready() for result in sent.values()), 60, "not all messages ran"
        )
    log = (folder / "worker.log").read_text()
    sender.close()
    assert "unregistered" not in log
    assert {
        key: str(result.state)
        for key, result in sent.items()
        if result.state not in {"SUCCESS", "FAILURE"}
    } == {}
    for mqtt in ("publish_mqtt()", "publish_mqtt"):
        # Four retries, then the message is kept in a table, and the task says 0.
        assert sent[f"{mqtt} plain"].get() == 0
        assert log.count(f"[{sent[f'{mqtt} plain'].id}] retry: Retry in") == 4
    own = "publish_mqtt" if name == "05-names" else "publish_mqtt()"
    assert f"Task {own}[{sent['publish_mqtt plain'].id}] succeeded" in log


def test_the_plan_asks_a_worker_which_copy_it_runs(demo: Path, broker: str, tmp_path: Path) -> None:
    folder = tmp_path / "live"
    subprocess.run(["git", "clone", "-q", str(demo), str(folder)], check=True)
    with worker(folder, broker, "celery"):
        env = environment(
            folder,
            CELERY_BROKER_URL=broker,
            CELERY_RESULT_BACKEND=broker,
            DJANGO_SETTINGS_MODULE="worker_settings",
        )
        command = [sys.executable, "-m", "migrate", "plan", "-C", str(folder), "--rev", "HEAD"]
        done = subprocess.run(
            [*command, "--live", "--python", sys.executable, "--json", "--check"],
            env=env | {"PYTHONPATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
    assert "1 worker answered, for " in done.stderr, done.stderr[-2000:]
    plan = json.loads(done.stdout)
    (dedupe,) = [step for step in plan["steps"] if step["name"] == "dedupe"]
    told = [item["because"] for item in dedupe["decisions"] if "a worker runs" in item["because"]]
    # The copies of the others do not differ in what a worker tells of a task.
    assert told
