"""Which parts of the runtime a project gets, where, and which tasks get a base class."""

import ast
from collections.abc import Iterator

from codemods.inventory.facts import parsed
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.moves.tasks import made_by_own_decorator
from codemods.runtime.limits import numbers, seconds_of
from codemods.runtime.places import (
    app_path,
    has_django,
    made_by,
    own_task_class,
    places,
    settings_files,
)
from codemods.runtime.requirements import REQUIREMENT, requirements_file, too_old
from codemods.settings import Runtime, matches
from codemods.values import Decision, Decisions, Note

POLICIES = {
    "RuntimeTask": "Celery's own retries and limits",
    "IdempotentTask": "3 retries of any exception after up to 10, 20, 40 s, one run a key",
    "EmailTask": "5 retries of any exception after up to 5, 10, 20, 40, 80 s, stopped after 110 s",
    "ReportTask": "2 retries of any exception after up to 300, 600 s, stopped after 1740 s",
    "MaintenanceTask": "no retry, by itself or by self.retry()",
    "ExternalAPITask": "3 retries of any exception after up to 10, 20, 40 s, stopped after 570 s",
}
"""What each base class does to a task that says nothing itself."""

IN_FORCE = "where the project says nothing: late acknowledgement, messages of killed processes back in their queue, prefetch 1, the six queues, and limits of 9 and 10 min if no task sets its own"
"""What the safe defaults change, in the words of the plan."""

DECORATORS = frozenset({"shared_task", "app.task"})
DEFAULTED = frozenset(
    {"acks_late", "reject_on_worker_lost", "track_started", "time_limit", "soft_time_limit"}
)
"""What the safe defaults give to tasks that say nothing themselves."""

TOO_OLD = f"{{}} is asked for here, but the runtime needs Django 4.2, Celery 5.4 and redis 5.0.8 or newer: nothing is put in. Upgrade first, then add {REQUIREMENT}"

SAID = (
    "autoretry_for", "max_retries", "default_retry_delay", "retry_backoff", "retry_kwargs",
    "soft_time_limit", "time_limit",
)  # fmt: skip
LIMITS = {
    "EmailTask": ("110", "120"),
    "ReportTask": ("1740", "1800"),
    "ExternalAPITask": ("570", "600"),
}
"""The soft and the hard limit of a base class, in seconds."""


class Add(Decision, frozen=True, tag="add", forbid_unknown_fields=True):
    """One part of the runtime, at a path: a module, a script, a line of a file that is there."""

    part: str
    path: str


class Assign(Decision, frozen=True, tag="assign", forbid_unknown_fields=True):
    """A base class for a task; `before` and `after` say what that does to its retries and limits."""

    task: str
    path: str
    base: str
    before: str
    after: str


def decide(inventory: Inventory) -> Decisions:
    """Every part that is lacking, if the project asked for the runtime; else nothing."""
    settings = inventory.settings.runtime
    if not settings.install:
        return Decisions()
    against = _kept_out(inventory)
    if against is not None:
        return Decisions((), (against,))
    parts = [
        Add(f"runtime:{part}", because, part, path)
        for part, path, because in _parts(inventory, settings)
        if part not in settings.skip
    ]
    notes: list[Note] = []
    assigned = list(_assigned(inventory, settings, notes))
    return Decisions((*parts, *assigned), tuple(notes))


def _kept_out(inventory: Inventory) -> Note | None:
    """Why nothing of the runtime can be put in; `None` if it can."""
    apps = inventory.app_names
    if not apps:
        why = "no Celery app is made at the top of a module here: nothing is put in. docs/runtime.md has the lines to write by hand"
        return Note(".", 0, "runtime-app", why)
    if not has_django(inventory):
        why = "nothing here uses Django, which the runtime needs: nothing is put in"
        return Note(".", 0, "runtime-django", why)
    if app_path(inventory) is None and not inventory.settings.runtime.tasks:
        why = f"there are several Celery apps, {', '.join(apps)}, and which of them workers run can't be told: nothing is put in. Name a place that all import with [tool.migrate.runtime] tasks"
        return Note(".", 0, "runtime-app", why)
    at, asked = too_old(inventory)
    return Note(at, 0, "runtime-requirement", TOO_OLD.format(asked)) if asked else None


def rebased_by(decisions: tuple[Decision, ...]) -> set[str]:
    """The names of the tasks that get a base class."""
    return {item.task for item in decisions if isinstance(item, Assign)}


def defaults_by(decisions: tuple[Decision, ...]) -> frozenset[str]:
    """The options that tasks get from the safe defaults, if those are put in force."""
    parts = {item.part for item in decisions if isinstance(item, Add)}
    return DEFAULTED if "in-force" in parts else frozenset()


def _parts(inventory: Inventory, settings: Runtime) -> Iterator[tuple[str, str, str]]:
    at = places(inventory)
    yield "requirement", requirements_file(inventory), "production installs the runtime"
    yield (
        "installed-app",
        next(iter(settings_files(inventory)), ""),
        "its checks, table and commands",
    )
    yield "task-class", app_path(inventory) or "", "with_idempotency is enforced on every task"
    yield "base", f"{at.tasks}/base.py", "base classes with retries and limits"
    yield "decorators", f"{at.tasks}/decorators.py", "with_idempotency"
    yield "idempotency", f"{at.tasks}/idempotency_service.py", "the service that knows the keys"
    yield "settings", f"{at.tasks}/celery_settings.py", "queues, routes and safe defaults"
    if settings.in_force:
        yield "in-force", app_path(inventory) or "", IN_FORCE
    yield "durations", at.constants, "lengths of time"
    yield "keys", at.task_keys, "one place for names of idempotent work"
    yield "workers", f"{at.scripts}/celery_workers.sh", "a pool for each queue"
    yield "audit", f"{at.scripts}/audit_celery_tasks.py", "the inventory"
    yield "hooks", ".pre-commit-config.yaml", "orphans and duplicates stop at the commit"
    alias = next((path for path, facts in inventory.facts.items() if facts.aliases), "")
    if alias:
        yield "aliases", alias, "each use of an old name is counted"


def _assigned(inventory: Inventory, settings: Runtime, notes: list[Note]) -> Iterator[Assign]:
    """A base class for each task that a pattern of the configuration names."""
    used = set[str]()
    app_gives = own_task_class(inventory) or made_by(inventory)
    for task in inventory.tasks:
        name = task.name or task.qualname
        fits = [p for p in settings.bases if matches(name, p) or matches(task.qualname, p)]
        used.update(fits)
        if not fits:
            continue
        base = settings.bases[max(fits, key=len)]
        if _is_runtimes(inventory, task, base):
            continue
        against = _against(inventory, task, name, base, app_gives)
        if against is not None:
            notes.append(against)
            continue
        own = _own(task)
        yield Assign(
            f"base:{name}", "[tool.migrate.runtime] bases", name, task.path, base,
            own or "no retry unless it asks for one, no limit of its own",
            POLICIES[base] + (f", but for its own {own}" if own else ""),
        )  # fmt: skip
    notes.extend(_unused(pattern) for pattern in settings.bases if pattern not in used)


def _against(inventory: Inventory, task: Task, name: str, base: str, app_gives: str) -> Note | None:
    """Why a task can't be given this base class; `None` if it can."""
    code = "base-by-hand"
    if base not in POLICIES:
        known = ", ".join(POLICIES)
        code = "base-unknown"
        why = f"[tool.migrate.runtime] gives {name} the base '{base}', which the runtime does not have: {known}"
    elif task.decorator not in DECORATORS or made_by_own_decorator(inventory, task):
        why = f"{name} is made by a decorator of the project's own, or by a call: give that base={base}"
    elif task.name is None:
        why = f"the name of {name} is computed by the project's own code, which a class of its own may change: give that base={base}"
    elif (
        base == "MaintenanceTask"
        and "autoretry_for" in task.options
        and "max_retries" not in task.options
    ):
        why = f"{name} retries by its own autoretry_for, which max_retries = 0 of {base} would end: give it max_retries too"
    elif _half_a_pair(inventory, task, base):
        why = f"{name} sets one of its limits itself, which makes no pair with the other of {base}: give it soft_time_limit and time_limit, the soft one lower"
    elif app_gives:
        why = f"{name} has the task class that the app gets from {app_gives}, which base={base} would take away: let that class inherit from the runtime's RuntimeTask, and give its subclasses"
    elif task.base:
        code = "base-kept"
        why = f"{name} keeps its base {task.base}: [tool.migrate.runtime] would give it {base}"
    else:
        return None
    return Note(task.path, task.line, code, why)


def _is_runtimes(inventory: Inventory, task: Task, base: str) -> bool:
    """Whether a task has this very class of the runtime already."""
    project = inventory.project
    if not task.base or task.base.rpartition(".")[2] != base:
        return False
    known = project.resolve(f"{project.module_of[task.path]}.{base}")
    return known.startswith("target_runtime.")


def _unused(pattern: str) -> Note:
    message = f"[tool.migrate.runtime] bases has '{pattern}', which no task's name fits"
    return Note("pyproject.toml", 0, "base-unmatched", message)


def _own(task: Task) -> str:
    """What a task says of its retries and limits itself; that stays in force."""
    return ", ".join(f"{name}={task.options[name]}" for name in SAID if name in task.options)


def _half_a_pair(inventory: Inventory, task: Task, base: str) -> bool:
    """Whether a limit of the task's own and one of the base would make a pair that makes no sense, or may."""
    given = dict(zip(("soft_time_limit", "time_limit"), LIMITS.get(base, ("", "")), strict=True))
    own = [name for name in given if name in task.options]
    if not own or (len(own) == 1 and base not in LIMITS):
        return False
    tree = parsed(inventory.files.read(task.path))
    known = numbers(tree) if isinstance(tree, ast.Module) else {}
    said = given | {name: task.options[name] for name in own}
    soft, hard = (seconds_of(said[name], known) for name in ("soft_time_limit", "time_limit"))
    if soft is None or hard is None:
        return len(own) == 1
    return soft >= hard
