"""Proofs beyond the static one, on request: real Celery with stand-ins, a real boot, the project's tests."""

from pathlib import Path

from codemods.inventory.configuration.values import BOTH
from migrate.pipeline import MoreProof, StepRun
from migrate.project import Project
from migrate.proof.sending import changed_entries, changed_queues
from migrate.verify.own_tests import test_findings
from migrate.verify.registry import BootError, Expected, Registry, boot, compare, stub

LEVELS = ("static", "stub", "boot")


def proof_levels(
    project: Project, wanted: list[str], python: Path | None, test_command: str
) -> MoreProof:
    """What `apply` runs after the static proof: for each level its findings, `None` if not run."""

    def more(run: StepRun, parent: str, tree: str) -> dict[str, list[str] | None]:
        found: dict[str, list[str] | None] = {}
        if "stub" in wanted:
            found["stub"] = registry_findings(project, run, parent, tree, None)
        if "boot" in wanted:
            found["boot"] = registry_findings(project, run, parent, tree, python)
        if test_command:
            found["tests"] = test_findings(project, parent, tree, test_command, python)
        return found

    return more


def registry_findings(
    project: Project, run: StepRun, parent: str, tree: str, python: Path | None
) -> list[str]:
    """How the real registry differs before and after, beyond what the step means to do."""
    try:
        before = _registry(project, run, parent, python, after=False)
        after = _registry(project, run, tree, python, after=True)
    except BootError as error:
        return [str(error)]
    return compare(before, after, expected(run))


def expected(run: StepRun) -> Expected:
    """What this step means to do to the registry."""
    modules = run.before.project.module_of
    return Expected(
        renames=run.renames,
        added=frozenset(run.after.known_names - run.before.known_names),
        gone=frozenset(run.drops),
        rebased=frozenset(run.step.rebases(run.decisions)),
        defaults=run.step.defaults(run.decisions),
        own_classes=run.step.own_classes,
        copies={
            item.name: frozenset(modules[copy.path] for copy in item.copies)
            for item in run.before.duplicates
        },
        entries={side: changed_entries(run, side) for side in BOTH},
        queues={side: changed_queues(run, side) for side in BOTH},
        modules=moved_tasks(run),
        moved=moved_names(run),
    )


def moved_tasks(run: StepRun) -> dict[str, tuple[str, str]]:
    """The old and the new module of each task whose function another file holds after the step."""
    after = {task.name: run.after.project.module_of[task.path] for task in run.after.tasks}
    found: dict[str, tuple[str, str]] = {}
    for task in run.before.tasks:
        old = run.before.project.module_of[task.path]
        new = after.get(task.name)
        if task.name is not None and new is not None and new != old:
            found[task.name] = (old, new)
    return found


def moved_names(run: StepRun) -> dict[str, str]:
    """The classes and functions of changed files that stand elsewhere after the step."""
    found: dict[str, str] = {}
    for path in run.files:
        facts = run.before.facts.get(path)
        for name in facts.bindings if facts is not None else ():
            old = f"{run.before.project.module_of[path]}.{name}"
            new = run.after.project.resolve(old)
            if new != old and run.after.project.binding(new) is not None:
                found[old] = new
    return found


def _registry(
    project: Project, run: StepRun, tree: str, python: Path | None, *, after: bool
) -> Registry:
    inventory = run.after if after else run.before
    if python is not None:
        return boot(project.repository.export, tree, inventory, python)
    return stub(project.repository.export, tree, inventory)
