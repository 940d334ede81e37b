"""What is checked before a commit: each check says what it found, and with a finding nothing is committed."""

from collections.abc import Callable

from msgspec import Struct

from migrate.pipeline import Load, StepRun
from migrate.proof.acting import acting_loaded
from migrate.proof.again import settles
from migrate.proof.apps import app_loaded
from migrate.proof.declared import as_declared
from migrate.proof.files import generated, paths
from migrate.proof.imports import import_cycles, import_targets, importable, names
from migrate.proof.patches import patch_targets
from migrate.proof.roots import default_app, import_roots
from migrate.proof.schedules import schedules
from migrate.proof.sending import routes_in_force, schedule_in_force, still_answered
from migrate.proof.tasks import registry
from migrate.proof.texts import bodies, comments, parses


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
        "declared": as_declared,
        "paths": paths,
        "generated": generated,
        "targets": import_targets,
        "patches": patch_targets,
        "names": names,
        "cycles": import_cycles,
        "schedules": schedules,
        "beat": schedule_in_force,
        "routes": routes_in_force,
        "sent": still_answered,
        "comments": comments,
        "app": lambda made: [*app_loaded(made), *default_app(made)],
        "acting": acting_loaded,
        "roots": import_roots,
        "settles": lambda made: settles(made, load),
    }
    results = {name: check(run) for name, check in checks.items()}
    findings = tuple(f"{name}: {finding}" for name, found in results.items() for finding in found)
    return Proof({name: outcome(found) for name, found in results.items()}, findings)


def outcome(found: list[str] | None) -> str:
    """The word for a check or level by its findings: `held`, `failed`, `not run` for `None`."""
    return "not run" if found is None else "failed" if found else "held"
