"""Addresses as projects write them, for Redis and PostgreSQL."""

from pathlib import Path

import pytest

from target_runtime.connections import plain_url
from target_runtime.idempotency.postgres import Postgres, parameters
from target_runtime.idempotency.store import Breaker
from target_runtime.workers.processes import Processes
from tests.target_runtime.servers import PostgresServer


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("redis://localhost:6379/0", "redis://localhost:6379/0"),
        ("redis://a:1;redis://b:2", "redis://a:1"),
        ("redis://a:1/0?virtual_host=x", "redis://a:1/0"),
        ("rediss://a:1/0?ssl_cert_reqs=CERT_REQUIRED", "rediss://a:1/0?ssl_cert_reqs=required"),
        ("rediss://:p%40ss@a:1/0?ssl_cert_reqs=none", "rediss://:p%40ss@a:1/0?ssl_cert_reqs=none"),
    ],
)
def test_celery_s_own_forms_of_a_redis_url(given: str, plain: str) -> None:
    assert plain_url(given) == plain


@pytest.mark.parametrize(
    "options",
    [
        {"connect_timeout": 10, "application_name": "shop", "tcp_user_timeout": 5},
        {"options": "-c search_path=public", "pool": True, "cursor_factory": object},
    ],
)
def test_django_s_options_for_postgresql(
    postgres: PostgresServer, options: dict[str, object]
) -> None:
    entry = {
        "NAME": "postgres",
        "USER": "test",
        "HOST": "127.0.0.1",
        "PORT": postgres.port,
        "OPTIONS": options,
    }
    database = Postgres(lambda: parameters(entry), 2.0, Breaker("PostgreSQL", 3, 1.0))
    assert database.rows(
        "SELECT current_setting('search_path'), current_setting('statement_timeout')", ()
    )
    database.close()


def test_the_pidfiles_of_a_queue_are_not_those_of_one_that_begins_like_it(tmp_path: Path) -> None:
    import os

    (tmp_path / "celery.email.1.pid").write_text(str(os.getpid()))
    processes = Processes("shop", tmp_path, lambda text: None)
    assert processes.running("celery") == []
    assert (tmp_path / "celery.email.1.pid").exists()
