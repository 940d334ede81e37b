"""The runtime's wheel alone in an empty environment: what its own requirements bring has to be enough."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.servers import CONSTRAINTS
from tests.target_runtime.conftest import ROOT
from tests.target_runtime.servers import RedisServer

SETTINGS = """
import os
SECRET_KEY = "x"
USE_TZ = True
INSTALLED_APPS = ["target_runtime", "shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3"}}
CELERY_BROKER_URL = os.environ["SHOP_BROKER"]
CELERY_RESULT_BACKEND = os.environ["SHOP_BACKEND"]
CELERY_TASK_DEFAULT_QUEUE = os.environ["SHOP_QUEUE"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
"""
APP = """
import os
from celery import Celery
from target_runtime import defaults, queues
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
app = Celery("shop", task_cls=queues.TASK_CLS)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.add_defaults(lambda: defaults.lacking(app, defaults.safe_defaults() | defaults.limits()))
app.autodiscover_tasks()
"""
TASKS = """
from celery import shared_task
from target_runtime.tasks import IdempotentTask

@shared_task(base=IdempotentTask)
def remind(user_id):
    return user_id
"""
SEND = """
from shop.tasks import remind
print([remind.delay(7).get(timeout=30), remind.delay(user_id=7).get(timeout=30)])
"""


KNOWN = ["-c", str(CONSTRAINTS)] if sys.version_info >= (3, 11) else []
"""The versions that the tests are known to pass with; they need the Python that the toolkit needs."""


def pip(*words: str) -> "subprocess.CompletedProcess[str]":
    """What pip of the tests' own environment says and does."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def check_fine(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has the wheel and what it asks for, and not even pip."""
    folder = tmp_path_factory.mktemp("wheel")
    probe = pip("download", "-q", "--no-deps", *KNOWN, "-d", str(folder / "probe"), "hatchling")  # fmt: skip
    if probe.returncode:
        said = (probe.stderr.strip().splitlines() or ["pip says nothing"])[-1]
        pytest.skip(f"no package index is reachable, so the wheel is not tested: {said}")
    wheels = folder / "wheels"
    check_fine(pip("wheel", "-q", "--no-deps", "-w", str(wheels), str(ROOT / "target_runtime")))
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    (wheel,) = wheels.glob("*.whl")
    check_fine(pip("--python", str(python), "install", "-q", *KNOWN, str(wheel)))
    return python


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project by the words of docs/runtime.md."""
    package = tmp_path / "project" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from .celery import app as celery_app\n")
    for name, text in (("settings", SETTINGS), ("celery", APP), ("tasks", TASKS)):
        (package / f"{name}.py").write_text(text)
    return package.parent


@pytest.fixture(params=["redis", "rabbitmq"])
def environment(request: pytest.FixtureRequest, redis_server: RedisServer) -> dict[str, str]:
    """Messages by each broker, in a queue of this test; results and keys in its own Redis."""
    on_redis = request.param == "redis"
    # Nothing of the tests' own environment may be found.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return clean | {
        "SHOP_BROKER": redis_server.url if on_redis else request.getfixturevalue("rabbitmq"),
        "SHOP_BACKEND": redis_server.url,
        "SHOP_QUEUE": "mine" if on_redis else request.getfixturevalue("queue"),
    }


def test_it_starts_shows_and_stops_workers(
    alone: Path, project: Path, environment: dict[str, str]
) -> None:
    def run(*words: str) -> str:
        done = subprocess.run(
            [str(alone), *words], cwd=project, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return check_fine(done)

    def workers(verb: str, *words: str) -> str:
        return run("-m", "target_runtime.workers", verb, "-A", "shop", "-Q", queue, *words)

    queue = environment["SHOP_QUEUE"]
    run("-c", "import kombu.transport.redis, kombu.transport.pyamqp")
    run("-m", "django", "migrate", "target_runtime", "--settings", "shop.settings", "--pythonpath", ".")  # fmt: skip
    try:
        assert "worker 1 with 1 processes" in workers("start", "-c", f"{queue}=1")
        assert run("-c", SEND).strip() == "[7, 7]"
        (row,) = json.loads(workers("monitor", "--once", "--json"))
        assert (row["queue"], row["workers"], row["depth"]) == (queue, 1, 0)
    finally:
        said = workers("stop", "--deadline", "10")
    assert "worker 1 stopped" in said
