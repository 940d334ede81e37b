"""A god file that makes the Celery app of its tasks: they go where the app is loaded still, or stay with one note."""

from codemods.inventory.load import load
from codemods.settings import Settings, Split
from codemods.snapshot import snapshot_of
from migrate.pipeline import StepRun, run_step
from migrate.proof import prove
from migrate.steps import BY_NAME
from tests.codemods.split.god_file import SETTINGS

GOD = "shop/tasks.py"
HEAD = 'from celery import Celery, shared_task\n\napp = Celery("shop", broker="redis://x")\n{}'
TASK = "\n\n@{}\ndef {}(x):\n    return x\n"
WEB = "from shop.tasks import send_email\n\n\ndef view():\n    send_email.delay(1)\n"


def steps(
    decorator: str, *names: str, more: str = "", packages: bool | None = None
) -> list[StepRun]:
    """The runs of some steps, proved, one on the result of the other."""
    god = HEAD.format(more) + TASK.format(decorator, "send_email")
    god += TASK.format(decorator, "make_report")
    files = {"shop/__init__.py": "", GOD: god, "shop/web.py": WEB}
    wanted = Settings(god_files=(GOD,), domains=SETTINGS.domains, split=Split(packages=packages))
    snapshot = snapshot_of({path: text.encode() for path, text in files.items()})
    inventory, runs = load(snapshot, wanted), list[StepRun]()
    for name in names:
        made = run_step(BY_NAME[name], snapshot, inventory, load)
        assert prove(made, load).holds
        snapshot, inventory = made.snapshot, made.after
        runs.append(made)
    return runs


def told(run: StepRun) -> list[str]:
    return [note.message for note in run.notes if note.code == "task-stays"]


def test_tasks_that_the_app_decorates_stay_with_the_line_that_lets_them_go() -> None:
    (run,) = steps("app.task", "split")
    assert run.files == []
    assert told(run) == [
        "2 tasks stay, since this file makes the Celery app that decorates them: migrate apply --step decorators, then migrate apply --step split"
    ]


def test_shared_tasks_go_to_modules_of_a_package_which_loads_the_app() -> None:
    (run,) = steps("shared_task", "split")
    assert "shop/tasks/email.py" in run.files
    assert b'app = Celery("shop"' in run.snapshot.read("shop/tasks/__init__.py")
    assert run.snapshot.read("shop/web.py").startswith(b"from shop.tasks.email import")


def test_they_go_once_their_decorators_are_converted() -> None:
    _, run = steps("app.task", "decorators", "split", more="app.set_default()\n")
    assert run.snapshot.read("shop/tasks/email.py").endswith(
        b'@shared_task(name="shop.tasks.send_email")\ndef send_email(x):\n    return x\n'
    )


def test_where_no_new_file_would_load_the_app_all_stay() -> None:
    (run,) = steps("shared_task", "split", packages=False)
    assert run.files == []
    (message,) = told(run)
    assert "would not load that: take packages out of [tool.migrate.split]" in message


def test_what_holds_the_file_is_told() -> None:
    (run,) = steps("shared_task", "split", more="HERE = __file__\n")
    (message,) = told(run)
    assert "it can't become a package, since line 4 asks where the file stands" in message
