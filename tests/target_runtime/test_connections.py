"""Addresses as projects write them, for Redis and PostgreSQL."""

import shutil
import ssl
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from target_runtime.conf import RuntimeSettings
from target_runtime.connections import plain_url, redis_client, redis_url
from target_runtime.errors import StoreUnavailableError
from target_runtime.stores.postgres import Postgres, parameters
from target_runtime.stores.redis import RedisStore
from target_runtime.stores.store import Breaker
from target_runtime.stores.values import Owner
from target_runtime.workers.processes import Processes
from tests.servers import free_port
from tests.target_runtime.servers import PostgresServer, RedisServer


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("redis://localhost:6379/0", "redis://localhost:6379/0"),
        ("redis://a:1;redis://b:2", "redis://a:1"),
        ("redis://a:1/0?virtual_host=x", "redis://a:1/0"),
        ("rediss://a:1/0?ssl_cert_reqs=CERT_REQUIRED", "rediss://a:1/0?ssl_cert_reqs=required"),
        ("redis+socket:///tmp/a.sock?virtual_host=3", "unix:///tmp/a.sock?db=3"),
        ("unix:///tmp/a.sock?virtual_host=3", "unix:///tmp/a.sock?db=3"),
        ("unix:///tmp/a.sock", "unix:///tmp/a.sock"),
        ("rediss://:p%40ss@a:1/0?ssl_cert_reqs=none", "rediss://:p%40ss@a:1/0?ssl_cert_reqs=none"),
    ],
)
def test_celery_s_own_forms_of_a_redis_url(given: str, plain: str) -> None:
    assert plain_url(given) == plain


@pytest.mark.parametrize(
    ("tls", "plain"),
    [
        (None, "redis://a:1/0"),
        (False, "redis://a:1/0"),
        (True, "rediss://a:1/0"),
        ({"ssl_cert_reqs": ssl.CERT_NONE}, "rediss://a:1/0?ssl_cert_reqs=none"),
        (
            {"ssl_cert_reqs": "CERT_REQUIRED", "ssl_ca_certs": "/etc/ca.pem"},
            "rediss://a:1/0?ssl_cert_reqs=required&ssl_ca_certs=%2Fetc%2Fca.pem",
        ),
    ],
)
def test_tls_that_celery_is_told_of_beside_its_url(tls: object, plain: str) -> None:
    assert plain_url("redis://a:1/0", tls) == plain


@pytest.mark.parametrize(
    ("options", "tls", "found"),
    [
        ({}, None, ""),
        ({"master_name": "main"}, None, "sentinel://a:1;sentinel://b:2/3?master_name=main"),
        (
            {"master_name": "main", "sentinel_kwargs": {"password": "p@"}},
            {"ssl_cert_reqs": "none"},
            "sentinel://a:1;sentinel://b:2/3?master_name=main&sentinel_password=p%40&ssl=true&ssl_cert_reqs=none",
        ),
    ],
)
def test_sentinels_that_celery_is_told_of(
    options: dict[str, object], tls: object, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Celery(broker="sentinel://a:1;sentinel://b:2/3", set_as_current=False) as app:
        app.conf.update(broker_transport_options=options, broker_use_ssl=tls)
        monkeypatch.setattr("target_runtime.connections.current_app", app)
        assert redis_url(RuntimeSettings()) == found


def test_the_parts_of_a_sentinel_url_go_where_they_belong() -> None:
    url = "sentinel://me:p%40ss@a:1;sentinel://b/3?master_name=main&sentinel_password=q"
    pool: Any = redis_client(url, 0.5).connection_pool
    made, manager = pool.connection_kwargs, pool.sentinel_manager
    assert (made["username"], made["password"], made["db"]) == ("me", "p@ss", 3)
    assert pool.service_name == "main"
    hosts = [one.connection_pool.connection_kwargs for one in manager.sentinels]
    assert [(one["host"], one["port"]) for one in hosts] == [("a", 1), ("b", 26379)]
    assert {one["password"] for one in hosts} == {"q"}
    assert {one["socket_timeout"] for one in [made, *hosts]} == {0.5}


def test_keys_are_kept_in_a_redis_on_a_socket(tmp_path: Path) -> None:
    socket = f"/tmp/{uuid.uuid4().hex}.sock"
    server = RedisServer(tmp_path / "redis", "--unixsocket", socket).start()
    url = plain_url(f"redis+socket://{socket}?virtual_host=3")
    store = RedisStore(url, 1.0, Breaker("Redis", 3, 1.0))
    assert store.claim("k", Owner("t", "d"), 5).acquired
    server.client.select(3)
    store.close()
    assert server.client.info("keyspace")["db3"]["keys"] == 1
    server.stop()


def test_keys_are_kept_in_a_redis_behind_tls(tmp_path: Path) -> None:
    """A server with a certificate of its own; who does not know it is refused."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here to make a certificate: Redis behind TLS is not tested")
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    words = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
    subprocess.run([openssl, *words, *names], check=True, capture_output=True)
    port = free_port()
    tls = ["--tls-port", str(port), "--tls-cert-file", certificate, "--tls-key-file", key]
    with RedisServer(tmp_path / "redis", *tls, "--tls-auth-clients", "no").running() as server:
        if server is None:
            pytest.skip("this redis-server was built without TLS")
        url = f"redis://localhost:{port}/0"
        known = plain_url(url, {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_ca_certs": certificate})
        store = RedisStore(known, 1.0, Breaker("Redis", 3, 1.0))
        assert store.claim("k", Owner("t", "d"), 5).acquired
        stranger = RedisStore(plain_url(url, tls=True), 1.0, Breaker("Redis", 3, 1.0))
        with pytest.raises(StoreUnavailableError, match="certificate verify failed"):
            stranger.claim("k", Owner("t", "d"), 5)
        store.close()
        stranger.close()


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
    (found,) = database.rows("SELECT current_setting('statement_timeout')", ())
    # A pooler gives the session to the next client, who did not ask for a limit.
    assert found[0] == "0"
    database.close()


def test_the_pidfiles_of_a_queue_are_not_those_of_one_that_begins_like_it(tmp_path: Path) -> None:
    import os

    (tmp_path / "celery.email.1.pid").write_text(str(os.getpid()))
    processes = Processes("shop", tmp_path, lambda text: None)
    assert processes.running("celery") == []
    assert (tmp_path / "celery.email.1.pid").exists()


def test_importing_the_runtime_imports_no_client_of_a_server() -> None:
    """A web process that only sends tasks pays for none of them."""
    code = "import sys, celery, target_runtime.tasks; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "target_runtime.idempotency.guard" in loaded
    assert not loaded & {"redis", "psycopg", "sqlite3", "prometheus_client", "django.apps"}
