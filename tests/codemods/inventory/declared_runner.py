"""Boots generated projects, each in a process forked for it, and prints what each registers.

Reads a list of `{"folder", "paths", "modules", "app"}` from stdin; prints `@@` and, in the same order,
the options of each registered name, or an error's text.
"""

import importlib
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from celery import Celery, Task, shared_task

KNOWN = (Celery, Task, shared_task)
"""Imported before the forks, so that each has them at once."""


OPTIONS = ("queue", "acks_late", "max_retries")


def registered(project: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What one project's app holds after its modules were imported."""
    os.chdir(project["folder"])
    sys.path[:0] = [str(Path(project["folder"], path)) for path in project["paths"]]
    for module in project["modules"]:
        importlib.import_module(module)
    module, _, expression = project["app"].partition(":")
    app = eval(f"module.{expression}", {"module": importlib.import_module(module)})
    if not isinstance(app, Celery):
        app = app._get_current_object()
    app.finalize()
    return {
        str(name): {option: getattr(task, option, None) for option in OPTIONS}
        for name, task in sorted(app.tasks.items())
        if not name.startswith("celery.")
    }


def forked(project: dict[str, Any]) -> Any:
    """The same, found in a process of its own."""
    reading, writing = os.pipe()
    if not os.fork():
        try:
            found: Any = registered(project)
        except Exception:  # noqa: BLE001 - it is told, whatever it is
            found = traceback.format_exc()
        with os.fdopen(writing, "w") as out:
            json.dump(found, out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as incoming:
        found = json.load(incoming)
    os.wait()
    return found


if __name__ == "__main__":
    sys.stdout.write("@@" + json.dumps([forked(project) for project in json.load(sys.stdin)]))
