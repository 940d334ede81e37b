"""What a file's bytes tell without a parser: its words, its dotted texts, its changes of `sys.path`, its apps."""

import re
from collections.abc import Iterable
from functools import lru_cache

DECLARING: tuple[bytes, ...] = (
    b"shared_task",
    b".task(",
    b".task\n",
    b".task\r",
    b".task ",
    b"task)",
    b"task,",
    b"task(",
    b"register_task",
    b"tasks.register",
    b"periodic_task",
    b"celery(",
    b"celery)",
    b"celeryapp(",
    b"beat_schedule",
    b"celerybeat",
    b"crontab",
    b'"schedule"',
    b"'schedule'",
    b"schedule=",
    b"task_routes",
    b"celery_routes",
    b"add_periodic",
    b"task_name_aliases",
)
"""What a file that declares a task, an app, a schedule, routes or aliases holds, in lower case."""

WORDS: tuple[bytes, ...] = (
    *DECLARING,
    b"set_default(",
    b"celery",
    b"_task",
    b"task_",
    b"tasks",
    b".delay(",
    b"apply_async",
    b"time_limit",
    b"installed_apps",
    b"urlpatterns",
    b"root_urlconf",
    b"__module__",
    b"import_module",
)
"""A file without any of these (in lower case) can't declare, send, schedule or route a task."""

STEMS = (b"task", b"celery", b"schedule")
"""What most of the words have in them."""

DECORATOR = re.compile(rb"@[\s(]*[\w.]*task\b", re.IGNORECASE)
"""A decorator that may make a task, however it is spelled."""


def is_relevant(data: bytes, words: Iterable[bytes] = WORDS) -> bool:
    """Whether a file holds one of some words, or a decorator that may make a task."""
    lowered = data.lower()
    # Most files have none of the stems, which one look for each tells.
    for stem, of_stem in _to_look_for(tuple(words)):
        if stem in lowered and any(word in lowered for word in of_stem):
            return True
    return b"task" in lowered and DECORATOR.search(data) is not None


@lru_cache(maxsize=8)
def _to_look_for(words: tuple[bytes, ...]) -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
    """The words that hold no other of them, by the stem that they have in common."""
    least = [w for w in words if not any(other in w for other in words if other != w)]
    found: dict[bytes, list[bytes]] = {}
    for word in least:
        found.setdefault(next((s for s in STEMS if s in word), word), []).append(word)
    return tuple((stem, tuple(of_stem)) for stem, of_stem in found.items())


CONFIGURING: tuple[bytes, ...] = (
    b"beat_schedule",
    b"beatschedule",
    b"task_routes",
    b"celery_routes",
    b"default_queue",
    b"config_from_object",
    b"config_source",
    b"celery_timezone",
    b"\ntime_zone",
)
"""What a file holds that does something to the settings which say when and where tasks run."""


def configures(lowered: bytes) -> bool:
    """Whether a file may do something to those settings; its text in lower case."""
    return lowered.startswith(b"time_zone") or any(word in lowered for word in CONFIGURING)


DOTTED = re.compile(rb"""["']([A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)+)["']""")


def dotted_texts(data: bytes) -> tuple[str, ...]:
    """The texts of a file that may name something of a module: `"shop.tasks.send"`, `"shop.tasks:send"`."""
    return tuple(sorted({text.decode().replace(":", ".") for text in DOTTED.findall(data)}))


EDIT = re.compile(rb"sys\.path\.(?:insert|append|extend)\((.*)")

WORD = re.compile(rb"""["']([\w./-]+)["']""")


def path_edits(data: bytes) -> tuple[str, ...]:
    """What a file puts on `sys.path`, as far as its lines say it in words."""
    if b"sys.path" not in data:
        return ()
    found = ("/".join(word.decode() for word in WORD.findall(line)) for line in EDIT.findall(data))
    return tuple(text for text in found if text.strip("./"))


APP = re.compile(rb"""^class[ ]+(\w+)\([^)]*\w*AppConfig\b[^)]*\):(.*?)(?=^\S|\Z)""", re.M | re.S)

PACKAGE = re.compile(rb"""^\s+name\s*(?::\s*\w+\s*)?=\s*["']([\w.]+)["']""", re.M)


def app_packages(data: bytes) -> dict[str, str]:
    """The packages that the configurations of Django apps in a file name, by class."""
    found = ((app[1], PACKAGE.search(app[2])) for app in APP.finditer(data))
    return {name.decode(): package[1].decode() for name, package in found if package is not None}


def decoded(data: bytes) -> str:
    """A file's text for looking at lines; bytes that its encoding lacks are replaced."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
