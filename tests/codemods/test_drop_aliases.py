"""Deploy gate 3: old names go, with the keys that were kept for them."""

import pytest

from codemods.renaming.alias_module import alias_module
from tests.codemods.harness import PROJECT, Files, check_change, run
from tests.codemods.test_aliases import HOOKED, task

DONE: Files = {
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


SETTINGS = PROJECT["shop/settings.py"]


def check_settings(before: str, after: str) -> None:
    check_change(
        "drop-aliases",
        {**DONE, "shop/settings.py": SETTINGS + before},
        {"shop/settings.py": SETTINGS + after},
    )


def test_the_last_entry_of_a_dict() -> None:
    check_settings(
        'CELERY_TASK_ROUTES = {\n    "x": "y",\n    "create_job()": "a",\n}\n',
        'CELERY_TASK_ROUTES = {\n    "x": "y",\n}\n',
    )


def test_the_only_entry_of_a_dict() -> None:
    check_settings('CELERY_TASK_ROUTES = {"create_job()": "a"}\n', "CELERY_TASK_ROUTES = {}\n")


def test_an_entry_without_a_trailing_comma() -> None:
    check_settings(
        'CELERY_TASK_ROUTES = {\n    "x": "y",\n    "create_job()": "a"\n}\n',
        'CELERY_TASK_ROUTES = {\n    "x": "y",\n}\n',
    )


def test_a_pair_in_a_list() -> None:
    check_settings(
        'CELERY_TASK_ROUTES = [("create_job", "a"), ("create_job()", "a"), ("x", "b")]\n',
        'CELERY_TASK_ROUTES = [("create_job", "a"), ("x", "b")]\n',
    )


def test_an_annotation() -> None:
    check_settings(
        'CELERY_TASK_ANNOTATIONS = {\n    "create_job()": {"rate_limit": "1/s"},\n    "*": {},\n}\n',
        'CELERY_TASK_ANNOTATIONS = {\n    "*": {},\n}\n',
    )


def test_a_key_set_alone_under_a_condition_leaves_the_rest() -> None:
    check_settings(
        'CELERY_TASK_ROUTES = {}\nif DEBUG:\n    CELERY_TASK_ROUTES["create_job()"] = "a"\n    X = 1\nDEBUG = 1\n',
        "CELERY_TASK_ROUTES = {}\nif DEBUG:\n    X = 1\nDEBUG = 1\n",
    )


def test_line_ends_and_tabs_are_kept() -> None:
    before = 'INSTALLED_APPS = ["orders"]\r\nCELERY_TASK_ROUTES = {\r\n\t"create_job()": "a",\r\n\t"x": "y",\r\n}\r\n'
    after = 'INSTALLED_APPS = ["orders"]\r\nCELERY_TASK_ROUTES = {\r\n\t"x": "y",\r\n}\r\n'
    check_change(
        "drop-aliases",
        {**DONE, "shop/settings.py": before.encode()},
        {"shop/settings.py": after.encode()},
    )


def test_an_encoding_and_a_mark_are_kept() -> None:
    latin = (
        '# coding: latin-1\nNAME = "\u00e9"\nCELERY_TASK_ROUTES = {"create_job()": "a", "x": "y"}\n'
    )
    check_change(
        "drop-aliases",
        {**DONE, "shop/more.py": latin.encode("latin-1")},
        {"shop/more.py": latin.replace('"create_job()": "a", ', "").encode("latin-1")},
    )


def test_a_comment_above_the_next_entry_stays() -> None:
    check_settings(
        'CELERY_TASK_ROUTES = {\n    "create_job()": "a",\n    # slow ones\n    "x": "y",\n}\n',
        'CELERY_TASK_ROUTES = {\n    # slow ones\n    "x": "y",\n}\n',
    )


def test_keys_spelled_in_parts() -> None:
    check_settings(
        'CELERY_TASK_ROUTES = {"create" "_job()": "a", "x": "y"}\n',
        'CELERY_TASK_ROUTES = {"x": "y"}\n',
    )


def test_a_routes_variable() -> None:
    check_settings(
        'ROUTES = {"create_job()": "a", "x": "y"}\nCELERY_TASK_ROUTES = ROUTES\n',
        'ROUTES = {"x": "y"}\nCELERY_TASK_ROUTES = ROUTES\n',
    )


def test_the_hook_goes_from_an_app_without_settings() -> None:
    files = {**DONE, "shop/celery.py": HOOKED.replace("app.autodiscover_tasks()\n", "")}
    found = run("drop-aliases", files)
    assert b"task_aliases" not in found.snapshot.read("shop/celery.py")


def test_a_data_label_holds_the_name_too() -> None:
    files = {**DONE, "orders/labels.py": 'LABELS = {"create_job()": "Create"}\n'}
    assert run("drop-aliases", files).files == []


def test_tests_and_prose_do_not_hold_a_name() -> None:
    files = {
        **DONE,
        "orders/tests/test_x.py": 'def test():\n    assert "create_job()"\n',
        "README.md": "create_job() makes jobs\n",
    }
    assert "shop/task_aliases.py" in run("drop-aliases", files).files


def test_a_file_that_does_not_parse_is_left() -> None:
    files = {**DONE, "orders/old.py": 'print "create_job()"\n'}
    assert "orders/old.py" not in run("drop-aliases", files).files


def test_nothing_to_drop() -> None:
    assert run("drop-aliases", {"orders/tasks.py": task("create_job")}).files == []


def test_a_star_import_of_the_app_s_module_takes_no_hook_from_it() -> None:
    files = {**DONE, "orders/views.py": "from shop.celery import *\n\n\ndef view():\n    app\n"}
    check_change("drop-aliases", files, {"shop/celery.py": PROJECT["shop/celery.py"]})


OLD, NEW = '("create_job()", {"queue": "a"})', '("create_job", {"queue": "a"})'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"({NEW}, {OLD},)", f"({NEW},)"),
        (f"({NEW}, {OLD})", f"({NEW},)"),
        (f"({OLD}, {NEW})", f"({NEW},)"),
        (f"({OLD}, {NEW},)", f"({NEW},)"),
        (f"(\n    {OLD},\n    {NEW}\n)", f"(\n    {NEW},\n)"),
        (f"(\n    {NEW},\n    {OLD}\n)", f"(\n    {NEW},\n)"),
        (f"(\n    {NEW},  # new\n    {OLD},  # old\n)", f"(\n    {NEW},  # new\n)"),
        (f'(("x", "low"), {OLD}, {NEW})', f'(("x", "low"), {NEW})'),
        (f"[{NEW}, {OLD}]", f"[{NEW}]"),
    ],
)
def test_a_pair_of_a_tuple_goes_and_the_tuple_stays_one(before: str, after: str) -> None:
    routes = PROJECT["shop/settings.py"] + "CELERY_TASK_ROUTES = ({},)\n"
    files = {**DONE, "shop/settings.py": routes.format(before)}
    check_change("drop-aliases", files, {"shop/settings.py": routes.format(after)})
