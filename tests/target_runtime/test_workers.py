"""The workers' script and its page, on a private Redis and on this machine's RabbitMQ."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from celery import Celery
from celery.app.task import Context
from kombu import Exchange, Queue

from target_runtime import conf
from target_runtime.errors import RouteError, RuntimeFault
from target_runtime.observe import messages
from target_runtime.workers.exporter import Queues
from target_runtime.workers.kept import Kept, kept
from target_runtime.workers.page import page
from target_runtime.workers.pools import Pool
from target_runtime.workers.processes import Processes, worker_command
from target_runtime.workers.watch import Row, Watch
from tests.servers import free_port
from tests.target_runtime.conftest import ROOT, Shop, patiently
from tests.target_runtime.servers import SITE, RedisServer, until

Make = Callable[..., Shop]


class Script:
    """`python -m target_runtime.workers` on the test site."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.environment = os.environ | shop.environment | {"PYTHONPATH": f"{SITE}:{ROOT}"}

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "target_runtime.workers", *words, "-A", "shop_site"]
        return subprocess.run(
            command,
            env=self.environment,
            cwd=self.shop.folder,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def script(shop: Make, broker: RedisServer) -> Iterator[Script]:
    here = shop(
        broker,
        celery={"task_queues": {"email": {}, "critical": {}}, "task_default_queue": "default"},
        metrics_interval=0.2,
    )
    made = Script(here)
    yield made
    made.run("stop", "--deadline", "3")


def check_fine(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_start_restart_monitor_stop(script: Script) -> None:
    """A restart keeps a worker on the queue throughout; each verb can be given twice."""
    only = ("-Q", "email", "-c", "email=1")
    first = check_fine(script.run("start", *only))
    assert "email: worker 1 with 1 processes" in first
    assert "runs already" in check_fine(script.run("start", *only))
    sent = script.shop.send("work", "k", queue="email")
    patiently(sent, script.shop)
    restarted = check_fine(script.run("restart", *only))
    assert restarted.index("worker 2 with") < restarted.index("worker 1 stopped")
    patiently(script.shop.send("work", "after", queue="email"), script.shop)
    time.sleep(0.5)
    rows = json.loads(check_fine(script.run("monitor", "--once", "--json")))
    email = next(row for row in rows if row["queue"] == "email")
    assert (email["workers"], email["depth"], email["late"]) == (1, 0, False)
    assert "worker 2 stopped" in check_fine(script.run("stop", *only))
    assert check_fine(script.run("stop", *only)) == ""


def test_a_restart_keeps_the_number_of_processes(script: Script) -> None:
    """That of `-c`, until another one says otherwise; a start after a stop begins anew."""
    only = ("-Q", "email")
    assert "worker 1 with 1 processes" in check_fine(script.run("start", "-c", "email=1", *only))
    script.environment["CELERY_CONCURRENCY_EMAIL"] = "3"
    assert "worker 2 with 1 processes" in check_fine(script.run("restart", *only))
    other = check_fine(script.run("restart", "-c", "email=2", *only))
    assert "worker 3 with 2 processes" in other
    assert "worker 4 with 2 processes" in check_fine(script.run("restart", *only))
    check_fine(script.run("stop", *only))
    assert "worker 1 with 3 processes" in check_fine(script.run("start", *only))
    del script.environment["CELERY_CONCURRENCY_EMAIL"]
    assert "worker 2 with 3 processes" in check_fine(script.run("restart", *only))
    script.environment["CELERY_CONCURRENCY_EMAIL"] = "2"
    assert "worker 3 with 2 processes" in check_fine(script.run("restart", *only))


def test_a_restart_of_all_queues_keeps_the_number_of_each(script: Script) -> None:
    """Of those that run; one that did not gets its own."""
    check_fine(script.run("start", "-Q", "email", "-c", "email=1"))
    said = check_fine(script.run("restart"))
    assert "email: worker 2 with 1 processes" in said
    assert "critical: worker 1 with 4 processes" in said


@pytest.mark.parametrize("text", ["", "many", "0", "3 -c"])
def test_a_number_that_can_t_be_read_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "email.concurrency").write_text(text)
    known = kept(tmp_path, "email")
    assert known == (Kept(3, is_asked=True) if text == "3 -c" else None)
    assert kept(tmp_path, "other") is None


def test_a_stop_lets_the_task_end(script: Script) -> None:
    check_fine(script.run("start", "-Q", "email"))
    sent = script.shop.send("work", "k", 2.0, queue="email")
    script.shop.wait_begun("k")
    check_fine(script.run("stop", "-Q", "email", "--deadline", "20"))
    assert script.shop.ended("k") == 1
    assert sent.ready()


def test_a_stop_gives_back_what_does_not_end(script: Script) -> None:
    check_fine(script.run("start", "-Q", "email"))
    script.shop.send("work", "k", 60.0, queue="email")
    script.shop.wait_begun("k")
    assert "still runs after 1 s" in check_fine(
        script.run("stop", "-Q", "email", "--deadline", "1")
    )
    channel: Any = script.shop.app.connection().default_channel
    client = channel.client
    until(lambda: client.llen("email") or client.hlen("unacked"), 10, "the message is lost")


def test_the_monitor_shows_what_waits_too_long(script: Script) -> None:
    """A message sent by a process with the runtime bears its time of sending."""
    sender = "from shop_site.tasks import work\nwork.apply_async(('k',), queue='critical')\n"
    subprocess.run([sys.executable, "-c", f"import shop_site, django; django.setup()\n{sender}"],
        env=script.environment | {"DJANGO_SETTINGS_MODULE": "shop_site.settings"}, check=True)  # fmt: skip
    time.sleep(2.2)
    text = check_fine(script.run("monitor", "--once"))
    line = next(line for line in text.splitlines() if line.startswith("critical"))
    assert line.split()[1] == "1"
    assert "LATE" in line


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("start", "-Q", "mail"), "The app has no queue 'mail': its queues are"),
        (("start", "-c", "email"), "'email' is no QUEUE=N"),
        (("start", "-c", "mail=2"), "The app has no queue 'mail'"),
    ],
)
def test_what_can_t_be_done_is_said(words: tuple[str, ...], says: str, script: Script) -> None:
    done = script.run(*words)
    assert done.returncode == 1
    assert says in done.stderr


def test_a_worker_that_can_t_start_shows_its_log(script: Script) -> None:
    script.environment["SITE_BROKER"] = "nonsense://"
    done = script.run("start", "-Q", "email")
    assert done.returncode == 1
    assert "nonsense" in done.stderr


def test_a_release_that_does_not_start_leaves_the_old_worker_running(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old one's tasks write into the same log, whatever they say of being ready."""
    check_fine(script.run("start", "-Q", "email"))
    script.shop.send("says", "your file is ready. celery@host ready.", 8, queue="email")
    script.shop.wait_begun("says")
    script.environment["SITE_BROKEN"] = "1"
    processes = Processes("shop_site", script.shop.folder / "run" / "celery", lambda text: None)
    for name, value in script.environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(RuntimeFault, match="ended at once"):
        processes.restart(Pool("email", 1), 5)
    assert [found.generation for found in processes.running("email")] == [1]
    script.environment.pop("SITE_BROKEN")


def test_a_worker_whose_log_goes_elsewhere_is_known_by_its_answer(script: Script) -> None:
    script.environment["SITE_OWN_LOGGING"] = "1"
    assert "email: worker 1" in check_fine(script.run("start", "-Q", "email"))
    assert " ready." not in (script.shop.folder / "run/celery/email.log").read_text()
    assert "worker 1 stopped" in check_fine(script.run("stop", "-Q", "email"))


def test_another_program_that_has_the_pid_of_a_worker_is_left_alone(script: Script) -> None:
    """Also one with celery in its name."""
    folder = script.shop.folder / "run" / "celery"
    folder.mkdir(parents=True)
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "celery"])
    try:
        (folder / "email.1.pid").write_text(str(other.pid))
        assert check_fine(script.run("stop", "-Q", "email")) == ""
        assert other.poll() is None
        assert "email: worker 1" in check_fine(script.run("start", "-Q", "email"))
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("queue", ["a/b", "my queue"])
def test_a_queue_of_any_name_has_a_worker(queue: str, script: Script) -> None:
    script.environment["SITE_CELERY"] = json.dumps({"task_queues": {queue: {}}})
    assert f"{queue}: worker 1" in check_fine(script.run("start", "-Q", queue))
    patiently(script.shop.send("work", "k", queue=queue), script.shop)
    unit = check_fine(script.run("units", "-Q", queue))
    assert f"-Q {shlex.quote(queue)} " in unit
    assert "worker 1 stopped" in check_fine(script.run("stop", "-Q", queue))


def test_workers_of_a_queue_that_the_app_has_no_more_are_stopped(script: Script) -> None:
    script.environment["SITE_CELERY"] = json.dumps({"task_queues": {"email": {}, "old": {}}})
    check_fine(script.run("start", "-Q", "old,email"))
    script.environment["SITE_CELERY"] = json.dumps({"task_queues": {"email": {}}})
    assert "old" not in check_fine(script.run("restart", "-Q", "email"))
    shown = check_fine(script.run("restart", "--deadline", "5"))
    assert "old: worker 1 stopped" in shown
    assert "email: worker 3 with" in shown


def test_a_prefix_of_the_keys_of_redis_hides_nothing(script: Script, broker: RedisServer) -> None:
    messages.connect()
    own = {"task_queues": {"email": {}}, "broker_transport_options": {"global_keyprefix": "shop:"}}
    script.environment["SITE_CELERY"] = json.dumps(own)
    script.shop.app.conf.broker_transport_options = {"global_keyprefix": "shop:"}
    for number in range(3):
        script.shop.send("work", f"k{number}", queue="email")
    assert broker.client.llen("shop:email") == 3
    shown = json.loads(check_fine(script.run("monitor", "--once", "--json", "-Q", "email")))
    assert shown[0]["depth"] == 3
    assert shown[0]["oldest"] is not None


@pytest.mark.parametrize(
    ("info", "queue"),
    [
        ({"routing_key": "mail.send", "exchange": "mail"}, "email"),
        ({"routing_key": "reports", "exchange": ""}, "reports"),
        ({"routing_key": "0.1.reports"}, "reports"),
        ({"routing_key": "elsewhere"}, "elsewhere"),
        ({}, "celery"),
    ],
)
def test_a_run_is_counted_for_its_queue(
    info: dict[str, str], queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Celery(set_as_current=False)
    bound = Queue("email", Exchange("mail", type="topic"), routing_key="mail.send")
    app.conf.task_queues = [bound, Queue("reports")]
    monkeypatch.setattr(messages, "current_app", app)
    assert messages.queue_of(Context(delivery_info=info)) == queue


def test_the_figures_of_the_workers_come_while_the_broker_is_away() -> None:
    app = Celery(broker="redis://127.0.0.1:1/0", set_as_current=False)
    assert list(Queues(Watch(app, [Pool("email", 1)])).collect()) == []


def test_threads_that_begin_together_count_all_their_runs() -> None:
    pytest.importorskip("prometheus_client", reason="prometheus-client is not installed here")
    code = """
import threading
from prometheus_client import REGISTRY
from target_runtime.observe.prometheus import observe
together = threading.Barrier(32)
def work():
    together.wait()
    observe("t", "q", "done", 0.1, 0.1)
threads = [threading.Thread(target=work) for _ in range(32)]
[t.start() for t in threads], [t.join() for t in threads]
labels = {"task": "t", "queue": "q", "outcome": "done"}
print(REGISTRY.get_sample_value("converge_runs_total", labels))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.stdout.strip(), done.stderr) == ("32.0", "")


def test_what_workers_counted_that_are_no_more_is_forgotten(script: Script) -> None:
    pytest.importorskip("prometheus_client", reason="prometheus-client is not installed here")
    folder = script.shop.folder / "run" / "celery" / "metrics"
    folder.mkdir(parents=True)
    (folder / "counter_1.db").write_bytes(b"")
    check_fine(script.run("start", "-Q", "critical"))
    assert not (folder / "counter_1.db").exists()
    (folder / "counter_1.db").write_bytes(b"")
    check_fine(script.run("start", "-Q", "email"))
    assert (folder / "counter_1.db").exists()
    (folder / "counter_1.db").unlink()


def test_a_full_disk_for_the_log_loses_no_task(script: Script) -> None:
    """Every line that a worker and its tasks write fails; what they were to do is done."""
    here, log = script.shop, script.shop.folder / "full.log"
    log.write_bytes(b"x" * 1024 * 1000)
    command = worker_command("shop_site", Pool("email", 2), "email-full@test")
    with log.open("ab") as stream:
        worker = subprocess.Popen(
            ["bash", "-c", 'ulimit -f 1010 && exec "$@"', "bash", *command],
            env=script.environment, stdout=stream, stderr=stream, start_new_session=True,
        )  # fmt: skip
    try:
        sent = [here.send("work", f"k{n}", queue="email") for n in range(40)]
        for result in sent:
            patiently(result, here)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert log.stat().st_size == 1024 * 1010, "the log is not full"
    assert [here.ended(f"k{n}") for n in range(40)] == [1] * 40


def test_prometheus_gets_the_figures_of_all_processes(script: Script) -> None:
    pytest.importorskip("prometheus_client", reason="prometheus-client is not installed here")
    messages.connect()
    check_fine(script.run("start", "-Q", "email", "-c", "email=2"))
    for key in "aab":
        patiently(script.shop.send("work", key, queue="email"), script.shop)
    port = free_port()
    words = ["metrics", "--port", str(port), "-A", "shop_site"]
    exporter = subprocess.Popen(
        [sys.executable, "-m", "target_runtime.workers", *words],
        env=script.environment, cwd=script.shop.folder, stdout=subprocess.DEVNULL,
    )  # fmt: skip

    def text() -> str:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())

    try:
        until(lambda: "converge_runs_total" in text(), 20, "no figures come")
        lines = text().splitlines()
    finally:
        exporter.kill()
        exporter.wait()
    for line in (
        'converge_runs_total{outcome="done",queue="email",task="work"} 2.0',
        'converge_runs_total{outcome="duplicate",queue="email",task="work"} 1.0',
        'converge_run_seconds_count{queue="email",task="work"} 2.0',
        'converge_wait_seconds_count{queue="email"} 3.0',
        'converge_queue_depth{queue="email"} 0.0',
        'converge_queue_sla_seconds{queue="email"} 5.0',
        'converge_queue_workers{queue="email"} 1.0',
    ):
        assert line in lines, "\n".join(lines)


def test_units_for_systemd(script: Script) -> None:
    text = check_fine(script.run("units", "-Q", "email"))
    assert "celery-email.service" in text
    assert "-Q email" in text
    assert "TimeoutStopSec" in text


def test_units_for_systemd_end_and_count_as_started_workers_do(script: Script) -> None:
    text = check_fine(script.run("units", "-Q", "email", "--deadline", "90"))
    assert "TimeoutStopSec=90" in text
    pytest.importorskip("prometheus_client", reason="prometheus-client is not installed here")
    folder = script.shop.folder / "run" / "celery" / "metrics"
    assert f"Environment=PROMETHEUS_MULTIPROC_DIR={folder}\n" in text
    assert f"ExecStartPre=/usr/bin/env mkdir -p {folder}\n" in text


def test_a_rate_takes_two_looks(script: Script) -> None:
    rows = json.loads(check_fine(script.run("monitor", "--once", "--json")))
    assert {row["rate"] for row in rows} == {None}


def row(**values: object) -> Row:
    known = {"queue": "email", "depth": 1, "oldest": 1.0, "sla": 5.0, "rate": 2.0, "workers": 1}
    return Row(**{**known, "failures": 0, "duplicates": 0, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "shown"),
    [
        (row(), "email               1    1.0 s    5 s  ██░░░░░░░░"),
        (row(oldest=9.0), "LATE"),
        (row(workers=0, oldest=None), "no worker"),
        (row(rate=None), "      -       1       0"),
        (row(queue="default", sla=None), "default"),
    ],
)
def test_the_page_fits_a_terminal(one: Row, shown: str) -> None:
    text = page([one], "now", colour=False)
    assert shown in text
    assert max(map(len, text.splitlines())) <= 80


def test_pools_take_their_size_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from target_runtime.workers.pools import pools

    app = Celery(set_as_current=False)
    app.conf.task_queues = {"email": {}, "mine": {}}
    app.conf.task_queues["my-own.queue"] = {}
    monkeypatch.setenv("CELERY_CONCURRENCY_MINE", "7")
    monkeypatch.setenv("CELERY_CONCURRENCY_MY_OWN_QUEUE", "3")
    settings = conf.read({"sla": {"mine": 60}})
    monkeypatch.setattr(conf, "current", lambda: settings)
    assert pools(app, {"email": 9}) == [
        Pool("email", 9, 5, is_asked=True),
        Pool("mine", 7, 60),
        Pool("my-own.queue", 3, None),
        Pool("celery", 2, None),
    ]


def test_every_queue_that_messages_go_to_has_a_pool() -> None:
    """In whatever form routes have it, and of entries also the queue that only a route names."""
    from target_runtime.workers.pools import routed

    app = Celery(set_as_current=False)
    app.conf.task_routes = [
        [("a.*", "pairs")],
        {"b": {"queue": "options"}, re.compile("c"): "expression", "d": {"priority": 3}},
        {"a.one": "hidden"},
        lambda name, *args, **kwargs: {"queue": "router"} if name == "asked" else None,
    ]
    app.conf.beat_schedule = {
        "e": {"task": "asked", "schedule": 60},
        "f": {"task": "else", "schedule": 60, "options": {"queue": "entry"}},
        "g": {"task": "else", "schedule": 60},
    }
    known = {"pairs", "options", "expression", "hidden", "router", "entry", "celery"}
    assert known <= routed(app)


def test_routes_that_celery_can_t_read_are_told_of() -> None:
    from target_runtime.workers.pools import routed

    app = Celery(set_as_current=False)
    app.conf.task_routes = [("shop.tasks.a", "email")]
    with pytest.raises(RouteError, match="task_routes is no table of routes"):
        routed(app)
