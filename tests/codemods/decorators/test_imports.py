"""The imports that follow: `shared_task` takes its place, and the app's leaves."""

import pytest

from tests.codemods.decorators.one_file import TASKS, change
from tests.codemods.harness import PROJECT, run


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


def test_a_shared_task_under_an_alias_is_used_as_it_is_named() -> None:
    change(
        "from celery import shared_task as task\nfrom shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n\n\n"
        "@task\ndef two():\n    pass\n",
        "from celery import shared_task as task\n\n\n@task\ndef one():\n    pass\n\n\n@task\ndef two():\n    pass\n",
    )


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


def test_lists_ordered_by_letters_alone_stay_so() -> None:
    change(
        "from celery import Task\nfrom datetime import date, Datetime, time\nfrom shop.celery import app\n\n\n@app.task\ndef one():\n    Task, date, Datetime, time\n",
        "from celery import shared_task, Task\nfrom datetime import date, Datetime, time\n\n\n@shared_task\ndef one():\n    Task, date, Datetime, time\n",
    )
