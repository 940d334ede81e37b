"""The step `split` where two new files would import each other."""

from codemods.inventory.load import load
from codemods.settings import Domain, Settings
from codemods.snapshot import snapshot_of
from codemods.split import clusters
from tests.codemods.harness import PROJECT, encoded, run

GOD = "orders/tasks.py"
EMAIL, REPORT = "orders/email_tasks.py", "orders/report_tasks.py"


def settings(**named: str) -> Settings:
    """A god file, and the domains that the user gives tasks to by name."""
    domains = {name: Domain(words=(name,)) for name in ("email", "report")}
    domains |= {name: Domain(tasks=(task,)) for name, task in named.items()}
    return Settings(god_files=(GOD,), domains=domains)


def god(**bodies: str) -> str:
    """A god file of tasks with these bodies."""
    tasks = [
        f'@shared_task(name="{name}")\ndef {name}():\n{body}\n' for name, body in bodies.items()
    ]
    return "from celery import shared_task\n\n\n" + "\n\n".join(tasks)


def files_of(text: str, wanted: Settings) -> dict[str, str]:
    """What stands in each new file."""
    done = run("split", {GOD: text}, wanted)
    return {path: done.snapshot.read(path).decode() for path in done.files if path != GOD}


def test_a_task_goes_to_the_file_that_it_reads() -> None:
    found = files_of(
        god(
            send_email="    return 1",
            check_email="    return 2",
            make_report="    return send_email() + check_email()",
            keep_report="    return 3",
            email_all="    return keep_report()",
        ),
        settings(),
    )
    assert "def email_all" in found[REPORT]
    assert "def send_email" in found[EMAIL]
    assert "    from orders" not in "".join(found.values())
    assert "\nfrom orders.email_tasks import check_email, send_email\n" in found[REPORT]


def test_the_helpers_of_such_a_task_go_along() -> None:
    text = god(
        send_email="    return 1",
        check_email="    return 2",
        make_report="    return send_email() + check_email()",
        keep_report="    return 3",
        email_all="    return all_of_it()",
    )
    text = text.replace(
        '@shared_task(name="email_all")',
        'def all_of_it():\n    return keep_report()\n\n\n@shared_task(name="email_all")',
    )
    found = files_of(text, settings())
    assert "def email_all" in found[REPORT]
    assert "def all_of_it" in found[REPORT]
    assert "    from orders" not in "".join(found.values())


def test_the_reason_is_told() -> None:
    text = god(
        send_email="    return 1",
        check_email="    return 2",
        make_report="    return send_email() + check_email()",
        keep_report="    return 3",
        email_all="    return keep_report()",
    )
    known = {path: encoded(content) for path, content in (PROJECT | {GOD: text}).items()}
    found = {
        cluster.to: dict(cluster.tasks)
        for cluster in clusters(load(snapshot_of(known), settings()))
    }
    why = "it reads keep_report, and two new files would import each other"
    assert found[REPORT]["email_all"] == why
    assert why not in found[EMAIL].values()


def test_a_task_that_the_user_placed_stays_there_and_imports_inside() -> None:
    body = "    # All of it,\n    # each week.\n    return make_report()"
    text = god(send_email=body, make_report="    return send_email() + mail_email()")
    text += '\n\n@shared_task(name="mail_email")\ndef mail_email():\n    return 4\n'
    found = files_of(text, settings(email="*_email", report="*_report"))
    assert "def send_email" in found[EMAIL]
    assert (
        "def send_email():\n    from orders.report_tasks import make_report\n"
        "    # All of it,\n    # each week.\n    return make_report()\n" in found[EMAIL]
    )


def test_a_task_that_shares_state_with_others_stays_with_them_and_its_readers_come() -> None:
    text = god(
        send_email="    return 1",
        check_email="    return 2",
        make_report="    global COUNT\n    COUNT += 1\n    return send_email() + check_email()",
        keep_report="    return COUNT",
        email_all="    return both()",
        email_some="    return both()",
    )
    text = text.replace(
        '@shared_task(name="email_all")',
        'COUNT = 0\n\n\ndef both():\n    return keep_report()\n\n\n@shared_task(name="email_all")',
    )
    found = files_of(text, settings())
    assert "def keep_report" in found[REPORT]
    assert "def email_all" in found[REPORT]
    assert "def email_some" in found[REPORT]
    assert "def send_email" in found[EMAIL]
