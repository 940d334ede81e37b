"""A check of the registry: the same tasks under the names that the step gives them."""

from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from migrate.pipeline import StepRun


def registry(run: StepRun) -> list[str]:
    """The same tasks, with the same options, signatures and queues, under the names of the step."""
    renames, drops, merges = run.renames, run.drops, run.merges
    rebased = run.step.rebases(run.decisions)
    before = {_identity(run.before, task, renames, rebased) for task in run.before.tasks}
    after = {_identity(run.after, task, {}, rebased) for task in run.after.tasks}
    found = [
        f"{who[1]}: {who[0]} is no longer registered as it was"
        for who in sorted(before - after)
        if who[0] not in merges
    ]
    found.extend(f"{who[1]}: {who[0]} is new" for who in sorted(after - before))
    expected = len(run.before.tasks)
    for name in sorted(merges):
        expected -= sum(task.name == name for task in run.before.tasks) - 1
        if (left := sum(task.name == name for task in run.after.tasks)) != 1:
            found.append(f'"{name}" has {left} definitions where one was to stay')
    if len(run.after.tasks) != expected:
        found.append(f"{len(run.before.tasks)} definitions became {len(run.after.tasks)}")
    gone = run.before.known_names - run.after.known_names - drops
    found.extend(f'workers would no longer answer to "{name}"' for name in sorted(gone))
    return found


def _identity(
    inventory: Inventory, task: Task, renames: dict[str, str], rebased: set[str]
) -> tuple[str, str, str, str, str]:
    name = task.name or task.like or f"computed in {task.qualname}"
    apart = {"name", "base"} if name in rebased else {"name"}
    options = {key: value for key, value in task.options.items() if key not in apart}
    # Where the tables of routes can be told, check `routes` looks at all of each answer.
    known = inventory.routing.is_known
    queue = inventory.routed(task.name) if task.name and not known else None
    name = renames.get(name, name)
    return name, task.qualname, repr(sorted(options.items())), task.signature, queue or ""
