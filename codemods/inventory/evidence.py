"""What the use of a name says: whether it is a Celery app though nothing shows how it was made."""

from functools import cached_property

from codemods.inventory.project import Project
from codemods.inventory.testing import is_test
from codemods.inventory.values import Use

FOREIGN = frozenset(
    {
        "airflow", "arq", "background_task", "clearml", "commander", "crewai", "dagster", "dask", "discord",
        "django_q", "django_rq", "django_tasks", "doit", "dramatiq", "duty", "fabric", "flask_apscheduler",
        "flask_security", "flytekit", "huey", "inspect_ai", "invoke", "invocations", "kfp", "locust", "luigi", "metaflow",
        "newrelic", "nox", "prefect", "procrastinate", "ray", "robocorp", "rocketry", "rq", "saq", "spinach",
        "streaq", "taskiq", "taskiq_aio_pika", "taskiq_redis", "temporalio", "uvicorn",
    }
)  # fmt: skip
"""Libraries of other kinds of tasks, or whose decorators only sound so, by the name that is imported."""

FOREIGN_PARTS = ("django.tasks", "discord.ext")

OPTIONS = frozenset(
    {
        "acks_late", "autoretry_for", "base", "bind", "default_retry_delay", "ignore_result",
        "max_retries", "name", "queue", "rate_limit", "reject_on_worker_lost", "retry_backoff",
        "retry_kwargs", "routing_key", "send_error_emails", "serializer", "soft_time_limit",
        "store_errors_even_if_ignored", "throws", "time_limit", "track_started", "run_every",
    }
)  # fmt: skip
"""Options of Celery's tasks that say of a decorator whose it is."""

APP_CALLS = {
    "config": "config_from_object",
    "autodiscover": "autodiscover_tasks",
    "set_default": "set_default",
    "periodic": "add_periodic_task",
    "send_task": "send_task",
}


class Evidence:
    """How names are used as apps in a project."""

    def __init__(self, project: Project) -> None:
        self.project = project

    @cached_property
    def knows_celery(self) -> bool:
        """Whether any file of the project imports Celery or a library around it."""
        return any(
            "celery" in item.module.partition(".")[0].lower() and not item.module.startswith("/")
            for facts in self.project.facts.values()
            for item in facts.imports
        )

    @cached_property
    def decorating(self) -> dict[str, list[tuple[Use, str]]]:
        """By the name before `.task`, the decorators with the symbols of the functions below them."""
        found: dict[str, list[tuple[Use, str]]] = {}
        for path, facts in self.project.facts.items():
            if is_test(path):
                continue
            module = self.project.module_of[path]
            for function in facts.functions:
                for use in function.decorators:
                    if use.symbol is not None and use.symbol.endswith(".task"):
                        app = self.project.resolve(use.symbol.removesuffix(".task"))
                        found.setdefault(app, []).append((use, f"{module}.{function.qualname}"))
        return found

    @cached_property
    def calls(self) -> dict[str, set[str]]:
        """By resolved receiver, the kinds of calls made on it."""
        found: dict[str, set[str]] = {}
        for facts in self.project.facts.values():
            for call in facts.calls:
                if call.receiver is not None:
                    found.setdefault(self.project.resolve(call.receiver), set()).add(call.kind)
        return found

    @property
    def receivers(self) -> set[str]:
        """Every name that may be an app by its use."""
        configured = {
            name for name, kinds in self.calls.items() if kinds & {"config", "autodiscover"}
        }
        return set(self.decorating) | configured

    def is_foreign(self, dotted: str) -> bool:
        """Whether a name belongs to a library of tasks that are not Celery's."""
        return dotted.partition(".")[0] in FOREIGN or dotted.startswith(FOREIGN_PARTS)

    def of(self, dotted: str) -> str:
        """Why a name is an app, or `""` where nothing says so."""
        kinds = self.calls.get(dotted, set())
        if not self.knows_celery and not {"config", "autodiscover"} <= kinds:
            return ""
        named = sorted(APP_CALLS[kind] for kind in kinds & APP_CALLS.keys())
        if {"config", "autodiscover"} & kinds:
            return f"{named[0]}() is called on it"
        decorated = self.decorating.get(dotted, [])
        options = sorted({key for use, _ in decorated for key in use.keywords if key in OPTIONS})
        if options:
            return f"its .task(...) is given {options[0]}="
        for _, function in decorated:
            if self.calls.get(function, set()) & {"send", "canvas"}:
                return f"{function}, which its .task decorates, is sent as a task"
        if decorated and (named or "celery" in dotted.rpartition(".")[2].lower()):
            return f"{named[0]}() is called on it" if named else "it is named so"
        return ""
