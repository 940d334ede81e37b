"""Settings, given by the environment of each test."""

import json
import os

SECRET_KEY = "test"
USE_TZ = True
TIME_ZONE = "UTC"
INSTALLED_APPS = ["target_runtime", *json.loads(os.environ.get("SITE_APPS", "[]"))]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if os.environ.get("SITE_PG_PORT"):
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "postgres",
            "USER": "test",
            "HOST": "127.0.0.1",
            "PORT": os.environ["SITE_PG_PORT"],
        }
    }
elif os.environ.get("SITE_SQLITE"):
    DATABASES = {
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["SITE_SQLITE"]}
    }
if os.environ.get("SITE_JOBS"):
    DATABASES["jobs"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["SITE_JOBS"]}
CONVERGE_RUNTIME = json.loads(os.environ.get("SITE_RUNTIME", "{}"))
CELERY_BROKER_URL = os.environ.get("SITE_BROKER", "memory://")
CELERY_RESULT_BACKEND = os.environ.get("SITE_BACKEND", "cache+memory://")
if os.environ.get("SITE_URLS"):
    ROOT_URLCONF = os.environ["SITE_URLS"]
ALLOWED_HOSTS = ["*"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
