"""Boots a generated project and prints its registry, what can be imported, and what each task gives.

Usage: god_runner.py MODULE... in the project's folder, with names to ask the modules for on stdin.
"""

import importlib
import json
import sys
from typing import Any

sys.path.insert(0, "")


def main() -> None:
    from shop.celery import app

    app.loader.import_default_modules()
    app.finalize()
    asked = json.load(sys.stdin)
    tasks = {name: task for name, task in sorted(app.tasks.items()) if "celery." not in name}
    found = {
        "registry": {name: describe(task) for name, task in tasks.items()},
        "names": {module: public(module, asked.get(module)) for module in sys.argv[1:]},
        "results": {name: repr(task.apply().get()) for name, task in tasks.items()},
        "view": repr(importlib.import_module("shop.web").view()),
    }
    sys.stdout.write("@@" + json.dumps(found))


def describe(task: Any) -> list[str]:
    return [str(task.max_retries), str(task.acks_late), str(task.ignore_result)]


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
