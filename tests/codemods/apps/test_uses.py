"""Every way in which a file reads the app, and which of them may become `current_app`."""

import ast

import pytest

from codemods.apps.uses import bound_names
from tests.codemods.decorators.one_file import TASKS, change
from tests.codemods.harness import check_change, check_untouched, run


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


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(a):\n    b = c\n", {"a", "b", "f"}),
        ("for x in y: pass\n", {"x"}),
        ("del gone\n", {"gone"}),
        ("import top\nif a:\n    import low.er\n", {"low"}),
        ("match a:\n    case [x, *y]: pass\n    case {'k': 1, **z}: pass\n", {"x", "y", "z"}),
        ("try: pass\nexcept E as error: pass\n", {"error"}),
    ],
)
def test_names_that_a_file_binds_but_by_imports_at_its_top(text: str, names: set[str]) -> None:
    assert bound_names(ast.parse(text)) == names
