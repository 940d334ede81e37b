"""Plans made: a project read, its steps run in memory, and the decisions kept in a file."""

import time
from pathlib import Path

from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.values import Note
from migrate.errors import UsageError
from migrate.output import deploy_before
from migrate.pipeline import StepRun
from migrate.plans.needs import notes_of
from migrate.plans.plan import write_plan
from migrate.plans.replanning import Earlier, earlier_plan
from migrate.plans.sittings import going_on
from migrate.project import Project


class Wanted(Struct, frozen=True):
    """What kind of plan is asked for. With `fresh` a person's edits of the one before are dropped."""

    rev: str = "HEAD"
    out_file: Path | None = None
    accept: bool = False
    fresh: bool = False
    writes: bool = True


class Planned(Struct, frozen=True):
    """A plan: what was read, what each step would do, and what a person should know."""

    revision: str
    inventory: Inventory
    runs: list[StepRun]
    trees: dict[str, str]
    notes: list[Note]
    applied: list[str]
    deploy: int | None
    """The deploy that must come before anything more can be committed."""
    earlier: Earlier
    lost: list[str]
    """Ids of a person's edits that fit nothing any more."""
    read_seconds: float

    @property
    def changes(self) -> bool:
        """Whether any step has changes to make."""
        return any(run.changes for run in self.runs)


def planned(project: Project, wanted: Wanted, started: float) -> Planned:
    """The plan of a project, written to its file if that is wanted; what is applied is gone on from.

    `started` is when reading began, on the clock of `time.monotonic`.
    """
    goes_on = wanted.rev == "HEAD" and project.state.head is not None
    revision = project.state.tip if goes_on else project.state.start
    applied = set(project.state.applied) if goes_on else set[str]()
    steps = going_on(project.steps.chosen(()), project.state.commits if goes_on else ())
    inventory = project.inventory(revision)
    read = time.monotonic() - started
    keeps = wanted.rev == "HEAD" or wanted.out_file is not None
    earlier = earlier_plan(project, wanted.out_file) if keeps else Earlier()
    if earlier.error and not wanted.fresh and wanted.out_file is None:
        raise UsageError(earlier.error)
    choose = None if wanted.fresh else earlier.choose
    runs = project.run(steps, inventory, choose=choose, accept=wanted.accept)
    trees = project.trees(revision, runs)
    if keeps and wanted.writes:
        write_plan(
            project.repository.own_dir,
            revision,
            runs,
            trees,
            wanted.out_file,
            settings=project.settings,
            accept=wanted.accept,
            keep=earlier.keep,
        )
    return Planned(
        revision,
        inventory,
        runs,
        trees,
        notes_of(inventory, runs, begun=bool(applied)),
        sorted(applied),
        deploy_before(project.state, project.steps, runs) if goes_on else None,
        earlier,
        [] if wanted.fresh else earlier.lost(project, runs),
        read,
    )
