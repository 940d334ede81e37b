"""A small god file, the domains that its tasks go to, and the step over both."""

from codemods.settings import Domain, Settings
from migrate.pipeline import StepRun
from tests.codemods.harness import run

GOD = "orders/tasks.py"
SETTINGS = Settings(
    god_files=(GOD,),
    domains={"email": Domain(tasks=("*email*",)), "report": Domain(tasks=("*report*",))},
)
IMPORTS = "from celery import shared_task\n\n\n"
EMAIL = '@shared_task(name="send_email")\ndef send_email(to):\n    return to\n'
REPORT = '@shared_task(name="make_report")\ndef make_report():\n    return 1\n'


def split(god: str, more: dict[str, str | bytes] | None = None) -> StepRun:
    return run("split", {GOD: god, **(more or {})}, SETTINGS)


def text(run: StepRun, path: str) -> str:
    return run.snapshot.read(path).decode()
