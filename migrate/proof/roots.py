"""Checks of what a step takes for granted: the import roots, and the app that other threads find."""

from collections import Counter

from codemods.inventory.link import Inventory
from codemods.inventory.testing import is_test
from migrate.pipeline import StepRun


def import_roots(run: StepRun) -> list[str]:
    """No import is written, and no name pinned, by a root that no import of the project used before.

    A root that nothing used is one too many only where imports of the project fail to resolve.
    """
    answered, failing = resolved_imports(run.before)
    if not failing:
        return []
    found: list[str] = []
    for path in [change.path for change in run.changes if change.path in run.after.facts]:
        for root, what in _leaned_on(run, path):
            if not answered[root]:
                found.append(
                    f"'{path}' {what} from '{root or '.'}', where no import of the project starts,"
                    f" while {failing} of them lead nowhere: say where they start with import_roots"
                    " in [tool.migrate]"
                )
                break
    return found


def resolved_imports(inventory: Inventory) -> tuple[Counter[str], int]:
    """How many absolute imports each root answers, and how many that seem the project's own fail.

    An import seems the project's own if a folder or file of the repository has its first two words
    behind each other.
    """
    project = inventory.project
    pairs = {
        "/".join(path.removesuffix(".py").split("/")[at : at + 2])
        for path in inventory.facts
        for at in range(path.count("/"))
    }
    answered: Counter[str] = Counter()
    failing = 0
    for path, facts in inventory.facts.items():
        if is_test(path):
            continue
        for name in sorted({i.module for i in facts.imports if not i.module.startswith("/")}):
            module = project.canonical(project.symbol_from(path, name))
            if module in project.path_of:
                answered[project.root_of(project.path_of[module])] += 1
            elif "/".join(name.split(".")[:2]) in pairs and "." in name:
                failing += 1
    return answered, failing


def _leaned_on(run: StepRun, path: str) -> list[tuple[str, str]]:
    """The roots by which a changed file imports or names something that it did not before."""
    before = run.before.facts.get(path)
    known = {item.module for item in before.imports} if before is not None else set()
    project = run.after.project
    found: list[tuple[str, str]] = []
    for item in run.after.facts[path].imports:
        if item.module.startswith("/") or item.module in known:
            continue
        module = project.canonical(item.module)
        if module in project.path_of:
            found.append((project.root_of(project.path_of[module]), f"imports {item.module}"))
    automatic = {task.name for task in run.before.tasks if task.name_is == "automatic"}
    for task in run.after.tasks:
        if task.path == path and task.name_is == "explicit" and task.name in automatic:
            found.append((project.root_of(path), f'pins the name "{task.name}"'))
    return found


def default_app(run: StepRun) -> list[str]:
    """A task becomes shared only where every thread finds the app: by Django, or `set_default()`.

    In a thread that has no current app `shared_task` takes the default one, which is Celery's own
    fallback with its broker at amqp://localhost unless an app was made the default.
    """
    bound = {task.symbol for task in run.before.tasks if task.decorator == "app.task"}
    # One function may be declared both ways.
    bound -= {task.symbol for task in run.before.tasks if task.decorator == "shared_task"}
    shared = [t for t in run.after.tasks if t.symbol in bound and t.decorator == "shared_task"]
    if not shared or _names_django(run.after) or _sets_default(run.after):
        return []
    return [
        f"{shared[0].symbol} and {len(shared) - 1} more would use amqp://localhost in other threads:"
        " nothing here is Django's, and no app is made the default (set_default())"
    ]


def _names_django(inventory: Inventory) -> bool:
    """Whether code of the project that is no test imports Django, or lists apps for it."""
    return any(
        item.module.partition(".")[0] == "django"
        for path, facts in inventory.facts.items()
        if not is_test(path)
        for item in facts.imports
    ) or any("INSTALLED_APPS" in facts.bindings for facts in inventory.facts.values())


def _sets_default(inventory: Inventory) -> bool:
    return any(call.kind == "set_default" for f in inventory.facts.values() for call in f.calls)
