"""Which parts of the runtime a project gets, where, and which tasks get a base class."""

from collections.abc import Iterator

from codemods.inventory.link import Inventory
from codemods.runtime.bases import Assign, assigned
from codemods.runtime.places import (
    app_path,
    has_django,
    places,
    settings_files,
)
from codemods.runtime.requirements import REQUIREMENT, requirements_file, too_old
from codemods.settings import Runtime
from codemods.values import Decision, Decisions, Note

IN_FORCE = "where the project says nothing: late acknowledgement, messages of killed processes back in their queue, prefetch 1, the six queues, and limits of 9 and 10 min if no task sets its own"
"""What the safe defaults change, in the words of the plan."""

DEFAULTED = frozenset(
    {"acks_late", "reject_on_worker_lost", "track_started", "time_limit", "soft_time_limit"}
)
"""What the safe defaults give to tasks that say nothing themselves."""

TOO_OLD = f"{{}} is asked for here, but the runtime needs Django 4.2, Celery 5.4 and redis 5.0.1 or newer: nothing is put in. Upgrade first, then add {REQUIREMENT}"


class Add(Decision, frozen=True, tag="add", forbid_unknown_fields=True):
    """One part of the runtime, at a path: a module, a script, a line of a file that is there."""

    part: str
    path: str


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
    given = list(assigned(inventory, settings, notes))
    return Decisions((*parts, *given), tuple(notes))


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
        why = f"there are several Celery apps, {', '.join(apps)}, and the source doesn't show which of them workers run: nothing is put in. Name a folder that all of them import with [tool.migrate.runtime] tasks"
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
