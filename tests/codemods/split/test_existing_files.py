"""Files of a domain that are there already: they take in what comes, under names that are free."""

from codemods.settings import Settings
from tests.codemods.harness import run
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, split, text


def test_an_existing_file_is_appended_to() -> None:
    existing = (
        '"""Mails."""\n\nimport os\n\nfrom celery import shared_task\n\n\n'
        '@shared_task(name="old")\ndef old():\n    return os\n'
    )
    god = "import json\n" + IMPORTS + EMAIL.replace("return to", "return json") + "\n\n" + REPORT
    found = text(split(god, {"orders/email_tasks.py": existing}), "orders/email_tasks.py")
    assert found.startswith(
        '"""Mails."""\n\nimport json\nimport os\n\nfrom celery import shared_task\n'
    )
    assert found.endswith("    return os\n\n\n" + EMAIL.replace("return to", "return json"))


def test_a_clash_is_read_under_another_name() -> None:
    existing = (
        IMPORTS
        + "def stamp():\n    return 0\n\n\n@shared_task(name='old')\ndef old():\n    return stamp()\n"
    )
    god = (
        IMPORTS
        + "def stamp():\n    return 1\n\n\n"
        + EMAIL.replace("return to", "return stamp()")
        + "\n\n"
        + REPORT
    )
    found = text(split(god, {"orders/email_tasks.py": existing}), "orders/email_tasks.py")
    assert "from orders.task_helpers import stamp as tasks_stamp" in found
    assert "return tasks_stamp()" in found
    assert "def stamp():\n    return 0" in found


def test_the_same_helper_in_both_files_is_kept_once() -> None:
    helper = "def stamp():\n    return 1\n\n\n"
    existing = IMPORTS + helper + "@shared_task(name='old')\ndef old():\n    return stamp()\n"
    god = IMPORTS + helper + EMAIL.replace("return to", "return stamp()") + "\n\n" + REPORT
    done = split(god, {"orders/email_tasks.py": existing})
    assert text(done, "orders/email_tasks.py").count("def stamp") == 1
    assert "stamp" in text(done, GOD)


def test_an_existing_file_never_imports_itself_or_the_god_file() -> None:
    existing = "from orders.tasks import helper\n\n\ndef other():\n    return helper()\n"
    god = (
        "from orders.email_tasks import other\n"
        if False
        else IMPORTS
        + "def helper():\n    return 1\n\n\n"
        + EMAIL.replace("return to", "return helper()")
        + "\n\n"
        + REPORT
    )
    found = text(split(god, {"orders/email_tasks.py": existing}), "orders/email_tasks.py")
    assert "orders.tasks import" not in found
    assert "from orders.email_tasks" not in found


def test_a_file_that_would_stand_in_a_circle_is_no_home_and_has_no_double() -> None:
    body = "".join(f"    value = {n}\n" for n in range(60)) + "    return post.send()\n"
    names = [
        f"{verb}_{noun}"
        for noun in ("ledger", "parcel", "gate")
        for verb in ("open", "mark", "sell", "sum")
    ]
    tasks = "\n\n".join(f'@shared_task(name="{name}")\ndef {name}():\n{body}' for name in names)
    god = "from celery import shared_task\n\nfrom orders import post\n\n\n" + tasks
    more: dict[str, str | bytes] = {
        "orders/ledger_tasks.py": f"{IMPORTS}@shared_task(name='old')\ndef old():\n    return 1\n",
        "orders/post.py": "from orders.ledger_tasks import old\n\n\ndef send():\n    return old\n",
    }
    found = run("split", {GOD: god, **more}, Settings())
    assert "orders/parcel_tasks.py" in found.files
    assert not any("more_" in path for path in found.files)
    assert "orders/ledger_tasks.py" not in found.files
