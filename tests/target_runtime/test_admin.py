"""The admin page of the keys: it lists, searches, and clears a key in every store."""

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
URLS = "from django.contrib import admin\nfrom django.urls import path\n\nurlpatterns = [path('admin/', admin.site.urls)]\n"
APPS = ["admin", "auth", "contenttypes", "sessions", "messages"]


@pytest.mark.parametrize("database", ["default", "jobs"])
def test_keys_are_listed_and_cleared_everywhere(
    database: str, tmp_path: Path, redis_server: RedisServer
) -> None:
    (tmp_path / "admin_urls.py").write_text(URLS)
    environment = {
        "SITE_SQLITE": str(tmp_path / "db.sqlite3"),
        "SITE_APPS": json.dumps([f"django.contrib.{name}" for name in APPS]),
        "SITE_URLS": "admin_urls",
        "PYTHONPATH": f"{SITE}:{ROOT}:{tmp_path}",
        "SITE_JOBS": str(tmp_path / "jobs.sqlite3"),
        "SITE_RUNTIME": json.dumps({"redis_url": redis_server.url, "database": database}),
    }
    manage(environment, "migrate")
    manage(environment, "migrate", "target_runtime", "--database", database)
    env = os.environ | environment | {"DJANGO_SETTINGS_MODULE": "shop_site.settings"}
    done = subprocess.run(
        [sys.executable, "-c", PAGE], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["200 True False", "302 absent", "302 absent"]
