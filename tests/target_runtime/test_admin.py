"""The admin page of the keys: it lists, searches, and clears a key in every store."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.target_runtime.conftest import ROOT, manage
from tests.target_runtime.servers import SITE, RedisServer

PAGE = """
import django
django.setup()
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from target_runtime.idempotency.service import UniversalIdempotencyService
from target_runtime.stores.values import Owner
service = UniversalIdempotencyService()
owner = Owner("aaaa", "task-1")
key = "converge:send_mail:global:00ff"
service.claim(key, owner)
service.complete(key, owner, b"1", 60)
User.objects.create_superuser("boss", password="boss")
client = Client()
client.force_login(User.objects.get())
listed = client.get("/admin/target_runtime/idempotencykey/?q=send_mail")
print(listed.status_code, b"send_mail" in listed.content, b"Add idempotency key" in listed.content)
gone = client.post(f"/admin/target_runtime/idempotencykey/{key.replace(':', '_3A')}/delete/", {"post": "yes"})
print(gone.status_code, service.store.look(key).state.value)
service.claim(key, owner)
action = {"action": "delete_selected", "_selected_action": [key], "post": "yes"}
gone = client.post("/admin/target_runtime/idempotencykey/", action)
print(gone.status_code, service.store.look(key).state.value)
"""
ROWS = """
import re
import django
django.setup()
from django.contrib.auth.models import User
from django.test import Client
from target_runtime.idempotency.results import in_backend, replaced
from target_runtime.idempotency.service import UniversalIdempotencyService
from target_runtime.stores.values import Owner
service = UniversalIdempotencyService()
results = {
    "00ff0a0b0c0d": b"3", "11ff0a0b0c0d": b'"h\\\\u00e9llo"', "22ff0a0b0c0d": None, "33ff0a0b0c0d": in_backend("task-9"),
    "44ff0a0b0c0d": in_backend("task-9", is_writable=False), "55ff0a0b0c0d": replaced("task-9", is_kept=True),
    "66ff0a0b0c0d": replaced("task-9", is_kept=False), "77ff0a0b0c0d": b'"' + b"x" * 500 + b'"',
}
for number, (call, result) in enumerate(results.items()):
    owner, key = Owner("aaaa", f"task-{number}"), f"converge:send_mail:user:{call}"
    service.claim(key, owner)
    service.complete(key, owner, result, 600 - number)
service.claim("converge:other:global:88ff0a0b0c0d", Owner("aaaa", "task-8"), 30)
User.objects.create_superuser("boss", password="boss")
client = Client()
client.force_login(User.objects.get())
def shown(page, *fields):
    text = client.get(f"/admin/target_runtime/idempotencykey/{page}").content.decode()
    cells = re.findall(r'<t[dh] class="field-(\\w+)[^>]*>(.*?)</t[dh]>', text, re.DOTALL)
    return [re.sub("<[^>]*>", "", value).strip() for name, value in cells if name in fields]
print(shown("", "task", "scope", "call"))
print(shown("", "shown_result"))
print(shown("?o=1", "task")[0], shown("?o=7", "call")[0])
detail = client.get("/admin/target_runtime/idempotencykey/converge_3Asend_5Fmail_3Auser_3A77ff0a0b0c0d/change/").content.decode()
print("x" * 500 in detail, "b&#x27;" in detail, "in progress" in client.get("/admin/target_runtime/idempotencykey/").content.decode())
"""
URLS = "from django.contrib import admin\nfrom django.urls import path\n\nurlpatterns = [path('admin/', admin.site.urls)]\n"
APPS = ["admin", "auth", "contenttypes", "sessions", "messages"]


def said(page: str, database: str, folder: Path, redis: RedisServer) -> list[str]:
    """What a script says about the admin of a site with keys in Redis and in this database."""
    (folder / "admin_urls.py").write_text(URLS)
    environment = {
        "SITE_SQLITE": str(folder / "db.sqlite3"),
        "SITE_APPS": json.dumps([f"django.contrib.{name}" for name in APPS]),
        "SITE_URLS": "admin_urls",
        "PYTHONPATH": f"{SITE}:{ROOT}:{folder}",
        "SITE_JOBS": str(folder / "jobs.sqlite3"),
        "SITE_RUNTIME": json.dumps({"redis_url": redis.url, "database": database}),
    }
    manage(environment, "migrate")
    manage(environment, "migrate", "target_runtime", "--database", database)
    env = os.environ | environment | {"DJANGO_SETTINGS_MODULE": "shop_site.settings"}
    done = subprocess.run(
        [sys.executable, "-c", page], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("database", ["default", "jobs"])
def test_keys_are_listed_and_cleared_everywhere(
    database: str, tmp_path: Path, redis_server: RedisServer
) -> None:
    told = said(PAGE, database, tmp_path, redis_server)
    assert told == ["200 True False", "302 absent", "302 absent"]


def test_rows_are_sorted_and_told_apart_with_readable_results(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    calls, results, sortable, detail = said(ROWS, "default", tmp_path, redis_server)
    rows = ast.literal_eval(calls)
    assert rows[:6] == ["send_mail", "user", "00ff0a0b", "send_mail", "user", "11ff0a0b"]
    # What ends last comes first.
    assert rows[-3:] == ["other", "global", "88ff0a0b"]
    assert ast.literal_eval(results) == [
        "3",
        "&quot;h\u00e9llo&quot;",
        "none is kept",
        "in the result backend: task-9",
        "nothing could hold it: task-9",
        "of what took its place: task-9",
        "none is kept: task-9",
        f"&quot;{'x' * 78}\u2026",
        "-",
    ]
    assert sortable == "other 88ff0a0b"
    assert detail == "True False True"
