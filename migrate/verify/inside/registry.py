"""Run by the project's own interpreter: boots its Celery app and prints the registry as JSON.

Usage: registry.py MODULE:ATTRIBUTE. Needs nothing but Celery, on Python 3.8 or newer.
"""

import hashlib
import importlib
import inspect
import json
import re
import sys

import celery

ATTRIBUTES = (
    "max_retries", "default_retry_delay", "rate_limit", "time_limit", "soft_time_limit",
    "ignore_result", "store_errors_even_if_ignored", "acks_late", "acks_on_failure_or_timeout",
    "reject_on_worker_lost", "serializer", "track_started", "trail", "typing", "expires",
    "priority", "throws", "retry_backoff", "retry_backoff_max", "retry_jitter", "autoretry_for",
    "dont_autoretry_for", "retry_kwargs", "resultrepr_maxsize", "send_events", "queue", "exchange",
    "routing_key", "abstract",
)  # fmt: skip


def main():
    """Prints the registry on the last line of stdout, behind a mark."""
    module, _, attribute = sys.argv[1].partition(":")
    app = importlib.import_module(module)
    for word in attribute.split("."):
        app = getattr(app, word)
    problems = set_up_django()
    app.loader.import_default_modules()
    app.finalize()
    print("\n@@" + json.dumps(dump(app, problems), sort_keys=True, default=repr))


def set_up_django():
    """Runs django.setup() where the project uses Django; what went wrong, if anything."""
    import os

    if not os.environ.get("DJANGO_SETTINGS_MODULE"):
        return []
    import django

    try:
        django.setup()
    except Exception as error:
        return ["django.setup(): %s: %s" % (type(error).__name__, error)]
    return []


def dump(app, problems):
    """Registry keys, tasks by their own name, and the schedule and the routes in force."""
    tasks = {key: task for key, task in app.tasks.items() if not key.startswith("celery.")}
    return {
        "keys": sorted(tasks),
        "tasks": {task.name: describe(app, task) for task in tasks.values()},
        "beat": schedule(app),
        "routes": {key: route(app, key) for key in tasks},
        "celery": celery.__version__,
        "problems": problems,
    }


def describe(app, task):
    """One task: where it is, its bases, options, signature and queue."""
    function = inspect.unwrap(task.run) if callable(task.run) else task.run
    return {
        "module": getattr(task.run, "__module__", ""),
        "bases": ["%s.%s" % (c.__module__, c.__qualname__) for c in type(task).__mro__[1:-1]],
        "options": {name: plain(getattr(task, name, None)) for name in ATTRIBUTES},
        "signature": signature(task.run),
        "code": code_digest(function),
        "bound": inspect.ismethod(task.run),
    }


def signature(function):
    """The signature as text, without the addresses of default objects."""
    try:
        return re.sub(r" at 0x[0-9a-f]+", "", str(inspect.signature(function)))
    except (TypeError, ValueError):
        return ""


def code_digest(function):
    """A fingerprint of the byte code's own constants; docstrings and line numbers apart."""
    code = getattr(function, "__code__", None)
    if code is None:
        return ""
    text = repr((code.co_varnames, code.co_argcount, len(code.co_code)))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def schedule(app):
    """The entries of the schedule in force by key, each with all that beat reads of it."""
    found = getattr(app.conf, "beat_schedule", None)
    table = found if isinstance(found, dict) else {}
    return {
        str(key): {name: shown(value) for name, value in dict(entry).items()}
        for key, entry in table.items()
        if isinstance(entry, dict)
    }


def shown(value):
    """A value of an entry as JSON can hold it; a schedule by its text."""
    if type(value).__module__ in {"celery.schedules", "datetime"}:
        return re.sub(r" at 0x[0-9a-f]+", "", repr(value))
    if isinstance(value, (list, tuple)):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {str(key): shown(item) for key, item in value.items()}
    return plain(value)


def route(app, name):
    """The whole route of a name, its queue by name; what was raised instead, as a text."""
    try:
        found = app.amqp.router.route({}, name, (), {})
    except Exception as error:
        return {"error": "%s: %s" % (type(error).__name__, error)}
    return {key: getattr(value, "name", None) or plain(value) for key, value in found.items()}


def plain(value):
    """An option as JSON can hold it, without addresses of objects."""
    if isinstance(value, (bool, int, float, str, type(None))):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted((plain(item) for item in value), key=repr)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return getattr(value, "__qualname__", type(value).__qualname__)


if __name__ == "__main__":
    main()
