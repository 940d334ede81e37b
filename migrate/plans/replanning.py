"""A plan made once more: a person's edits of the one before stay where they still fit."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from codemods.values import Decision
from migrate.errors import SafetyError, UsageError
from migrate.pipeline import StepRun
from migrate.plans.plan import Plan
from migrate.plans.read import ANEW, read_plan
from migrate.plans.sittings import done_by
from migrate.project import Project
from migrate.steps import Step
from migrate.writing import check_own


class Earlier(Struct, frozen=True):
    """The plan file that is there: its plan if a person edited it, and whether to keep the file."""

    plan: Plan | None = None
    keep: bool = False
    error: str = ""
    """Why the file can't be read as a plan."""

    def choose(self, step: Step, own: tuple[Decision, ...]) -> tuple[Decision, ...]:
        """A step's decisions with a person's edits."""
        return carried_over(self.plan, step, own)[0] if self.plan is not None else own

    def lost(self, project: Project, runs: Iterable[StepRun]) -> list[str]:
        """The ids of edits that fit nothing any more, beside those that are carried out."""
        plan, commits = self.plan, project.state.commits
        if plan is None:
            return []
        return [
            name
            for run in runs
            for name in carried_over(plan, run.step, run.own)[1]
            if name not in done_by(commits, run.step)
        ]


def earlier_plan(project: Project, path: Path | None = None) -> Earlier:
    """What a person made of the plan; a file that can't be read is worth keeping, too."""
    own = project.repository.own_dir
    check_own(own, (".gitignore", "plan.toml", "plan.lock"), own.parent)
    target = path or own / "plan.toml"
    if not target.is_file():
        return Earlier()
    try:
        plan = read_plan(target, project.steps)
    except UsageError as error:
        return Earlier(keep=True, error=f"{error}. {ANEW}")
    except SafetyError as error:
        return Earlier(keep=True, error=str(error))
    return Earlier(plan, keep=True) if plan.edited else Earlier()


def carried_over(
    plan: Plan, step: Step, own: tuple[Decision, ...]
) -> tuple[tuple[Decision, ...], list[str]]:
    """A step's decisions with a person's edits of an earlier plan, and the edits that no longer fit."""
    planned = {item.id: item for item in plan.planned(step)}
    written = {item.id: item for item in plan.decisions.get(step.name, ())}
    found: list[Decision] = []
    fits: set[str] = set()
    for item in own:
        before, now = planned.get(item.id), written.get(item.id)
        if now is None:
            if before is None:
                found.append(item)
            continue
        if before is None or _asks_the_same(before, item):
            found.append(_edited(item, before, now))
            fits.add(item.id)
        else:
            found.append(item)
    lost = [name for name, now in written.items() if now != planned.get(name)]
    return tuple(found), sorted(set(lost) - fits)


def _asks_the_same(before: Decision, item: Decision) -> bool:
    """Whether a person who answered one would answer the other: the difference may read otherwise."""
    old, new = before.asks, item.asks
    if old is None or new is None:
        return old is new
    return (old.kind, old.suggestion) == (new.kind, new.suggestion)


def _edited(item: Decision, before: Decision | None, now: Decision) -> Decision:
    """A decision with the fields that a person changed."""
    if before is None or type(item) is not type(now) or type(before) is not type(now):
        return now
    fields = item.__struct_fields__
    changed = {n: getattr(now, n) for n in fields if getattr(now, n) != getattr(before, n)}
    return msgspec.structs.replace(item, **changed)
