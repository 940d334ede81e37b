"""Boots generated projects: their registry, names, schedule, routes, and what each task gives.

Celery is loaded once, and each project booted in a fork of its own. Each line of stdin asks for one: its
`folder`, the `modules` whose names are told, the `names` to ask them for, and those to import `alone`, each
in a fork too. A line of stdout answers.
"""

import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

import celery.app.amqp
import celery.app.trace  # noqa: F401 - all of it is loaded before any fork

SECONDS = 60


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        found = forked(asked["folder"], lambda asked=asked: boot(asked))
        for module in asked["alone"]:
            made = forked(
                asked["folder"], lambda module=module: str(importlib.import_module(module))
            )
            if isinstance(made, dict):
                found = {"error": f"{module}: {made['error']}"}
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


def forked(folder: str, work: Callable[[], Any]) -> Any:
    """What a function gives in a process of its own that stands in a folder, or its `error`."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(SECONDS)
        os.chdir(folder)
        sys.path.insert(0, "")
        try:
            found = work()
        except BaseException:  # noqa: BLE001 - it is told, whatever it is
            found = {"error": traceback.format_exc()}
        with os.fdopen(writer, "w") as stream:
            stream.write(json.dumps(found))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return json.loads(text or '{"error": "it took too long"}')


def boot(asked: dict[str, Any]) -> dict[str, Any]:
    from shop.celery import app

    app.loader.import_default_modules()
    app.finalize()
    tasks = {name: task for name, task in sorted(app.tasks.items()) if "celery." not in name}
    return {
        "registry": {name: describe(task) for name, task in tasks.items()},
        "names": {
            module: public(module, asked["names"].get(module)) for module in asked["modules"]
        },
        "results": {name: repr(task.apply().get()) for name, task in tasks.items()},
        "schedule": {key: repr(entry) for key, entry in sorted(app.conf.beat_schedule.items())},
        "routes": {name: routed(app, name) for name in (*tasks, "shop.tasks.nobody", "other")},
        "view": repr(importlib.import_module("shop.web").view()),
    }


def describe(task: Any) -> list[str]:
    return [str(task.max_retries), str(task.acks_late), str(task.ignore_result)]


def routed(app: Any, name: str) -> str:
    """Where a message of this name goes, with all that its route says."""
    given = app.amqp.router.route({}, name)
    return repr({key: getattr(value, "name", value) for key, value in sorted(given.items())})


def public(module: str, asked: list[str] | None) -> list[str]:
    """The names of a module, but for what only its own code could want; or those asked for that it has."""
    if asked is not None:
        return [name for name in asked if hasattr(importlib.import_module(module), name)]
    skipped = {"shared_task", "app", "functools", "json", "date", "timedelta", "nosuch", "logging"}
    skipped |= {"log"}
    return sorted(
        n for n in vars(importlib.import_module(module)) if n[:2] != "__" and n not in skipped
    )


main()
