"""Deploy gate 2: tasks and their senders take the new names; the old ones stay as aliases.

@shared_task(name="create_job()")       @shared_task(name="create_job")
app.send_task("create_job()")           app.send_task("create_job")
"""

import ast
from collections.abc import Iterator

from codemods.inventory.link import Inventory
from codemods.renaming.mentions import Mention, closed_mentions, mentions_of, not_python
from codemods.renaming.route_keys import entry_nodes, second_key
from codemods.renaming.routers import decides_by_name
from codemods.renaming.wanted import wanted
from codemods.rows.renaming import renaming
from codemods.snapshot import Snapshot
from codemods.source.literals import renamed
from codemods.source.text import Span
from codemods.values import Change, Decision, Decisions, Edit, Note, Rewrite


class Rename(Decision, frozen=True, tag="rename", forbid_unknown_fields=True):
    """The task named `old` is named `new`, and so is every reference whose meaning is certain."""

    old: str
    new: str

    @property
    def said(self) -> tuple[str, str]:
        """Old names with their new ones, by the reason."""
        return f"{self.because}:", f"{self.old} -> {self.new}"


def decide(inventory: Inventory) -> Decisions:
    """The renames whose aliases are in place."""
    renamings, notes = wanted(inventory)
    return Decisions(
        tuple(
            Rename(f"rename:{item.old}", item.because, item.old, item.new)
            for item in renamings
            if inventory.aliases.get(item.old) == item.new
        ),
        tuple(note for note in notes if note.code == "not-renamed"),
    )


def rewrite(snapshot: Snapshot, inventory: Inventory, decisions: tuple[Decision, ...]) -> Rewrite:
    """Every file that names one of the tasks, with the new name where its meaning is certain.

    All or nothing for a name: where one place can't be followed, the task keeps its old name.
    """
    table = {item.old: item.new for item in decisions if isinstance(item, Rename)}
    if not table:
        return Rewrite()
    mentions = mentions_of(snapshot, inventory, table)
    refusals = refused(inventory, mentions, table)
    notes, undone = list(refusals.values()), set(refusals)
    moving = {old: new for old, new in table.items() if old not in undone}
    changes, edits = list[Change](), list[Edit]()
    for path in sorted({mention.path for mention in mentions}):
        inside = [m for m in mentions if m.path == path and m.old in moving]
        said = {"data": as_data, "row": as_row}
        notes.extend(
            said[m.kind](path, m.line, m.old, moving[m.old]) for m in inside if m.kind in said
        )
        certain = [mention for mention in inside if mention.kind not in said]
        if certain:
            spans = [span for mention in certain for span in _spans(mention, moving[mention.old])]
            after = certain[0].source.edited(spans)
            changes.append(Change(path, snapshot.read(path), after))
            edits.extend(
                edit for mention in certain for edit in _edits(mention, moving[mention.old])
            )
    for path, line, old in not_python(snapshot, inventory, moving):
        notes.append(as_data(path, line, old, moving[old]))
    rows = renaming(snapshot, inventory, moving)
    if isinstance(rows, Note):
        notes.append(rows)
    elif rows is not None:
        changes.append(rows)
        edits.append(Edit(rows.path, 0, "a migration for the rows of django-celery-beat"))
    done = tuple(change for change in changes if change.before != change.after)
    left = frozenset(
        item.id for item in decisions if isinstance(item, Rename) and item.old in undone
    )
    return Rewrite(done, tuple(edits), tuple(notes), left)


def renamed_by(decisions: tuple[Decision, ...], result: Rewrite) -> dict[str, str]:
    """Old names to new, of the decisions that were carried out."""
    return {
        item.old: item.new
        for item in decisions
        if isinstance(item, Rename) and item.id not in result.undone
    }


def _spans(mention: Mention, new: str) -> Iterator[Span]:
    """What becomes of a place that names a task."""
    if mention.kind == "key":
        yield from second_key(mention.source, mention.literal, new)
        return
    yield renamed(mention.source, mention.literal, new)


def _edits(mention: Mention, new: str) -> Iterator[Edit]:
    """The lines of such a place, with the texts that go and come: a second key brings its value again."""
    what = f'"{mention.old}" to "{new}" ({mention.kind})'
    told = [new]
    if mention.kind == "key":
        told += [span.text for span in _spans(mention, new)]
    for line in mention.literal.lines:
        for text in told:
            yield Edit(mention.path, line, what, old=mention.old, new=text)
    if mention.kind == "key" and isinstance(entry_nodes(mention.literal)[0], ast.stmt):
        for text in told[1:]:
            yield Edit(mention.path, 0, what, new=text)


def refused(
    inventory: Inventory, mentions: list[Mention], table: dict[str, str]
) -> dict[str, Note]:
    """The names that have a place which can't be followed, each with its note."""
    found: dict[str, Note] = {}
    closed = closed_mentions(inventory, table)
    for old, new in table.items():
        place, why = obstacle(inventory, [m for m in mentions if m.old == old], old, new)
        if old in closed:
            place, why = closed[old][:2], closed[old][2]
        if why:
            path, line = place
            message = f'"{old}" keeps its name: {why}. Its alias "{new}" works already'
            found[old] = Note(path, line, "not-renamed", message)
    return found


def obstacle(
    inventory: Inventory, mentions: list[Mention], old: str, new: str
) -> tuple[tuple[str, int], str]:
    """The first place that can't be followed, and why; `""` if there is none."""
    for mention in mentions:
        if mention.kind == "unclear":
            return (mention.path, mention.line), mention.why
    named = {(m.path, m.kind) for m in mentions if m.kind in {"name", "constant"}}
    constant = any(kind == "constant" for _, kind in named)
    for task in inventory.tasks:
        if task.name == old and not constant and (task.path, "name") not in named:
            return (
                (
                    task.path,
                    task.line,
                ),
                f"{task.qualname} is not given it as one plain text: write it so, then run the step again",
            )
    router = decides_by_name(inventory, old, new)
    if router:
        task = next(task for task in inventory.tasks if task.name == old)
        why = f'the router {router} may send "{new}" elsewhere: let it know both names'
        return (task.path, task.line), why
    exact = old in inventory.route_keys
    queue, later = inventory.routed(old), inventory.routed(new)
    both = new in inventory.route_keys
    if queue != later and (both or not exact):
        task = next(task for task in inventory.tasks if task.name == old)
        return (
            (task.path, task.line),
            f'its messages go to {queue or "the default queue"}, those of "{new}" would go to {later or "the default queue"}',
        )
    return ("", 0), ""


def as_row(path: str, line: int, old: str, new: str) -> Note:
    """A note on code that looks for rows of a database by a name, which no step renames."""
    if "/migrations/" in f"/{path}":
        message = f'this migration has rows of the database by "{old}", and the task is "{new}" now. It stays as it was run, and the alias runs such rows: rename them in a further migration'
        return Note(path, line, "beat-rows", message)
    message = f'rows of the database are looked for or written by "{old}" here, and the task is "{new}" now. The alias runs them as they are: rename the rows in a migration first, then write "{new}" here'
    return Note(path, line, "beat-rows", message)


def as_data(path: str, line: int, old: str, new: str) -> Note:
    """A note on a place that only holds the text of a name."""
    message = f'this text has "{old}", and the task is "{new}" now. Its alias still accepts the old name; write the new one here if this is sent as a task'
    return Note(path, line, "name-as-data", message)
