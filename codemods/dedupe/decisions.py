"""Which copy of each duplicated task keeps its place, which its text, and what a person must accept."""

from typing import Self

import msgspec

from codemods.dedupe.apart import why_apart
from codemods.dedupe.callers import misfits, shown
from codemods.dedupe.copies import (
    Copy,
    copy_of,
    graver,
    lost_comments,
    size_of,
    small_diff,
    unlike_decorators,
    unlike_globals,
)
from codemods.domains.place import place_of, why
from codemods.inventory.duplicates import Duplicate
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.moves.moves import Moves
from codemods.moves.request import MoveRequest
from codemods.settings import matches
from codemods.values import Decision, Decisions, Note, Question

FREE = frozenset({"identical", "cosmetic"})
"""Differences that need nobody's consent."""


class Merge(Decision, frozen=True, tag="merge", forbid_unknown_fields=True):
    """One task that several files define: `place` keeps it, with the text of `text`.

    Both are written `path::function`. Without `accepted` the copies stay as they are.
    """

    name: str
    place: str
    text: str
    difference: str
    accepted: bool
    diff: str = ""
    comments: tuple[str, ...] = ()

    @property
    def said(self) -> tuple[str, str]:
        """The names of each file that keeps some, whose text is kept in another's place where it is."""
        place, text = self.place.partition("::")[0], self.text.partition("::")[0]
        return f"{place} keeps" + (":" if place == text else f", as {text} has it:"), self.name

    @property
    def asks(self) -> Question:
        """Which copy is kept, and where."""
        place, text = self.place.partition("::")[0], self.text.partition("::")[0]
        suggestion = f"keep {place} as it is" if place == text else f"text of {text}, in {place}"
        return Question(self.name, self.difference, suggestion, self.diff, place)

    @property
    def waits(self) -> bool:
        """Whether nobody has accepted it yet."""
        return not self.accepted

    def taken(self) -> Self:
        """The merge, accepted."""
        return msgspec.structs.replace(self, accepted=True)


def decide(inventory: Inventory) -> Decisions:
    """A merge for each duplicated name, and notes on those that can't be merged."""
    decisions: list[Merge] = []
    notes: list[Note] = []
    moves = Moves(inventory, MoveRequest())
    for group in inventory.duplicates:
        if any(matches(group.name, pattern) for pattern in inventory.settings.dedupe.skip):
            continue
        found = _merge(inventory, moves, group)
        if isinstance(found, Note):
            notes.append(found)
        else:
            decisions.append(found)
    notes.extend(_near_names(inventory))
    return Decisions(tuple(decisions), tuple(notes))


def _merge(inventory: Inventory, moves: Moves, group: Duplicate) -> Merge | Note:
    first = group.copies[0]
    closed = next((copy for copy in group.copies if not inventory.editable(copy.path)), None)
    if closed is not None:
        message = f'"{group.name}" is defined more than once, and its copies stay: {inventory.why_not_edited(closed.path)}'
        return Note(closed.path, closed.line, "duplicate-stays", message)
    apart = why_apart(inventory, group)
    if apart:
        message = f'"{group.name}" is defined more than once, and its copies stay, since {apart}: give one another name, or write "{group.name}" into skip of [tool.migrate.dedupe]'
        return Note(first.path, first.line, "duplicate-stays", message)
    copies = copies_of(moves, group)
    if copies is None:
        message = f'"{group.name}" is defined more than once, and not all of its copies are plain functions that can be read: merge it by hand'
        return Note(first.path, first.line, "duplicate-stays", message)
    if len({(copy.module.path, copy.unit.index) for copy in copies}) < len(copies):
        message = f'"{group.name}" is declared twice by the decorators of one function: take one of them out'
        return Note(first.path, first.line, "duplicate-stays", message)
    if len({copy.task.qualname for copy in copies}) > 1:
        message = (
            f'"{group.name}" is the name of functions that are called differently: merge it by hand'
        )
        return Note(first.path, first.line, "duplicate-stays", message)
    place = next(copy for copy in copies if copy.task == place_of(inventory, group))
    text = text_of(moves, copies, place)
    if text.undefined:
        message = f'no copy of "{group.name}" defines or imports {text.undefined[0]}, which it reads: add that to the copy that should stay, then plan again'
        return Note(text.task.path, text.task.line, "duplicate-stays", message)
    others = [copy for copy in copies if copy is not text]
    difference, reasons = group.difference, [why(inventory, place.task, _tasks(copies, place))]
    for copy in others:
        unlike = unlike_globals(moves, text, copy)
        if unlike:
            difference = graver(difference, "semantic")
            reasons.append(f"{', '.join(unlike)} of {copy.task.path} differs")
        if unlike_decorators(text, copy):
            difference = graver(difference, "options")
            reasons.append(f"the decorators of {copy.task.path} differ")
        if copy.undefined:
            reasons.append(f"{copy.task.path} does not define {', '.join(copy.undefined)}")
    runs = inventory.running.get(group.name)
    if runs:
        reasons.append(f"a worker runs the copy of {runs} today")
    return Merge(
        id=f"merge:{group.name}",
        because="; ".join(reason for reason in reasons if reason),
        name=group.name,
        place=place.id,
        text=text.id,
        difference=difference,
        accepted=difference in FREE,
        diff="\n".join(small_diff(copy, text) for copy in others if difference != "identical"),
        comments=tuple(line for copy in others for line in lost_comments(copy, text)),
    )


def _tasks(copies: list[Copy], place: Copy) -> list[Task]:
    return [copy.task for copy in copies if copy is not place]


def copies_of(moves: Moves, group: Duplicate) -> list[Copy] | None:
    """The copies as units; `None` unless each is a plain function."""
    found: list[Copy] = []
    for task in group.copies:
        module = moves.module(task.path)
        copy = copy_of(task, module) if module is not None else None
        if copy is None:
            return None
        found.append(copy)
    return found


def text_of(moves: Moves, copies: list[Copy], place: Copy) -> Copy:
    """The complete copy.

    It has all its globals, the most options, is the running one, has the most code, reads the
    fullest helpers, has the most comments, stands in its place already: the first of these that
    tells copies apart.
    """
    running = moves.inventory.running.get(place.task.name or "")
    unlike = {
        name for copy in copies for other in copies for name in unlike_globals(moves, copy, other)
    }

    def rank(copy: Copy) -> tuple[int, int, int, int, int, int, bool]:
        options, size = copy.weight
        runs = copy.task.path == running
        helpers = sum(size_of(moves, copy, name) for name in unlike)
        remarks = sum(line.lstrip().startswith("#") for line in copy.text.splitlines())
        return -len(copy.undefined), options, runs, size, helpers, remarks, copy is place

    return max(copies, key=rank)


def cannot_merge(inventory: Inventory, group: Duplicate, text: Copy) -> str:
    """Which caller the kept signature would refuse, or `""`."""
    found = misfits(inventory, list(group.copies), text.task)
    return "; ".join(list(shown(found))[:3])


def _near_names(inventory: Inventory) -> list[Note]:
    """Names that the `names` step would make one: a person has to say whether they are."""
    found = []
    for name in sorted(inventory.names):
        bare = name.removesuffix("()")
        if bare != name and bare in inventory.names:
            task = next(task for task in inventory.tasks if task.name == name)
            message = f'"{name}" and "{bare}" are two tasks, whose names would be the same without the (): delete one, or write "{name}" = "another name" in [tool.migrate.names.rename]'
            found.append(Note(task.path, task.line, "near-duplicate", message))
    return found
