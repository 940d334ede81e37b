"""Django system checks for what would go wrong without a word."""

from django.core import checks

from target_runtime.checks.app import check_app, check_settings
from target_runtime.checks.servers import check_servers
from target_runtime.checks.tasks import check_tasks

TAG = "celery"


def register_all() -> None:
    """Registers the checks; those that ask a server run with `manage.py check --tag celery --deploy`."""
    checks.register(check_settings, TAG)
    checks.register(check_app, TAG)
    checks.register(check_tasks, TAG)
    checks.register(check_servers, TAG, deploy=True)
