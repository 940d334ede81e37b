"""The commit message of a step."""

from codemods.notes.visible import visible
from codemods.values import Answered, Decision
from migrate import __version__
from migrate.pipeline import StepRun
from migrate.plan import digest
from migrate.sittings import TRAILER, decided_line
from reports.words import plural


def commit_message(run: StepRun) -> str:
    """The commit message of a step: what it did, why, and the trailers that record it."""
    count = len(run.files)
    done = [decision for decision in run.decisions if decision.id not in run.rewrite.undone]
    does = run.step.says(done) or run.step.does
    head = f"{run.step.name}: {does} in {count} {plural(count, 'file')}"
    lines = [visible(head), ""]
    lines.extend(visible(f"- {item.id}: {_why(item)}") for item in done[:40])
    if len(done) > 40:
        lines.append(f"- and {len(done) - 40} more")
    lines.extend(
        (
            "",
            f"Migrate-Step: {run.step.name}",
            f"Migrate-Plan: {digest({run.step.name: run.decisions})}",
            f"Migrate-Tool: {__version__}",
            *([f"{TRAILER}: {said}"] if (said := decided_line(run)) else []),
            "",
        )
    )
    return "\n".join(lines)


def _why(item: Decision) -> str:
    """Why a decision is as it is, with a person's answer where there is one."""
    if isinstance(item, Answered):
        return f"{item.answer or 'open'} ({item.because})"
    return item.because
