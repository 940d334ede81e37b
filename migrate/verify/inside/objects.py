"""What a stubbed project's app takes from the object that it reads its settings from."""

import collections
import importlib
import os
import re
import types

NAMED = re.compile(rb"DJANGO_SETTINGS_MODULE[\"']?\s*[,=:\]]+\s*[\"']?([A-Za-z_][\w.]*)[\"']?")
NAMING = ("manage.py", "wsgi.py", "asgi.py", "setup.cfg", "pytest.ini", "tox.ini", "pyproject.toml")


def find_settings(top):
    """The module of Django's settings that most entry points of a project name, or `""`."""
    counts = collections.Counter()
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(set(files) & set(NAMING)):
            with open(os.path.join(folder, name), "rb") as stream:
                found = NAMED.findall(stream.read())
            # An entry point counts more than what tests run with.
            weight = 10 if name.endswith(".py") else 1
            counts.update({module.decode(): weight for module in found})
    return counts.most_common(1)[0][0] if counts else ""


TABLES = ("beat_schedule", "beatschedule", "task_routes", "celery_routes", "default_queue")
"""What is taken from an object of settings: when and where tasks run, which needs nothing else."""


def tables_of_object(start, settings, heal):
    """`config_from_object` with the schedule and the routes of the object alone.

    `settings` is the module of Django's settings where the project does not say it by itself.
    """

    def plain(self, given, *args, **kwargs):
        try:
            module = given
            if isinstance(given, str):
                name = given.partition(":")[0]
                if name == "django.conf":
                    name = os.environ.get("DJANGO_SETTINGS_MODULE") or settings
                module = importlib.import_module(name)
            names = [name for name in dir(module) if name.lower().endswith(TABLES)]
            found = {name: getattr(module, name) for name in names}
            tables = {k: v for k, v in found.items() if isinstance(v, (dict, list, tuple, str))}
            if tables:
                start(self, types.SimpleNamespace(**tables), *args, **kwargs)
        except BaseException as error:
            heal(str(self.main), 0, "config_from_object: %s" % error)

    return plain
