"""Proofs beyond the static one, on request: real Celery with stand-ins, a real boot, the project's tests."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from codemods.inventory.configuration.values import BOTH
from migrate.errors import UsageError
from migrate.pipeline import MoreProof, StepRun
from migrate.project import Project
from migrate.proof.sending import changed_entries, changed_queues
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


def split_command(command: str) -> list[str]:
    """The words of a test command. Raises `UsageError` if they can't be split."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--test-command {command!r}: {error}") from None
    if not words:
        raise UsageError("--test-command is empty: say what runs your tests")
    return words


def test_findings(
    project: Project, parent: str, tree: str, command: str, python: Path | None
) -> list[str]:
    """How the project's own tests end before and after: the same exit code, or a finding."""
    before, _ = run_tests(project, parent, command, python)
    after, words = run_tests(project, tree, command, python)
    if before == after:
        return []
    return [
        f"'{command}' ended with {before} before and {after} after:\n    " + "\n    ".join(words)
    ]


def run_tests(
    project: Project, tree: str, command: str, python: Path | None
) -> tuple[int, list[str]]:
    """The exit code and last lines of the project's tests on an export of a tree.

    `python` in the command is the project's interpreter where one was given.
    """
    words = split_command(command)
    environment = dict(os.environ)
    if python is not None:
        environment["PATH"] = f"{python.parent}{os.pathsep}{environment.get('PATH', '')}"
        if words[0] in {"python", "python3"}:
            words[0] = str(python)
    with tempfile.TemporaryDirectory(prefix="migrate-") as scratch:
        folder = Path(scratch, "project")
        project.repository.export(tree, folder)
        try:
            done = subprocess.run(
                words, cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
        except OSError as error:
            raise UsageError(
                f"--test-command: '{words[0]}' can't be run: {error.strerror}"
            ) from None
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()[-8:]
