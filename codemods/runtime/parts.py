"""The files that the runtime adds, as text: thin, so that fixes arrive by upgrade."""

BASES = (
    "EmailTask",
    "ExternalAPITask",
    "IdempotentTask",
    "MaintenanceTask",
    "ReportTask",
    "RuntimeTask",
)
DURATIONS = (
    "DAYS_IN_WEEK",
    "HOURS_IN_DAY",
    "MINUTES_IN_HOUR",
    "SECONDS_IN_DAY",
    "SECONDS_IN_HOUR",
    "SECONDS_IN_MINUTE",
    "SECONDS_IN_WEEK",
)
QUEUES = ("critical", "email", "external_api", "high_priority", "maintenance", "reports")
"""The names of the six queues."""
EXPORTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "base": (
        "The base classes of this project's tasks, from the task runtime.",
        "target_runtime.tasks",
        BASES,
    ),
    "decorators": (
        "What marks a task as idempotent, above or below its task decorator.",
        "target_runtime.idempotency.marks",
        ("with_idempotency",),
    ),
    "idempotency": (
        "The service that knows which task runs, and what a completed one returned.",
        "target_runtime.idempotency.service",
        ("UniversalIdempotencyService",),
    ),
    "durations": ("Lengths of time, in seconds.", "target_runtime.durations", DURATIONS),
}
"""Docstring, module of the runtime and names of each part that only hands names on."""

KEYS = '''\
"""The names under which idempotent work is known, apart from what its tasks are called at the moment.

CLOSE_JOBS = "close_jobs"        # @with_idempotency(name=task_keys.CLOSE_JOBS)
"""
'''
SETTINGS = '''\
"""Celery's queues, routes and safe defaults; `target_runtime.defaults` has the reason for each."""

from target_runtime.defaults import lacking, {limits}safe_defaults
from target_runtime.queues import task_queues

CELERY_TASK_QUEUES = task_queues()
CELERY_DEFAULTS = {defaults}
"""In force where the project says nothing, with `app.add_defaults(lambda: in_force(app))` in the app's module."""


def in_force(app):
    """The queues and safe defaults that the project does not set itself."""
    return lacking(
        app,
        {{
            **CELERY_DEFAULTS,
            "task_queues": CELERY_TASK_QUEUES,{more}
        }},
    )

{routes}'''
OWN_ROUTES = '''
CELERY_TASK_ROUTES: dict[str, dict[str, str]] = {}
"""Task name to queue: `"send_reminder_email": {"queue": "email"}`."""
'''
ROUTES_IN_FORCE = '''
def __getattr__(name):
    """`CELERY_TASK_ROUTES` are the routes in force: there is one table, that of {app}."""
    if name == "CELERY_TASK_ROUTES":
        from {module} import {attribute}

        return {attribute}.conf.task_routes
    raise AttributeError(name)
'''
WORKERS = """\
#!/usr/bin/env bash
# celery_workers.sh start|stop|restart|monitor|metrics|units: a pool of workers for each queue.
set -euo pipefail
cd "$(dirname "$0")/{up}"
export CELERY_APP="${{CELERY_APP:-{app}}}"
exec "${{PYTHON:-python}}" -m target_runtime.workers "$@"
"""
AUDIT = '''\
"""The inventory of this project's Celery tasks: --generate-report, --duplicates-only."""

import shutil
import subprocess
import sys


def main() -> int:
    tool = shutil.which("celery-audit")
    if tool is None:
        sys.stderr.write("celery-audit is missing: pipx install celery-converge\\n")
        return 2
    return subprocess.call([tool, *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
'''


def exports(part: str) -> str:
    """A module that hands on the runtime's names."""
    about, module, names = EXPORTS[part]
    inner = "".join(f"    {name},\n" for name in names)
    listed = "".join(f'    "{name}",\n' for name in names)
    return f'"""{about}"""\n\nfrom {module} import (\n{inner})\n\n__all__ = [\n{listed}]\n'
