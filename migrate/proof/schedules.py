"""A check of the schedules and routes as they are written: nothing points at nothing that did not before."""

from codemods.in_force.routing import key_matches
from codemods.inventory.configuration.values import BOTH
from codemods.tables.joins import moved_keys
from migrate.pipeline import StepRun
from migrate.proof.lines import dropped_lines
from migrate.proof.sending import changed_entries


def schedules(run: StepRun) -> list[str]:
    """No beat entry points at nothing that pointed at a task, no route has died."""
    renames, drops = run.renames, run.drops
    before = {(e.key, renames.get(e.task or "", e.task)) for e in run.before.beat if e.orphan}
    found = [
        f'beat entry "{entry.key}" points at "{entry.task}", which is registered no more'
        for entry in run.after.beat
        if entry.orphan and (entry.key, entry.task) not in before
    ]
    dropped = dropped_lines(run)
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
