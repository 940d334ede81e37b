"""Settings that ask for parts of the runtime, and the small files that the parts are added to."""

from codemods.settings import Runtime, Settings
from migrate.pipeline import StepRun

ON = Settings(runtime=Runtime(install=True))
TASK = "from celery import shared_task\n\n\n@shared_task\ndef send(to):\n    return to\n"
CLASS = 'task_cls="target_runtime.tasks.base:RuntimeTask"'


def only(*parts: str, **more: object) -> Settings:
    """Settings under which these parts alone are added."""
    every = {
        "requirement", "installed-app", "task-class", "base", "decorators", "idempotency",
        "settings", "in-force", "durations", "keys", "workers", "audit", "hooks", "aliases",
    }  # fmt: skip
    skip = tuple(sorted(every - set(parts)))
    places = {"tasks": "apps/core/tasks"} | more
    return Settings(runtime=Runtime(install=True, skip=skip, **places))  # type: ignore[arg-type]


def text(done: StepRun, path: str) -> str:
    return done.snapshot.read(path).decode()
