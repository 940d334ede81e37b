"""`@app.task` to `@shared_task`: each hazard of a decorator and of its file, before and after."""

import pytest

from tests.codemods.decorators.one_file import TASKS, change
from tests.codemods.harness import check_note, check_untouched


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


def test_a_taken_name_is_refused() -> None:
    files = {
        TASKS: "from shop.celery import app\n\n\ndef shared_task(f):\n    return f\n\n\n"
        "@app.task\ndef one():\n    pass\n"
    }
    check_untouched("decorators", files)
    check_note("decorators", files, "not-converted")


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


def test_arguments_below_each_other_stay_so() -> None:
    change(
        """\
        from shop.celery import app


        @app.task(name="one",  # short
                  # long ago
                  bind=True)
        def one(self):
            return 1


        @app.task(
            name="two",
            bind=True,
        )
        def two(self):
            return 2
        """,
        """\
        from celery import shared_task


        @shared_task(name="one",  # short
                     # long ago
                     bind=True)
        def one(self):
            return 1


        @shared_task(
            name="two",
            bind=True,
        )
        def two(self):
            return 2
        """,
    )


NARROW = {"pyproject.toml": "[tool.black]\nline-length = 60\n"}


def test_a_decorator_that_gets_too_long_is_broken() -> None:
    change(
        "from shop.celery import app\n\n\n@app.task(bind=True, acks_late=True, retry_backoff=3000000)\ndef one(self):\n    return 1\n",
        "from celery import shared_task\n\n\n@shared_task(\n    bind=True, acks_late=True, retry_backoff=3000000\n)\ndef one(self):\n    return 1\n",
        **NARROW,
    )


@pytest.mark.parametrize(
    ("inner", "after"),
    [
        ("\n    bind=True, max_retries=5, time_limit=30\n", "bind=True, max_retries=5, time_limit=30"),
        ("\n    bind=True, max_retries=5, time_limit=30,\n", "\n    bind=True, max_retries=5, time_limit=30,\n"),
        ("\n    bind=True\n", "\n    bind=True\n"),
        ("\n    bind=True, max_retries=5, time_limit=30000000000\n", "\n    bind=True, max_retries=5, time_limit=30000000000\n"),
        ("\n    bind=True, max_retries=5, time_limit=30  # so\n", "\n    bind=True, max_retries=5, time_limit=30  # so\n"),
    ],
)  # fmt: skip
def test_a_decorator_that_fits_now_stands_on_one_line(inner: str, after: str) -> None:
    body = "def one(self):\n    return 1\n"
    change(
        f"from shop.celery import app as the_celery_app\n\n\n@the_celery_app.task({inner})\n{body}",
        f"from celery import shared_task\n\n\n@shared_task({after})\n{body}",
        **NARROW,
    )
