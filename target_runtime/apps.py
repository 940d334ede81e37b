"""The Django app: its checks, its table, and the watch over runs."""

from django.apps import AppConfig


class TargetRuntimeConfig(AppConfig):
    """`target_runtime` in `INSTALLED_APPS`."""

    name = "target_runtime"
    label = "target_runtime"
    verbose_name = "Task runtime"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connects the checks and the watch; nothing here talks to a server."""
        from target_runtime import checks
        from target_runtime.observe import messages, runs

        checks.register_all()
        messages.connect()
        runs.connect()
