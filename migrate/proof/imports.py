"""Checks of what files import and can be imported from them."""

from codemods.inventory.graph import cycles
from codemods.inventory.link import Inventory
from codemods.inventory.outside import (
    handed_around,
    names_read_from,
    names_replaced_in,
    names_taken_from,
)
from codemods.inventory.undefined import (
    read_too_early,
    undefined_names,
    unread_imports,
    unused_imports,
)
from codemods.inventory.values import Binding, Import
from codemods.units.units import read_module
from codemods.values import Change
from migrate.pipeline import StepRun
from migrate.proof.lines import declared_lines, dropped_lines, path_before, python_changes


def importable(run: StepRun) -> list[str]:
    """Names that could be imported from a touched module can be, and are the same thing."""
    found: list[str] = []
    dropped = dropped_lines(run)
    for change in python_changes(run):
        found.extend(_missing(run, change.path))
        place = path_before(run, change.path)
        old, new = run.before.facts.get(place), run.after.facts.get(change.path)
        if old is None or old.error is not None or new is None:
            continue
        module = run.before.project.module_of[place]
        found.extend(_hidden_by_modules(run, module))
        wanted = _wanted(run, module)
        idle = _idle_loggers(run, change) - wanted
        kept = _handed_on(run, change)
        for name, binding in old.bindings.items():
            if name in idle and name not in new.bindings:
                continue
            if binding.kind == "import" and name not in wanted | kept:
                continue
            now = new.bindings.get(name)
            if now is None and name not in wanted and binding.line in dropped.get(change.path, ()):
                continue
            if now is None:
                found.append(f"'{name}' can no longer be imported from {module}")
            elif _kind(now) != _kind(binding) and not _has_moved(run, module, name, binding):
                found.append(f"'{name}' of {module} is something else now")
    return found


def _missing(run: StepRun, path: str) -> list[str]:
    """The names that a file takes, and none did before, from modules that do not have them."""
    new, project, known = run.after.facts.get(path), run.after.project, run.before.imported_names
    return [
        f"'{path}' imports {item.name} of {project.canonical(item.module)}, which has none"
        for item in (new.imports if new is not None else ())
        if item.name not in {None, "*"}
        and (project.canonical(item.module), item.name) not in known
        and project.split(project.canonical(item.module))[0]
        and not project.can_exist(project.canonical(f"{item.module}.{item.name}"))
    ]


def _handed_on(run: StepRun, change: Change) -> set[str]:
    """The names that a file imported for others alone, as nothing in it read them, unless it is said that they go."""
    told = declared_lines(run).get(change.path, set())
    facts = run.before.facts[path_before(run, change.path)]
    unread = unread_imports(change.before or b"")
    return {
        name for name in unread if name in facts.bindings and facts.bindings[name].line not in told
    }


def _idle_loggers(run: StepRun, change: Change) -> set[str]:
    """The loggers of a file that a step says nothing reads any more."""
    told = declared_lines(run).get(change.path, set())
    units = read_module(change.path, change.before or b"").units
    return {unit.name for unit in units if unit.kind == "logger" and unit.line in told}


def _hidden_by_modules(run: StepRun, package: str) -> list[str]:
    """The new modules of a package that would hide a name which its own code binds or reads."""
    old, new = run.before.project.path_of, run.after.project.path_of
    fresh = [name for name in new if name not in old and name.rpartition(".")[0] == package]
    words = {name.rpartition(".")[2] for name in fresh}
    if not words:
        return []
    data = run.snapshot.read(new[package])
    units = read_module(new[package], data).units
    names = {name for unit in units for name in (*unit.names, *unit.reads.all)}
    return [f"a module hides '{word}' of {package}" for word in sorted(words & names)]


def _wanted(run: StepRun, module: str) -> set[str]:
    """The names that others took from a module before, or that a patch still replaces there."""
    taken = names_taken_from(run.before, module) | names_replaced_in(run.after, module)
    if "*" in taken:
        bindings = run.before.facts[run.before.project.path_of[module]].bindings
        taken.update(name for name, binding in bindings.items() if not _has_lost_home(run, binding))
    return taken


def _has_lost_home(run: StepRun, binding: Binding) -> bool:
    """Whether a name is imported from a module of the project that the step takes out."""
    home = (binding.target or "").rpartition(".")[0] if binding.kind == "import" else ""
    return home in run.before.project.path_of and home not in run.after.project.path_of


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


def names(run: StepRun) -> list[str]:
    """No new undefined name, no new import that nothing reads."""
    found: list[str] = []
    undefined = {
        name for change in python_changes(run) for name in undefined_names(change.before or b"")
    }
    early = {
        name for change in python_changes(run) for name in read_too_early(change.before or b"")
    }
    for change in python_changes(run):
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


def import_targets(run: StepRun) -> list[str]:
    """A name that changed files had from the project, or of their own, comes from nowhere else now."""
    olds: dict[str, set[str]] = {}
    for change in python_changes(run):
        facts = run.before.facts.get(path_before(run, change.path))
        for name, binding in facts.bindings.items() if facts is not None else ():
            olds.setdefault(name, set()).add(binding.target or "")
        for item in facts.imports if facts is not None else ():
            olds.setdefault(item.alias, set()).add(_target(item))
    found: list[str] = []
    for change in python_changes(run):
        facts = run.after.facts.get(change.path)
        for item in facts.imports if facts is not None else ():
            target = _target(item)
            inside = run.after.project.split(run.after.project.canonical(target))[0]
            if not inside and target not in olds.get(item.alias, {target}):
                found.append(f"'{change.path}' line {item.line} takes {item.alias} from {target}")
    return found


def _target(item: Import) -> str:
    """What an import names, dotted."""
    return f"{item.module}.{item.name}" if item.name else item.module
