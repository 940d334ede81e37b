"""Files that stand where a part would be written: each is kept, and gets what it lacks."""

from tests.codemods.harness import APP, Files, check_note, run
from tests.codemods.runtime.wanted import TASK, only, text


def test_a_module_that_stands_gets_only_what_it_lacks() -> None:
    own = '"""Ours."""\n\nfrom celery import Task\n\n\nclass EmailTask(Task):\n    pass\n'
    files = {"apps/__init__.py": "", "apps/core/__init__.py": "", "apps/core/tasks/__init__.py": ""}
    done = run("runtime", {**files, "apps/core/tasks/base.py": own}, only("base"))
    found = text(done, "apps/core/tasks/base.py")
    assert "class EmailTask(Task)" in found
    assert (
        "import (  # noqa: F401\n    ExternalAPITask,\n    IdempotentTask,\n    MaintenanceTask,\n"
        in found
    )
    assert [note.code for note in done.notes] == ["runtime-kept"]
    assert "EmailTask of this project" in done.notes[0].message


def test_a_file_that_stands_and_does_not_parse_is_left() -> None:
    files = {"apps/core/tasks/base.py": "class (:\n"}
    check_note("runtime", files, "runtime-kept", only("base"))


def test_scripts_of_the_project_s_own_are_kept_with_a_note() -> None:
    files = {"scripts/celery_workers.sh": "#!/bin/sh\n", "scripts/audit_celery_tasks.py": "x = 1\n"}
    done = run("runtime", files, only("workers", "audit"))
    assert done.changes == ()
    assert [note.code for note in done.notes] == ["runtime-kept", "runtime-kept"]


def test_an_alias_module_with_more_in_it_keeps_it() -> None:
    from codemods.renaming.alias_module import alias_module

    own = b"\nOLD_QUEUE = 'mails'\n"
    files = {"shop/task_aliases.py": alias_module({"create_job()": "create_job"}) + own}
    done = run("runtime", files, only("aliases"))
    found = text(done, "shop/task_aliases.py")
    assert "count_uses(TASK_NAME_ALIASES)" in found
    assert found.endswith(own.decode())


def test_an_alias_module_of_another_shape_is_left_alone() -> None:
    from codemods.renaming.alias_module import alias_module

    table = alias_module({"create_job()": "create_job"})
    other = table.replace(b"import celeryd_after_setup", b"import (\n    celeryd_after_setup,\n)")
    done = run("runtime", {"shop/task_aliases.py": other}, only("aliases"))
    assert done.changes == ()
    assert [note.code for note in done.notes] == ["runtime-aliases"]


def test_aliases_are_counted_once() -> None:
    from codemods.renaming.alias_module import alias_module

    table = {"create_job()": "create_job"}
    task = TASK.replace("@shared_task", '@shared_task(name="create_job")')
    app = APP.replace(
        'app = Celery("shop")\n',
        'from shop.task_aliases import register_task_aliases\n\napp = Celery("shop")\nregister_task_aliases(app)\n',
    )
    files: Files = {
        "orders/tasks.py": task,
        "shop/task_aliases.py": alias_module(table),
        "shop/celery.py": app,
    }
    done = run("runtime", files, only("aliases"))
    found = text(done, "shop/task_aliases.py")
    assert found.count("count_uses(TASK_NAME_ALIASES)") == 1
    assert alias_module(table, found.encode()) == found.encode()
