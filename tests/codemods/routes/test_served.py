"""Queues that no worker of the repository serves, by the commands in its files."""

import pytest

from codemods.inventory.workers import find_workers
from tests.codemods.beat.test_beat import BASE, SETTINGS
from tests.codemods.harness import run

ROUTES = 'CELERY_TASK_ROUTES = {"mail": {"queue": "email"}}\n'


@pytest.mark.parametrize(
    ("text", "queues"),
    [
        ("worker: celery -A shop worker -Q email,reports -l info\n", [("email", "reports")]),
        ("exec celery -A shop worker --queues=email\n", [("email",)]),
        ("celery worker -A shop \\\n  -c 4 \\\n  -Q email\n", [("email",)]),
        ('CMD ["celery", "-A", "shop", "worker", "-Q", "email,low"]\n', [("email", "low")]),
        (
            "command:\n  - celery\n  - -A\n  - shop\n  - worker\n  - -Q\n  - email\nimage: x\n",
            [("email",)],
        ),
        ("celery:\n  command: celery -A shop worker\n", [()]),
        ("celery -A shop beat\n# celery -A shop worker -Q old\n", []),
        ("celery -A shop worker -Q a\ncelery -A shop worker -Q 'b,c'\n", [("a",), ("b", "c")]),
        ("celery -A shop flower --port 5\nworker\n", []),
        ("celery -Q celery worker\n", [("celery",)]),
        ("celery -A shop worker -Q $QUEUES\n", None),
        ("celery -A shop worker $OPTIONS\n", None),
        ("celery -A shop worker -X email\n", None),
        ("celery multi start w1 w2 -A shop worker -Q:w1 a\n", None),
        ("command=/opt/bin/celery multi start w1 --pidfile=/run/%%n.pid -Q short\n", [("short",)]),
        ("ExecStart=/opt/bin/celery multi restart w1 -A shop -Q short\n", [("short",)]),
        ("celery multi start w1 -A shop --pidfile=/run/%n.pid\n", None),
        ("celery multi stopwait w1\n", []),
        ("ExecStart=${CELERY_BIN} -A shop multi start $NODES $OPTS\n", None),
        ("exec $CELERY worker -A shop\n", None),
        ("# ${CELERY_BIN} worker\ncelery -A shop worker -Q a\n", [("a",)]),
        ('echo "Enabling celery-short task worker"\n', []),
        ('    echo "the celery worker starts" && celery -A shop worker -Q a\n', [("a",)]),
        ("systemctl restart celery worker\n", []),
        ("[program:w]\ncommand=celery -A shop\n    worker\n    -Q email\nuser=x\n", [("email",)]),
        ("command: >\n  celery -A shop worker\n  --queues email\n", [("email",)]),
        ("; celery -A shop worker -Q old\n", []),
    ],
)
def test_workers_are_read_from_their_commands(
    text: str, queues: list[tuple[str, ...]] | None
) -> None:
    found = find_workers({"Procfile": text.encode()})
    assert (found if found is None else [worker.queues for worker in found]) == queues


def said(procfile: str, settings: str = ROUTES, **files: str) -> list[str]:
    """What step `routes` says of queues."""
    known = {**BASE, "shop/settings.py": SETTINGS + settings, "Procfile": procfile, **files}
    return [note.message for note in run("routes", known).notes if note.code == "queue-unserved"]


def test_a_queue_without_a_worker_is_told() -> None:
    (message,) = said("w: celery -A shop worker -Q celery\n")
    assert '"mail" goes to the queue "email"' in message
    assert "started in 'Procfile'" in message
    (message,) = said("w: celery -A shop worker -Q email\n")
    assert '"orders.tasks.clean" goes to the queue "celery"' in message


def test_the_default_queue_of_the_settings_counts() -> None:
    settings = f'{ROUTES}CELERY_TASK_DEFAULT_QUEUE = "main"\n'
    assert said("w: celery -A shop worker -Q email,main\n", settings) == []
    assert len(said("w: celery -A shop worker -Q email,celery\n", settings)) == 1


def test_the_queue_of_a_tasks_own_counts() -> None:
    tasks = BASE["orders/tasks.py"].replace("name='mail'", "name='mail', queue='own'")
    (message,) = said("w: celery -A shop worker\n", "", **{"orders/tasks.py": tasks})
    assert '"own"' in message


@pytest.mark.parametrize(
    ("procfile", "settings"),
    [
        ("web: gunicorn\n", ROUTES),
        ("w: celery -A shop worker -Q email,celery\n", ROUTES),
        ("w: celery -A shop worker -Q $QUEUES\n", ROUTES),
        ("w: celery -A shop worker\n", f'{ROUTES}CELERY_TASK_QUEUES = [Queue("email")]\n'),
        ("w: celery -A shop worker -Q a\n", 'CELERY_TASK_ROUTES = ("x.Router",)\n'),
    ],
)
def test_nothing_is_told_that_is_not_known(procfile: str, settings: str) -> None:
    assert said(procfile, settings) == []


@pytest.mark.parametrize(
    "path",
    [
        "deploy/docker/supervisord/celery_short.conf",
        "etc/supervisor.d/w.ini",
        "ops/celery.service",
        "docker/entrypoint.sh",
        "deploy/templates/worker.service.j2",
        "etc/worker.conf.template",
        "k8s/apps/worker.yaml",
    ],
)
def test_workers_are_found_wherever_they_are_started(path: str) -> None:
    started = "[program:w]\ncommand=/opt/bin/celery multi start w1 -A shop -Q email\n"
    assert said("w: celery -A shop worker -Q celery\n", **{path: started}) == []
    assert said("w: celery -A shop worker -Q celery\n", **{path: "[program:w]\n"}) != []


def test_a_task_without_a_name_that_is_told_stands_in_no_ones_way() -> None:
    named = "from celery import shared_task\n\n\n@shared_task(name=NAME)\ndef one():\n    pass\n"
    assert len(said("w: celery -A shop worker -Q a,celery\n", **{"orders/more.py": named})) == 1
