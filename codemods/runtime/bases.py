"""Which tasks get a base class, and what that does to each: it changes retries and limits."""

from collections.abc import Iterator

from codemods.inventory.decorating import made_by_own_decorator
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.notes.unused_settings import unused_values
from codemods.runtime.limits import numbers, seconds_of
from codemods.runtime.places import made_by, own_task_class
from codemods.settings import Runtime, matches
from codemods.values import Decision, Note

POLICIES = {
    "RuntimeTask": "Celery's own retries and limits",
    "IdempotentTask": "3 retries of any exception after up to 10, 20, 40 s, one run a key",
    "EmailTask": "5 retries of any exception after up to 5, 10, 20, 40, 80 s, stopped after 110 s",
    "ReportTask": "2 retries of any exception after up to 300, 600 s, stopped after 1740 s",
    "MaintenanceTask": "no retry, by itself or by self.retry()",
    "ExternalAPITask": "3 retries of any exception after up to 10, 20, 40 s, stopped after 570 s",
}
"""What each base class does to a task that says nothing itself."""

DECORATORS = frozenset({"shared_task", "app.task"})
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


class Assign(Decision, frozen=True, tag="assign", forbid_unknown_fields=True):
    """A base class for a task; `before` and `after` say what that does to its retries and limits."""

    task: str
    path: str
    base: str
    before: str
    after: str


def assigned(inventory: Inventory, settings: Runtime, notes: list[Note]) -> Iterator[Assign]:
    """A base class for each task that a pattern of the configuration names."""
    app_gives = own_task_class(inventory) or made_by(inventory)
    for task in inventory.tasks:
        name = task.name or task.qualname
        fits = [p for p in settings.bases if matches(name, p) or matches(task.qualname, p)]
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
    notes.extend(unused_values(inventory, "runtime.bases"))


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


def _own(task: Task) -> str:
    """What a task says of its retries and limits itself; that stays in force."""
    return ", ".join(f"{name}={task.options[name]}" for name in SAID if name in task.options)


def _half_a_pair(inventory: Inventory, task: Task, base: str) -> bool:
    """Whether a limit of the task's own and one of the base would make a pair that makes no sense, or may."""
    given = dict(zip(("soft_time_limit", "time_limit"), LIMITS.get(base, ("", "")), strict=True))
    own = [name for name in given if name in task.options]
    if not own or (len(own) == 1 and base not in LIMITS):
        return False
    tree = inventory.tree(task.path)
    known = numbers(tree) if tree is not None else {}
    said = given | {name: task.options[name] for name in own}
    soft, hard = (seconds_of(said[name], known) for name in ("soft_time_limit", "time_limit"))
    if soft is None or hard is None:
        return len(own) == 1
    return soft >= hard
