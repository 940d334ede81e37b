"""`@app.task` to `@shared_task`: each hazard as a before and an after."""

import pytest

from codemods.settings import ExceptionRule, Settings
from tests.codemods.harness import PROJECT, check_change, check_note, check_untouched, run

TASKS = "orders/tasks.py"


def change(before: str | bytes, after: str | bytes, **more: str) -> None:
    check_change("decorators", {TASKS: before, **more}, {TASKS: after})


def test_called_and_bare_decorators() -> None:
    change(
        """\
        from shop.celery import app


        @app.task
        def one():
            return 1


        @app.task(name="two", bind=True)
        def two(self):
            return self.request.id
        """,
        """\
        from celery import shared_task


        @shared_task
        def one():
            return 1


        @shared_task(name="two", bind=True)
        def two(self):
            return self.request.id
        """,
    )


def test_app_under_an_alias() -> None:
    change(
        "from shop.celery import app as celery_app\n\n\n@celery_app.task()\ndef one():\n    pass\n",
        "from celery import shared_task\n\n\n@shared_task()\ndef one():\n    pass\n",
    )


def test_app_imported_relatively() -> None:
    check_change(
        "decorators",
        {"shop/mail.py": "from .celery import app\n\n\n@app.task\ndef one():\n    pass\n"},
        {
            "shop/mail.py": "from celery import shared_task\n\n\n@shared_task\ndef one():\n    pass\n"
        },
    )


def test_app_as_attribute_of_a_module() -> None:
    change(
        "from shop import celery as work\n\n\n@work.app.task\ndef one():\n    pass\n",
        "from celery import shared_task\n\n\n@shared_task\ndef one():\n    pass\n",
    )


def test_app_reached_by_its_full_name() -> None:
    change(
        "import shop.celery\n\n\n@shop.celery.app.task\ndef one():\n    pass\n",
        "from celery import shared_task\n\n\n@shared_task\ndef one():\n    pass\n",
    )


def test_app_from_a_re_export() -> None:
    change(
        "from shop import celery_app\n\n\n@celery_app.task\ndef one():\n    pass\n",
        "from celery import shared_task\n\n\n@shared_task\ndef one():\n    pass\n",
    )


def test_same_spelling_from_elsewhere_is_left() -> None:
    check_untouched(
        "decorators",
        {TASKS: "from invoke import app\n\n\n@app.task\ndef build(c):\n    c.run('make')\n"},
    )


def test_name_shadowed_in_another_scope_is_left() -> None:
    change(
        """\
        from shop.celery import app


        @app.task
        def one(app):
            return app.conf
        """,
        """\
        from celery import shared_task


        @shared_task
        def one(app):
            return app.conf
        """,
    )


def test_arguments_of_the_decorator_stay_as_written() -> None:
    change(
        """\
        from shop.celery import app

        OPTIONS = {"acks_late": True}


        @app.task(
            # as long as the report takes
            time_limit=60 * 5,
            **OPTIONS,
        )
        def one():
            pass
        """,
        """\
        from celery import shared_task

        OPTIONS = {"acks_late": True}


        @shared_task(
            # as long as the report takes
            time_limit=60 * 5,
            **OPTIONS,
        )
        def one():
            pass
        """,
    )


def test_options_that_only_running_tells_keep_the_file() -> None:
    note = check_note(
        "decorators",
        {
            TASKS: "from shop.celery import app\nfrom orders.policy import policy\n\n\n"
            "@app.task(**policy('mail'))\ndef one():\n    pass\n",
            "orders/policy.py": "from company import rules\n\n\ndef policy(name):\n    return rules(name)\n",
        },
        "app-task-stays",
    )
    assert "options" in note.message


def test_import_merges_into_a_sorted_list() -> None:
    change(
        "from celery import Task, chain\nfrom shop.celery import app\n\n\n@app.task\n"
        "def one():\n    chain()\n\n\nclass Base(Task):\n    pass\n",
        "from celery import Task, chain, shared_task\n\n\n@shared_task\n"
        "def one():\n    chain()\n\n\nclass Base(Task):\n    pass\n",
    )


def test_import_merges_into_a_list_with_comments_and_trailing_comma() -> None:
    change(
        """\
        from celery import (
            Task,  # the base
            chain,
        )

        from shop.celery import app


        @app.task(base=Task)
        def one():
            chain()
        """,
        """\
        from celery import (
            Task,  # the base
            chain,
            shared_task,
        )


        @shared_task(base=Task)
        def one():
            chain()
        """,
    )


def test_only_the_app_leaves_a_shared_import() -> None:
    change(
        """\
        from shop.celery import (
            LIMIT,  # seconds
            app,
        )


        @app.task(time_limit=LIMIT)
        def one():
            pass
        """,
        """\
        from celery import shared_task

        from shop.celery import (
            LIMIT,  # seconds
        )


        @shared_task(time_limit=LIMIT)
        def one():
            pass
        """,
        **{"shop/celery.py": "LIMIT = 5\n" + PROJECT["shop/celery.py"]},
    )


def test_new_import_takes_its_place_among_third_parties() -> None:
    change(
        """\
        import logging

        import boto3
        from django.utils import timezone

        from orders import models
        from shop.celery import app

        logger = logging.getLogger(__name__)


        @app.task
        def one():
            logger.info(timezone.now(), boto3, models)
        """,
        """\
        import logging

        import boto3
        from celery import shared_task
        from django.utils import timezone

        from orders import models

        logger = logging.getLogger(__name__)


        @shared_task
        def one():
            logger.info(timezone.now(), boto3, models)
        """,
        **{"orders/models.py": ""},
    )


def test_new_import_goes_to_the_block_that_has_its_section() -> None:
    change(
        """\
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from orders.models import Order

        import requests

        from shop.celery import app


        @app.task
        def one(order: "Order"):
            requests.get("/")
        """,
        """\
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from orders.models import Order

        import requests
        from celery import shared_task


        @shared_task
        def one(order: "Order"):
            requests.get("/")
        """,
    )


def test_unsorted_imports_keep_their_order() -> None:
    change(
        "from shop.celery import app\nimport logging\n\n\n@app.task\ndef one():\n    logging.info('')\n",
        "from celery import shared_task\nimport logging\n\n\n@shared_task\ndef one():\n    logging.info('')\n",
    )


def test_import_after_a_licence_and_a_docstring() -> None:
    change(
        '# Copyright\n\n"""Tasks."""\n\nfrom shop.celery import app\n\nfrom . import services\n\n\n'
        "@app.task\ndef one():\n    services.go()\n",
        '# Copyright\n\n"""Tasks."""\n\nfrom celery import shared_task\n\nfrom . import services\n\n\n'
        "@shared_task\ndef one():\n    services.go()\n",
        **{"orders/services.py": "def go():\n    pass\n"},
    )


def test_other_uses_in_bodies_become_current_app() -> None:
    change(
        """\
        from shop.celery import app


        @app.task
        def one():
            app.send_task("two", args=[1])
            return app.conf.broker_url
        """,
        """\
        from celery import current_app, shared_task


        @shared_task
        def one():
            current_app.send_task("two", args=[1])
            return current_app.conf.broker_url
        """,
    )


def test_a_use_at_import_time_keeps_the_app() -> None:
    change(
        """\
        from shop.celery import app


        @app.on_after_finalize.connect
        def schedule(sender, **kwargs):
            sender.add_periodic_task(60, one.s(), name="one")


        @app.task
        def one():
            return app.conf.timezone
        """,
        """\
        from celery import shared_task

        from shop.celery import app


        @app.on_after_finalize.connect
        def schedule(sender, **kwargs):
            sender.add_periodic_task(60, one.s(), name="one")


        @shared_task
        def one():
            return app.conf.timezone
        """,
    )


def test_an_app_that_others_import_from_here_stays() -> None:
    found = check_change(
        "decorators",
        {
            TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
            "orders/views.py": "from orders.tasks import app\n\n\ndef view():\n    app.send_task('one')\n",
        },
        {},
    )
    assert b"from shop.celery import app" in found.snapshot.read(TASKS)


def test_a_patched_app_stays() -> None:
    found = run(
        "decorators",
        {
            TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    app.send_task('x')\n",
            "orders/tests/test_tasks.py": "from unittest.mock import patch\n\n\n"
            "@patch('orders.tasks.app')\ndef test_one(app):\n    pass\n",
        },
    )
    assert b"import app" in found.snapshot.read(TASKS)


def test_stacked_decorators_stay_in_their_order() -> None:
    change(
        "from django.db import transaction\nfrom shop.celery import app\n\n\n@transaction.atomic\n"
        "@app.task\n@transaction.atomic\ndef one():\n    pass\n",
        "from celery import shared_task\nfrom django.db import transaction\n\n\n@transaction.atomic\n"
        "@shared_task\n@transaction.atomic\ndef one():\n    pass\n",
    )


def test_one_line_body_and_semicolons() -> None:
    change(
        "from shop.celery import app\n\nLIMIT = 1; RATE = 2\n\n@app.task\ndef one(): return LIMIT; return RATE\n",
        "from celery import shared_task\n\nLIMIT = 1; RATE = 2\n\n@shared_task\ndef one(): return LIMIT; return RATE\n",
    )


def test_app_import_that_shares_its_line_stays() -> None:
    change(
        "import os; from shop.celery import app\n\n\n@app.task\ndef one():\n    os.getpid()\n\n\n"
        "two = app.conf\n",
        "from celery import shared_task\nimport os; from shop.celery import app\n\n\n@shared_task\n"
        "def one():\n    os.getpid()\n\n\ntwo = app.conf\n",
    )


def test_parentheses_round_the_decorator() -> None:
    change(
        "from shop.celery import app\n\n\n@(app.task)\ndef one():\n    pass\n",
        "from celery import shared_task\n\n\n@(shared_task)\ndef one():\n    pass\n",
    )


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_line_ends_tabs_and_mark_are_kept(newline: str) -> None:
    before = "from shop.celery import app\n\n\n@app.task\ndef one():\n\treturn '\u00e9'\n"
    after = "from celery import shared_task\n\n\n@shared_task\ndef one():\n\treturn '\u00e9'\n"
    mark = b"\xef\xbb\xbf"
    change(
        mark + before.replace("\n", newline).encode(), mark + after.replace("\n", newline).encode()
    )


def test_a_coding_line_is_kept() -> None:
    before = "# -*- coding: latin-1 -*-\nfrom shop.celery import app\n\n\n@app.task\ndef one():\n    return '\u00e9'\n"
    after = "# -*- coding: latin-1 -*-\nfrom celery import shared_task\n\n\n@shared_task\ndef one():\n    return '\u00e9'\n"
    change(before.encode("latin-1"), after.encode("latin-1"))


def test_no_final_newline_stays_so() -> None:
    change(
        "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass",
        "from celery import shared_task\n\n\n@shared_task\ndef one():\n    pass",
    )


def test_a_file_that_does_not_parse_is_left() -> None:
    check_untouched("decorators", {TASKS: "from shop.celery import app\n@app.task\ndef one(:\n"})


@pytest.mark.parametrize("option", ["filter=len", "shared=False", "lazy=False"])
def test_options_that_shared_task_ignores_keep_the_file(option: str) -> None:
    files = {TASKS: f"from shop.celery import app\n\n\n@app.task({option})\ndef one():\n    pass\n"}
    check_untouched("decorators", files)
    note = check_note("decorators", files, "app-task-stays")
    assert option.partition("=")[0] in note.message


def test_one_task_that_must_stay_keeps_the_whole_file() -> None:
    files = {
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n\n\n"
        "@app.task(shared=False)\ndef two():\n    pass\n"
    }
    check_untouched("decorators", files)


def test_a_mixed_file_that_must_stay_is_a_note() -> None:
    files = {
        TASKS: "from celery import shared_task\nfrom shop.celery import app\n\n\n@shared_task\n"
        "def one():\n    pass\n\n\n@app.task(lazy=False)\ndef two():\n    pass\n"
    }
    check_untouched("decorators", files)
    check_note("decorators", files, "mixed-stays")


def test_methods_and_closures_stay() -> None:
    files = {
        TASKS: "from shop.celery import app\n\n\nclass Orders:\n    @app.task\n    def one():\n        pass\n"
    }
    check_untouched("decorators", files)
    check_note("decorators", files, "app-task-stays")


@pytest.mark.parametrize("use", ["NAME = one.name", "FIRST = one.s()", "KIND = type(one)"])
def test_a_task_used_while_its_module_is_imported_stays(use: str) -> None:
    files = {
        TASKS: f"from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n\n\n{use}\n"
    }
    check_untouched("decorators", files)
    note = check_note("decorators", files, "app-task-stays")
    assert "imported" in note.message


def test_tasks_of_another_app_stay() -> None:
    files = {
        TASKS: "from shop.other import other\n\n\n@other.task\ndef one():\n    pass\n",
        "shop/other.py": 'from celery import Celery\n\nother = Celery("other")\n',
    }
    check_untouched("decorators", files)
    note = check_note("decorators", files, "app-task-stays")
    assert "another app" in note.message


def test_several_apps_of_which_none_is_exported_stay() -> None:
    files = {
        "shop/__init__.py": "",
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        "shop/other.py": 'from celery import Celery\n\nother = Celery("other")\n',
        "orders/views.py": "from shop.other import other\n",
    }
    check_untouched("decorators", files)
    note = check_note("decorators", files, "app-unknown")
    assert 'app = "shop.celery:app" in [tool.migrate]' in note.message
    found = run("decorators", files, Settings(app="shop.celery:app"))
    assert TASKS in found.files


def test_an_app_that_nothing_names_or_imports_is_stray() -> None:
    files = {
        "shop/__init__.py": "",
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        "shop/other.py": 'from celery import Celery\n\nother = Celery("other")\n',
    }
    assert TASKS in run("decorators", files).files


@pytest.mark.parametrize(
    "command",
    [
        ("Procfile", "worker: celery -A shop.celery worker -l info\n"),
        (
            "deploy/docker-compose.yml",
            'command: ["celery", "--app", "shop.celery:app", "worker"]\n',
        ),
        ("etc/worker.service", "ExecStart=/opt/venv/bin/celery --app=shop.celery:app worker\n"),
        ("bin/start.sh", "exec celery \\\n  -A shop worker\n".replace("\\\n ", "")),
    ],
)
def test_the_app_that_workers_are_started_with_is_current(command: tuple[str, str]) -> None:
    files = {
        "shop/__init__.py": "",
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        "other/__init__.py": "",
        "other/app.py": 'from celery import Celery\n\nother = Celery("other")\n',
        "orders/views.py": "from other.app import other\n",
        command[0]: command[1],
    }
    found = run("decorators", files)
    assert found.before.current_app.reason == f"workers are started with it in {command[0]}"
    assert TASKS in found.files


def test_without_django_an_app_that_is_not_the_default_stays() -> None:
    files = {
        "shop/__init__.py": PROJECT["shop/__init__.py"],
        "shop/celery.py": 'from celery import Celery\n\napp = Celery("shop")\n',
        "shop/tasks.py": "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
    }
    found = run("decorators", files, bare=True)
    assert found.files == []
    assert "set_default" in found.notes[0].message


def test_without_django_the_default_app_is_enough() -> None:
    files = {
        "shop/__init__.py": PROJECT["shop/__init__.py"],
        "shop/celery.py": 'from celery import Celery\n\napp = Celery("shop")\napp.set_default()\n',
        "shop/tasks.py": "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
    }
    assert run("decorators", files, bare=True).files == ["shop/tasks.py"]


def test_a_configured_exception_stays_with_its_reason() -> None:
    files = {
        "orders/legacy/tasks.py": "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n"
    }
    rule = ExceptionRule(path="orders/legacy/*", reason="approved by the leads")
    settings = Settings(exceptions=(rule,))
    check_untouched("decorators", files, settings)
    assert "approved by the leads" in check_note("decorators", files, "exception", settings).message


def test_a_taken_name_is_refused() -> None:
    files = {
        TASKS: "from shop.celery import app\n\n\ndef shared_task(f):\n    return f\n\n\n"
        "@app.task\ndef one():\n    pass\n"
    }
    check_untouched("decorators", files)
    check_note("decorators", files, "not-converted")


def test_the_app_is_loaded_where_only_the_tasks_loaded_it() -> None:
    found = check_change(
        "decorators",
        {
            "shop/__init__.py": "",
            TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        },
        {"shop/__init__.py": "from .celery import app as celery_app  # noqa: F401\n"},
    )
    assert [decision.id for decision in found.decisions] == [
        "load:shop/__init__.py",
        f"convert:{TASKS}",
    ]


def test_nothing_is_converted_where_the_app_could_not_be_loaded() -> None:
    files = {
        "shop/__init__.py": "",
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
    }
    settings = Settings(load_app=False)
    check_untouched("decorators", files, settings)
    assert "amqp://" in check_note("decorators", files, "app-not-loaded", settings).message


def test_a_pre_applied_decorator_stays() -> None:
    files = {
        TASKS: "from shop.celery import app\n\nretrying = app.task(acks_late=True)\n\n\n"
        "@retrying\ndef one():\n    pass\n"
    }
    check_untouched("decorators", files)
    check_note("decorators", files, "app-task-stays")


def test_a_shared_task_under_an_alias_is_used_as_it_is_named() -> None:
    change(
        "from celery import shared_task as task\nfrom shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n\n\n"
        "@task\ndef two():\n    pass\n",
        "from celery import shared_task as task\n\n\n@task\ndef one():\n    pass\n\n\n@task\ndef two():\n    pass\n",
    )


def test_uses_stay_where_a_test_replaces_what_they_would_become() -> None:
    found = run(
        "decorators",
        {
            TASKS: "from celery import current_app\nfrom shop.celery import app\n\n\n@app.task\ndef one():\n"
            "    current_app.tasks.get('x')\n    app.send_task('two')\n",
            "orders/tests/test_one.py": "from unittest.mock import patch\n\n\n"
            "@patch('orders.tasks.current_app')\ndef test_one(current):\n    pass\n",
        },
    )
    assert b"    app.send_task('two')" in found.snapshot.read(TASKS)
    assert b"from shop.celery import app" in found.snapshot.read(TASKS)


def test_a_late_celery_import_does_not_serve_an_earlier_decorator() -> None:
    change(
        "from shop.celery import app\n\n\n@app.task\ndef one():\n    chain()\n\n\nfrom celery import chain\n",
        "from celery import shared_task\n\n\n@shared_task\ndef one():\n    chain()\n\n\nfrom celery import chain\n",
    )


@pytest.mark.parametrize("guard", ["if TYPE_CHECKING:", "if sys.version_info < (3,):"])
def test_a_guarded_import_does_not_serve(guard: str) -> None:
    head = f"import sys\nfrom typing import TYPE_CHECKING\n\n{guard}\n    from celery import shared_task\n\n"
    found = run(
        "decorators",
        {TASKS: head + "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n"},
    )
    assert found.snapshot.read(TASKS).count(b"from celery import shared_task") == 2


@pytest.mark.parametrize(
    "reader",
    [
        "from orders import tasks\n\napp = tasks.app\n",
        "from orders import tasks\n\n\ndef view():\n    tasks.app.send_task('x')\n",
        "import orders.tasks\n\n\ndef view():\n    orders.tasks.app.send_task('x')\n",
        "from orders.tasks import *\n",
        "from unittest import mock\nfrom orders import tasks\n\n\ndef test(x):\n    with mock.patch.object(tasks, 'app'):\n        pass\n",
        "def test(monkeypatch):\n    monkeypatch.setattr('orders.tasks.app', 1)\n",
    ],
)
def test_an_app_that_others_reach_through_the_module_stays(reader: str) -> None:
    files = {
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        "orders/others.py": reader,
    }
    text = run("decorators", files).snapshot.read(TASKS)
    assert b"from shop.celery import app  # noqa: F401" in text
    assert b"@shared_task" in text


def test_a_module_that_a_command_starts_keeps_its_app() -> None:
    files = {
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        "Procfile": "worker: celery -A orders.tasks worker\n",
    }
    assert b"import app" in run("decorators", files).snapshot.read(TASKS)


def test_an_import_of_a_neighbour_is_not_the_apps() -> None:
    change(
        "import shop.celery\nimport shop.signals\n\n\n@shop.celery.app.task\ndef one():\n    pass\n",
        "from celery import shared_task\n\nimport shop.signals\n\n\n@shared_task\ndef one():\n    pass\n",
        **{"shop/signals.py": ""},
    )


@pytest.mark.parametrize(
    "inner",
    [
        "    from flask import current_app\n    current_app.logger\n",
        "    def current_app():\n        pass\n",
        "    class current_app:\n        pass\n",
        "    match 1:\n        case current_app:\n            pass\n",
    ],
)
def test_another_current_app_keeps_the_app(inner: str) -> None:
    text = (
        f"from shop.celery import app\n\n\n@app.task\ndef one():\n{inner}    app.send_task('x')\n"
    )
    assert b"    app.send_task('x')" in run("decorators", {TASKS: text}).snapshot.read(TASKS)


def test_a_captured_name_is_not_the_app() -> None:
    text = "from shop.celery import app\n\n\n@app.task\ndef one(x):\n    match x:\n        case [app]:\n            return app.conf\n"
    assert b"return app.conf" in run("decorators", {TASKS: text}).snapshot.read(TASKS)


def test_a_default_is_read_at_import_time() -> None:
    text = "from shop.celery import app\n\n\n@app.task\ndef one(q=app.conf.timezone, *, s=lambda a=app.conf: a):\n    pass\n"
    after = run("decorators", {TASKS: text}).snapshot.read(TASKS)
    assert b"q=app.conf.timezone" in after
    assert b"from shop.celery import app" in after


def test_a_text_annotation_keeps_the_app() -> None:
    text = "from shop.celery import app\n\n\n@app.task(bind=True)\ndef one(self: 'app.Task'):\n    pass\n"
    assert b"from shop.celery import app" in run("decorators", {TASKS: text}).snapshot.read(TASKS)


@pytest.mark.parametrize("options", ["fixups=[]", "set_as_current=False"])
def test_an_app_that_other_threads_may_not_find_stays(options: str) -> None:
    files = {
        "shop/celery.py": f'from celery import Celery\n\napp = Celery("shop", {options})\n',
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
    }
    check_untouched("decorators", files)
    check_note("decorators", files, "app-unknown")


@pytest.mark.parametrize(
    "text",
    [
        '@app.task(**{"shared": False})',
        'OPTIONS = {}\nOPTIONS["filter"] = len\n\n\n@app.task(**OPTIONS)',
        "def policy():\n    return {'lazy': False}\n\n\n@app.task(**policy())",
    ],
)
def test_options_behind_stars_are_looked_into(text: str) -> None:
    files = {TASKS: f"from shop.celery import app\n\n{text}\ndef one():\n    pass\n"}
    check_untouched("decorators", files)
    check_note("decorators", files, "app-task-stays")


@pytest.mark.parametrize(
    "line", ["NAME = one.name", "def f(n=one.name):\n    pass", "f = lambda n=one.s(): n"]
)
def test_a_task_that_another_module_looks_into_at_import_stays(line: str) -> None:
    files = {
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        "orders/early.py": f"from orders.tasks import one\n\n{line}\n",
    }
    check_untouched("decorators", files)


def test_an_app_that_needs_models_is_not_loaded_early() -> None:
    files = {
        "shop/__init__.py": "",
        "shop/celery.py": "import orders.models\n" + PROJECT["shop/celery.py"],
        "orders/models.py": "",
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
    }
    check_untouched("decorators", files)
    check_note("decorators", files, "app-not-loaded")


@pytest.mark.parametrize(
    "head",
    [
        "if True:\n    from shop.celery import app",
        "task = None\nfrom shop.celery import app\ntask = app.task",
    ],
)
def test_what_can_not_be_done_whole_is_not_begun(head: str) -> None:
    decorator = "@task" if "task =" in head else "@app.task"
    files = {TASKS: f"{head}\n\n\n{decorator}\ndef one():\n    pass\n"}
    check_untouched("decorators", files)
    check_note("decorators", files, "not-converted")


def test_lists_ordered_by_letters_alone_stay_so() -> None:
    change(
        "from celery import Task\nfrom datetime import date, Datetime, time\nfrom shop.celery import app\n\n\n@app.task\ndef one():\n    Task, date, Datetime, time\n",
        "from celery import shared_task, Task\nfrom datetime import date, Datetime, time\n\n\n@shared_task\ndef one():\n    Task, date, Datetime, time\n",
    )


def test_a_sender_that_relied_on_what_django_loads_is_thought_of() -> None:
    files = {
        "shop/__init__.py": "",
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        "orders/models.py": "import orders.tasks\n",
        "orders/send.py": "from celery import current_app\n\n\ndef send():\n    current_app.send_task('x')\n",
    }
    found = run("decorators", files)
    assert "shop/__init__.py" in found.files
