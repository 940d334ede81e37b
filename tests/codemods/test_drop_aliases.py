"""Deploy gate 3: old names go, with the keys that were kept for them."""

from codemods.aliases import alias_module
from tests.codemods.harness import PROJECT, check_change, run
from tests.codemods.test_aliases import HOOKED, task

DONE = {
    "orders/tasks.py": task("create_job"),
    "shop/celery.py": HOOKED,
    "shop/task_aliases.py": alias_module({"create_job()": "create_job"}),
}


def test_the_module_the_hook_and_the_keys_go() -> None:
    routes = 'CELERY_TASK_ROUTES = {\n    "create_job": {"queue": "high"},\n    "create_job()": {"queue": "high"},\n    "x": "low",\n}\n'
    found = check_change(
        "drop-aliases",
        {**DONE, "shop/settings.py": PROJECT["shop/settings.py"] + routes},
        {
            "shop/celery.py": PROJECT["shop/celery.py"],
            "shop/settings.py": PROJECT["shop/settings.py"]
            + 'CELERY_TASK_ROUTES = {\n    "create_job": {"queue": "high"},\n    "x": "low",\n}\n',
        },
    )
    assert "shop/task_aliases.py" not in found.snapshot
    assert found.after.known_names == {"create_job"}


def test_an_alias_whose_task_still_bears_the_old_name_stays() -> None:
    files = {**DONE, "orders/tasks.py": task("create_job()")}
    assert run("drop-aliases", files).files == []


def test_only_what_is_done_goes() -> None:
    table = {"create_job()": "create_job", "close_job()": "close_job"}
    files = {
        **DONE,
        "orders/more.py": task("close_job()").replace("one", "two"),
        "shop/task_aliases.py": alias_module(table),
    }
    check_change(
        "drop-aliases",
        files,
        {
            "shop/task_aliases.py": alias_module({"close_job()": "close_job"}),
            "shop/celery.py": HOOKED,
        },
    )


def test_keys_on_one_line_and_set_alone_go() -> None:
    before = (
        'CELERY_TASK_ROUTES = {"create_job": {"queue": "a"}, "create_job()": {"queue": "a"}}\n'
        'CELERY_TASK_ROUTES["create_job()"] = {"queue": "a"}\nDEBUG = True\n'
    )
    after = 'CELERY_TASK_ROUTES = {"create_job": {"queue": "a"}}\nDEBUG = True\n'
    settings = PROJECT["shop/settings.py"]
    check_change(
        "drop-aliases",
        {**DONE, "shop/settings.py": settings + before},
        {"shop/settings.py": settings + after},
    )


def test_a_name_that_code_still_holds_stays_alive() -> None:
    files = {
        **DONE,
        "orders/views.py": 'GO = "create_job()"\n\n\ndef view(app):\n    app.send_task(GO)\n',
    }
    found = run("drop-aliases", files)
    assert (found.files, [note.code for note in found.notes]) == ([], ["still-named"])


def test_a_comment_in_a_dropped_entry_goes_with_it() -> None:
    settings = PROJECT["shop/settings.py"]
    before = 'CELERY_TASK_ROUTES = {\n    "create_job()": {  # by hand\n        "queue": "a",\n    },\n    "x": "y",\n}\n'
    check_change(
        "drop-aliases",
        {**DONE, "shop/settings.py": settings + before},
        {"shop/settings.py": settings + 'CELERY_TASK_ROUTES = {\n    "x": "y",\n}\n'},
    )
