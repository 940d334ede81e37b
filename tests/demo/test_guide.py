"""Every import line, command, class and example of the team's guide, in the migrated demo."""

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.demo.test_boots import environment
from tests.servers import redis_server

BIN = Path(sys.executable).parent

SHELL = """
import intelliwiz_config.celery, django
django.setup()
from celery import current_app
"""


@pytest.fixture(scope="module")
def home(checkouts: dict[str, Path]) -> Path:
    """The demo with the runtime installed."""
    return checkouts["08-runtime"]


def run(home: Path, *words: str, code: int = 0, **more: str) -> "subprocess.CompletedProcess[str]":
    env = environment(home, DJANGO_SETTINGS_MODULE="intelliwiz_config.settings", **more)
    env["PATH"] = f"{BIN}:{env['PATH']}"
    done = subprocess.run(words, cwd=home, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def python(home: Path, text: str, **more: str) -> str:
    return run(home, sys.executable, "-c", SHELL + textwrap.dedent(text), code=0, **more).stdout


def manage(home: Path, *words: str, code: int = 0) -> str:
    return run(home, sys.executable, "manage.py", *words, code=code).stdout


def test_the_import_lines(home: Path) -> None:
    shown = python(
        home,
        """
        from apps.core.tasks.base import (
            IdempotentTask, EmailTask, ReportTask, MaintenanceTask, ExternalAPITask
        )
        from apps.core.tasks.idempotency_service import UniversalIdempotencyService
        from apps.core.tasks.decorators import with_idempotency
        from apps.core.constants.datetime_constants import SECONDS_IN_HOUR
        from apps.core.tasks.celery_settings import CELERY_TASK_ROUTES
        from background_tasks.email_tasks import send_reminder_email
        from intelliwiz_config.celery import app
        import background_tasks.task_keys
        print(SECONDS_IN_HOUR * 4, CELERY_TASK_ROUTES["create_job"], len(app.conf.beat_schedule) > 5)
        """,
    )
    assert shown == "14400 {'queue': 'high_priority'} True\n"


def test_the_table_of_base_classes(home: Path) -> None:
    shown = python(
        home,
        """
        from apps.core.tasks.base import *
        for kind in (IdempotentTask, EmailTask, ReportTask, MaintenanceTask, ExternalAPITask):
            print(kind.__name__, kind.max_retries, kind.soft_time_limit, kind.time_limit)
        """,
    )
    assert shown.splitlines() == [
        "IdempotentTask 3 None None",
        "EmailTask 5 110 120",
        "ReportTask 2 1740 1800",
        "MaintenanceTask 0 None None",
        "ExternalAPITask 3 570 600",
    ]


def test_the_table_of_queues(home: Path) -> None:
    shown = python(
        home,
        """
        from target_runtime.queues import QUEUES
        for queue in QUEUES:
            print(queue.name, queue.rank, queue.sla)
        """,
    )
    assert shown.split("\n")[:-1] == [
        "critical 10 2",
        "high_priority 8 3",
        "email 7 5",
        "reports 6 60",
        "external_api 5 10",
        "maintenance 3 300",
    ]


def test_the_safe_defaults_are_in_force_beneath_the_project_s_own_settings(home: Path) -> None:
    show = """
        conf = current_app.conf
        print(conf.task_acks_late, conf.worker_prefetch_multiplier, conf.task_default_queue)
        print(*sorted(queue.name for queue in conf.task_queues))
        """
    assert python(home, show).splitlines() == [
        "True 1 default",
        "critical default email external_api high_priority maintenance reports",
    ]
    own = """
        from celery import Celery
        from django.conf import settings
        from apps.core.tasks.celery_settings import in_force
        settings.CELERY_TASK_ACKS_LATE = False
        app = Celery(set_as_current=False)
        app.config_from_object("django.conf:settings", namespace="CELERY")
        app.add_defaults(lambda: in_force(app))
        print(app.conf.task_acks_late, app.conf.worker_prefetch_multiplier)
        """
    assert python(home, own) == "False 1\n"


def test_the_table_of_times_to_live(home: Path) -> None:
    shown = python(home, "from target_runtime.conf import CATEGORY_TTLS as T\nprint(dict(T))")
    hours = {"critical": 4, "high_priority": 2, "reports": 24, "mutations": 6, "maintenance": 12}
    assert shown.strip() == str({name: 3600 * count for name, count in hours.items()})


EXAMPLES = """
from celery import shared_task
from apps.core.tasks.base import EmailTask, IdempotentTask, ReportTask
from apps.core.tasks.decorators import with_idempotency
from apps.core.constants.datetime_constants import SECONDS_IN_HOUR

runs = []

@shared_task(base=IdempotentTask, bind=True)
def close_jobs(self):
    runs.append("close_jobs")

@shared_task(base=EmailTask, bind=True)
def remind(self, user_id):
    runs.append("remind")

@shared_task(base=ReportTask, bind=True)
def generate_monthly_report(self, month):
    runs.append("report")

class CloseJobsTask(IdempotentTask):
    name = 'auto_close_the_jobs'
    idempotency_scope = 'global'  # or 'user', 'tenant'
    idempotency_ttl = SECONDS_IN_HOUR * 4  # 4 hours

    def run(self):
        runs.append("class")

@with_idempotency(scope='user', ttl=SECONDS_IN_HOUR * 2)
@shared_task
def send_it(user_id):
    runs.append(f"send {user_id}")
"""


def test_the_examples_of_tasks_run_once(home: Path, tmp_path: Path) -> None:
    database = {"DJANGO_DB": str(tmp_path / "db.sqlite3")}
    run(home, sys.executable, "manage.py", "migrate", "target_runtime", code=0, **database)
    with redis_server(tmp_path) as url:
        shown = python(
            home,
            EXAMPLES
            + textwrap.dedent(
                """
                current_app.finalize()
                for _ in range(2):
                    close_jobs.apply(throw=True)
                    remind.apply((1,), throw=True)
                    generate_monthly_report.apply(("June",), throw=True)
                    current_app.tasks['auto_close_the_jobs'].apply(throw=True)
                    send_it.apply((7,), throw=True)
                    send_it.apply(kwargs={"user_id": 7}, throw=True)
                print(sorted(runs))
                from apps.core.tasks.idempotency_service import UniversalIdempotencyService
                service = UniversalIdempotencyService()
                print(service.check_idempotency_key('auto_close_the_jobs', 'global').state.value)
                print(service.clear_idempotency_key('auto_close_the_jobs', 'global'))
                print(bool(service.check_idempotency_key('auto_close_the_jobs', 'global')))
                print(service.check_idempotency_key('auto_close_jobs', 'global').state.value)
                print(service.get_metrics()["duplicates"])
                """
            ),
            CELERY_BROKER_URL=url,
            **database,
            PYTHONWARNINGS="ignore",
        )
    lines = shown.splitlines()
    assert lines[0] == str(
        ["class", "close_jobs", "remind", "remind", "report", "report", "send 7"]
    )
    assert lines[1:5] == ["completed", "True", "False", "absent"]
    assert float(lines[5]) == 5


def test_validating_schedules(home: Path) -> None:
    shown = manage(home, "validate_schedules", "--check-orphaned-tasks", "--verbose")
    assert "14 entries: 0 errors, 0 warnings, 0 notices" in shown


def test_orphans_in_the_guide_s_words(home: Path, tmp_path: Path) -> None:
    again = tmp_path / "orphaned"
    shutil.copytree(home, again)
    schedule = again / "intelliwiz_config" / "celery.py"
    text = schedule.read_text()
    schedule.write_text(
        text.replace('"task": "send_reminder_email"', '"task": "send_reminder_emails"')
    )
    shown = manage(again, "validate_schedules", "--check-orphaned-tasks", "--verbose", code=1)
    assert (
        "ERROR: Orphaned task 'send_reminder_emails' in beat schedule\n"
        "Task not found in registered tasks.\n\nFix:\n"
        '1. Register task with @shared_task(name="send_reminder_emails"), OR\n'
        "2. Remove from beat schedule in intelliwiz_config/celery.py"
    ) in shown


@pytest.mark.parametrize("check", ["duplicates", "hotspots", "idempotency"])
def test_each_check_of_schedules(home: Path, check: str) -> None:
    assert "entries:" in manage(home, "validate_schedules", f"--check-{check}")


def test_the_audit(home: Path) -> None:
    audit = [sys.executable, "scripts/audit_celery_tasks.py"]
    assert "none defined twice" in run(home, *audit, "--duplicates-only").stdout
    run(home, *audit, "--generate-report")
    report = home / "CELERY_TASK_INVENTORY_REPORT.md"
    assert "| `create_job` | background_tasks/job_tasks.py:" in report.read_text()
    report.unlink()


def test_the_audit_says_what_is_missing(home: Path) -> None:
    env = environment(home) | {"PATH": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "scripts/audit_celery_tasks.py"],
        cwd=home, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "pipx install celery-converge" in done.stderr


def test_the_workers_script(home: Path, tmp_path: Path) -> None:
    script = str(home / "scripts" / "celery_workers.sh")
    assert os.access(script, os.X_OK)
    with redis_server(tmp_path) as url:
        settings = {"CELERY_BROKER_URL": url, "PYTHON": sys.executable}
        only = ("-Q", "email,critical", "-c", "email=1", "-c", "critical=1", "--dir", str(tmp_path))
        try:
            shown = run(home, script, "start", *only, code=0, **settings).stdout
            assert "email: worker 1" in shown
            assert "critical: worker 1" in shown
            monitor = run(home, script, "monitor", "--once", code=0, **settings).stdout
            assert "critical" in monitor
            assert "worker 2 with" in run(home, script, "restart", *only, code=0, **settings).stdout
        finally:
            shown = run(home, script, "stop", *only, code=0, **settings).stdout
        assert "worker 2 stopped" in shown
