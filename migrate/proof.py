"""What is checked before a commit: each check says what it found, and one finding stops the step."""

from collections.abc import Callable

from msgspec import Struct

from codemods.in_force.routing import key_matches
from codemods.inventory.configuration.values import BOTH
from codemods.inventory.facts import parsed
from codemods.inventory.graph import closure, cycles
from codemods.inventory.link import Inventory
from codemods.inventory.outside import (
    handed_around,
    names_read_from,
    names_replaced_in,
    names_taken_from,
)
from codemods.inventory.task import Task
from codemods.inventory.testing import is_test
from codemods.inventory.undefined import read_too_early, undefined_names, unused_imports
from codemods.inventory.values import Binding, ParseError
from codemods.tables.joins import moved_keys
from codemods.values import Change
from migrate.comments import lost_comments
from migrate.differences import undeclared_differences
from migrate.grounds import default_app, import_roots
from migrate.in_force import (
    changed_entries,
    routes_in_force,
    schedule_in_force,
    still_answered,
)
from migrate.pipeline import Load, StepRun, run_again


class Proof(Struct, frozen=True):
    """The checks with `held`, `failed` or `not run`, and a sentence for each failure."""

    checks: dict[str, str]
    findings: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing failed."""
        return not self.findings


def prove(run: StepRun, load: Load) -> Proof:
    """The static proof of one step: nothing of the project is run."""
    checks: dict[str, Callable[[StepRun], list[str]]] = {
        "parses": parses,
        "registry": registry,
        "importable": importable,
        "bodies": bodies,
        "names": names,
        "cycles": import_cycles,
        "schedules": schedules,
        "beat": schedule_in_force,
        "routes": routes_in_force,
        "sent": still_answered,
        "comments": comments,
        "app": lambda made: [*app_loaded(made), *default_app(made)],
        "roots": import_roots,
        "settles": lambda made: settles(made, load),
    }
    results = {name: check(run) for name, check in checks.items()}
    findings = tuple(f"{name}: {finding}" for name, found in results.items() for finding in found)
    return Proof({name: outcome(found) for name, found in results.items()}, findings)


def outcome(found: list[str] | None) -> str:
    """The word for a check or level by its findings: `held`, `failed`, `not run` for `None`."""
    return "not run" if found is None else "failed" if found else "held"


def _python(run: StepRun) -> list[Change]:
    return [change for change in run.changes if change.path.endswith(".py")]


def parses(run: StepRun) -> list[str]:
    """Every changed file parses, and did so before."""
    found: list[str] = []
    for change in _python(run):
        if not run.before.editable(change.path):
            found.append(f"{run.before.why_not_edited(change.path)}, and this step changes it")
        tree = parsed(change.after) if change.after is not None else None
        if isinstance(tree, ParseError):
            found.append(f"'{change.path}' no longer parses, line {tree.line}: {tree.message}")
    return found


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


def importable(run: StepRun) -> list[str]:
    """Names that could be imported from a touched module can be, and are the same thing."""
    found: list[str] = []
    dropped = _dropped(run)
    for change in _python(run):
        old, new = run.before.facts.get(change.path), run.after.facts.get(change.path)
        if old is None or old.error is not None or new is None:
            continue
        module = run.before.project.module_of[change.path]
        wanted = _wanted(run, module)
        for name, binding in old.bindings.items():
            if binding.kind == "import" and name not in wanted:
                continue
            now = new.bindings.get(name)
            if now is None and name not in wanted and binding.line in dropped.get(change.path, ()):
                continue
            if now is None:
                found.append(f"'{name}' can no longer be imported from {module}")
            elif _kind(now) != _kind(binding) and not _has_moved(run, module, name, binding):
                found.append(f"'{name}' of {module} is something else now")
    return found


def _wanted(run: StepRun, module: str) -> set[str]:
    """The names that others took from a module before, or that a patch still replaces there."""
    taken = names_taken_from(run.before, module) | names_replaced_in(run.after, module)
    if "*" in taken:
        taken.update(run.before.facts[run.before.project.path_of[module]].bindings)
    return taken


def _has_moved(run: StepRun, module: str, name: str, binding: Binding) -> bool:
    """Whether a name of a module still stands for the same thing, which may have moved."""
    project = run.after.project
    now = project.resolve(f"{module}.{name}")
    old = run.before.project.resolve(f"{module}.{name}")
    if old != f"{module}.{name}" and now == project.resolve(old):
        return True
    home = project.binding(now)
    return home is not None and home.kind != "import" and _kind(home)[0] == _kind(binding)[0]


def _kind(binding: Binding) -> tuple[str, str | None]:
    """What a name is: an import of something, a function, a class, or a value of some sort."""
    if binding.kind == "import":
        return "import", binding.target
    return (binding.kind, None) if binding.kind in {"function", "class"} else ("value", None)


def imported_from(inventory: Inventory, module: str) -> set[str]:
    """The names that other files take from a module; all of them under a star import."""
    found = names_read_from(inventory, module)
    if "*" in found:
        path = inventory.project.path_of[module]
        found.update(inventory.facts[path].bindings)
    return found


def _declared(run: StepRun) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for edit in run.edits:
        found.setdefault(edit.path, set()).add(edit.line)
    return found


def _dropped(run: StepRun) -> dict[str, set[int]]:
    """The lines of each file that a decision takes out."""
    found: dict[str, set[int]] = {}
    for item in run.rewrite.dropped:
        found.setdefault(item.path, set()).update(range(item.first, item.last + 1))
    return found


def bodies(run: StepRun) -> list[str]:
    """Every difference between the syntax trees is one that the step declared."""
    changes = [change for change in _python(run) if change.after is not None]
    return [
        f"'{path}' line {line} differs in a way that no decision names"
        for path, line in undeclared_differences(changes, _declared(run), _dropped(run))
    ]


def names(run: StepRun) -> list[str]:
    """No new undefined name, no new import that nothing reads."""
    found: list[str] = []
    undefined = {name for change in _python(run) for name in undefined_names(change.before or b"")}
    early = {name for change in _python(run) for name in read_too_early(change.before or b"")}
    for change in _python(run):
        if change.after is None:
            continue
        before = change.before or b""
        for name in sorted(undefined_names(change.after) - undefined):
            found.append(f"'{name}' is undefined in '{change.path}'")
        for name in sorted(read_too_early(change.after) - early):
            found.append(f"'{name}' is read in '{change.path}' before it is bound")
        module = run.after.project.module_of.get(change.path, "")
        taken = imported_from(run.after, module) if module else set()
        if module and handed_around(run.after, module):
            taken |= run.after.facts[change.path].bindings.keys()
        for name in sorted(
            unused_imports(change.after) - unused_imports(before, in_texts=False) - taken
        ):
            found.append(f"'{name}' is imported in '{change.path}' and nothing reads it")
    return found


def import_cycles(run: StepRun) -> list[str]:
    """No group of modules that import each other has grown or is new.

    New files that took code out of a circle may stand in it, in the place of the old one.
    """
    before = cycles(run.before.explicit_graph)
    fresh = run.after.project.path_of.keys() - run.before.project.path_of.keys()
    return [
        f"{', '.join(sorted(group))} import each other now"
        for group in cycles(run.after.explicit_graph)
        if group <= fresh or not any(group - fresh <= old for old in before)
    ]


def schedules(run: StepRun) -> list[str]:
    """No beat entry points at nothing that pointed at a task, no route has died."""
    renames, drops = run.renames, run.drops
    before = {(e.key, renames.get(e.task or "", e.task)) for e in run.before.beat if e.orphan}
    found = [
        f'beat entry "{entry.key}" points at "{entry.task}", which is registered no more'
        for entry in run.after.beat
        if entry.orphan and (entry.key, entry.task) not in before
    ]
    dropped = _dropped(run)
    gone = {key for side in BOTH for key, to in changed_entries(run, side).items() if to is None}
    moved = moved_keys(run.decisions)
    expected = sum(
        entry.key not in gone
        and (
            entry.line not in dropped.get(entry.path, ()) or entry.key in moved.get(entry.path, ())
        )
        for entry in run.before.beat
    )
    if expected != len(run.after.beat):
        found.append(f"{expected} beat entries became {len(run.after.beat)}")
    names = sorted(run.before.known_names)
    dead = {key for key in run.before.route_keys if not any(key_matches(key, n) for n in names)}
    found.extend(
        f'route "{route.pattern}" matches no task any more'
        for route in run.after.routes
        if route.dead and route.pattern not in dead | drops
    )
    return found


def _free_lines(run: StepRun) -> dict[str, set[int]]:
    """The lines whose comments may go."""
    found: dict[str, set[int]] = {}
    for edit in run.edits:
        if edit.loses_remarks:
            found.setdefault(edit.path, set()).add(edit.line)
    for item in run.rewrite.dropped:
        if item.loses_remarks:
            found.setdefault(item.path, set()).update(range(item.first, item.last + 1))
    return found


def comments(run: StepRun) -> list[str]:
    """No comment has gone but with a statement that a decision takes out."""
    changes = [change for change in _python(run) if change.after is not None]
    return [
        f"'{path}' line {line} lost its comment {text}"
        for path, line, text in lost_comments(changes, _free_lines(run))
    ]


def app_loaded(run: StepRun) -> list[str]:
    """Every module that sends or holds tasks loads the Celery app if it did so before."""
    found: list[str] = []
    for app in run.before.app_names:
        module = run.before.project.split(app)[0]
        if module in closure(run.after.graph, run.after.always_starts):
            continue
        always = module in closure(run.before.graph, run.before.always_starts)
        for path, facts in run.before.facts.items():
            name = run.before.project.module_of[path]
            sends = any(call.kind in {"send", "send_task", "signature"} for call in facts.calls)
            holds = any(task.path == path for task in run.before.tasks)
            if is_test(path) or not (sends or holds):
                continue
            before = always or module in closure(run.before.graph, [name])
            if before and module not in closure(run.after.graph, [name]):
                found.append(f"{name} no longer loads {app}")
    return found


def settles(run: StepRun, load: Load) -> list[str]:
    """The step run again changes nothing."""
    again = run_again(run, load)
    return [f"a second run would change '{path}' again" for path in again.files]
