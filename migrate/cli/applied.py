"""What became of the steps of an `apply`, and the page that tells it."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.markup import escape

from codemods.notes.codes import code_of
from codemods.values import Change
from migrate.answers.ground import NOTES
from migrate.answers.kept import Answer
from migrate.applying import Applied
from migrate.cli.console import err, print_json, print_text, prose
from migrate.cli.ending import following, left_lines
from migrate.cli.notes import note_line
from migrate.diffs import file_diff
from migrate.errors import MigrateError
from migrate.output import applied_out
from migrate.plans.page import noted
from migrate.project import Project
from migrate.shapes.apply import ApplyOut
from migrate.steps import Steps
from migrate.trust import waits
from migrate.writing import write_own
from reports.terminal import DEPLOY, deploys_before
from reports.words import plural


class Outcome(Struct, frozen=True):
    """What became of the steps of one run, and what is said of it."""

    results: list[Applied]
    steps: Steps
    base: str
    short: dict[str, str]
    """By step, its commit as people write it."""
    earlier: dict[str, str]
    """The same for steps that were applied before this run."""
    on_head: bool
    dry: bool

    @property
    def moved(self) -> bool:
        """Whether commits were made."""
        return any(item.commit for item in self.results)

    @property
    def notes(self) -> str:
        """The notes of all steps in lines, what asks for something first."""
        known = [(item.name, note) for item in self.results for note in item.notes]
        known.sort(key=lambda found: not code_of(found[1].code).asks)
        return "".join(f"{name}: {note_line(note)}\n" for name, note in known)


def outcome_of(found: Project, results: list[Applied], *, dry: bool) -> Outcome:
    """What became of the steps, with what else is said of it."""
    short = {item.name: found.repository.short(item.commit) for item in results if item.commit}
    earlier = {
        name: found.repository.short(commit.id)
        for name, commit in found.state.applied.items()
        if name not in short
    }
    on_head = found.repository.branch == "migrate/head"
    base = found.state.base or found.state.start
    return Outcome(results, found.steps, base, short, earlier, on_head, dry)


def tell(outcome: Outcome, written: str, *, as_json: bool, diff: bool = False) -> None:
    """Prints it."""
    results = outcome.results
    if as_json:
        print_json(ApplyOut("migrate/head", outcome.base, [applied_out(item) for item in results]))
        return
    if diff:
        print_text(
            "".join(file_diff(Change(*change)) for item in results for change in item.changes)
        )
    show(prose() if not diff else err(), outcome, written)


def told_again(found: Project, outcome: Outcome, *, as_json: bool) -> Answer | None:
    """Prints what is said where nothing was left to do; `None` where something was."""
    if any(item.files for item in outcome.results):
        return None
    written = f"{found.repository.own_dir.name}/{NOTES}" if outcome.notes else ""
    tell(outcome, written, as_json=as_json)
    return Answer("", "", left_open(outcome.results), outcome.notes)


def write_notes(folder: Path, notes: str) -> str:
    """Keeps the notes of a run; where they can be read."""
    if not notes:
        return ""
    files = {".gitignore": b"*\n", NOTES: notes.encode("utf-8", "replace")}
    try:
        write_own(folder, files, folder.parent)
    except MigrateError:
        return "migrate apply --json"
    return f"{folder.name}/{NOTES}"


def left_open(results: list[Applied]) -> int:
    """The exit code: 1 where something waits for a person, or was left out, since it can't be proved."""
    return 1 if any(item.waiting or item.unproved or waits(item.notes) for item in results) else 0


def idle(item: Applied) -> str:
    """Why a step changed nothing."""
    if waits(item.notes):
        return "waits for your consent: migrate trust"
    if item.unproved:
        return f"left out, since it could not be proved ({item.unproved})"
    if item.gate is not None:
        return f"waits for deploy {item.gate}"
    if item.waiting:
        return f"waits for you ({item.waiting})"
    return noted(len(item.notes)) or NOTHING


NOTHING = "nothing to do"


def idle_line(item: Applied, earlier: Mapping[str, str], width: int) -> str:
    """The line of a step that changed nothing in this run: it may have been applied before."""
    what = idle(item)
    if item.name not in earlier:
        return f"\\[ ] {item.name:<12} {what}"
    more = "" if what == NOTHING else f"; {what}"
    return f"\\[X] {item.name:<12} {earlier[item.name]:<{width}}  applied before{more}"


def show(console: Console, outcome: Outcome, written: str) -> None:
    """Prints a line a step, where the deploys come, and what to do next."""
    results, steps = outcome.results, outcome.steps
    width = max(map(len, (*outcome.short.values(), *outcome.earlier.values())), default=8)
    gates = ((steps.by_name[item.name].gate, bool(item.files or item.gate)) for item in results)
    for item, deploy in zip(results, deploys_before(gates), strict=True):
        if deploy:
            console.print(f"    {DEPLOY}", style="cyan")
        if not item.files:
            console.print(f"[dim]{idle_line(item, outcome.earlier, width)}[/dim]")
            continue
        held = sum(state == "held" for state in item.proof.values())
        mark = "would change" if outcome.dry else outcome.short.get(item.name, "")
        console.print(
            f"[green]\\[X][/green] {item.name:<12} {mark:<{width}} {item.files:>4} {plural(item.files, 'file'):<5}  {held} {plural(held, 'proof')} held  {item.seconds:.1f} s"
        )
    notes = len({note for item in results for note in item.notes})
    if notes:
        console.print(f"{notes} {plural(notes, 'note')} of these steps: {written}", style="dim")
    for line, style in left_lines(results, written):
        console.print(escape(line), style=style)
    what = following(results, on_head=outcome.on_head, dry=outcome.dry)
    console.print(f"\nnext: {escape(what)}")
    if outcome.moved:
        console.print("undo: migrate rollback")
