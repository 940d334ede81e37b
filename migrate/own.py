"""The user's own codemods as steps: LibCST codemod commands and Bowler queries of `[tool.migrate]`."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from codemods.inventory.link import Inventory
from codemods.settings import Codemod, matches
from codemods.snapshot import Snapshot
from codemods.values import Change, Decision, Decisions, Edit, Note, Rewrite
from migrate.errors import UsageError
from migrate.steps import BY_NAME, Step
from migrate.trust import Guard, note
from migrate.verify.codemods import Outcome, transform

NAME = re.compile(r"[a-z][a-z0-9-]*$")


class Transform(Decision, frozen=True, tag="transform", forbid_unknown_fields=True):
    """One file that a codemod of the user's own changes."""

    path: str


def own_steps(codemods: Iterable[Codemod], guard: Guard) -> list[Step]:
    """The steps of the configured codemods. Raises `UsageError` for one that can't be a step."""
    steps: list[Step] = []
    places = Counter[int]()
    for item in codemods:
        _check(item, {step.name for step in steps})
        number = BY_NAME[item.after].number
        suffix = "abcdefghijklmnopqrstuvwxyz"[places[number]]
        places[number] += 1
        own = OwnCodemod(item, guard)
        tool = "LibCST" if item.libcst else "Bowler"
        steps.append(
            Step(
                name=item.name,
                number=number,
                suffix=suffix,
                does=item.about or f"your own {tool} codemod",
                about=item.about or f"Runs {item.libcst or item.bowler} ({tool}).",
                decide=own.decide,
                rewrite=own.rewrite,
                kinds=(Transform,),
                gate=BY_NAME[item.after].gate,
                consented=own.allowed,
            )
        )
    return steps


def _check(item: Codemod, taken: set[str]) -> None:
    where = f"[[tool.migrate.codemods]] {item.name!r}"
    if not NAME.match(item.name) or item.name in BY_NAME or item.name in taken:
        raise UsageError(
            f"{where}: a step needs a name of its own, of lower-case letters, digits and hyphens"
        )
    if bool(item.libcst) == bool(item.bowler):
        raise UsageError(f"{where}: say either libcst or bowler, as path/to/file.py:name")
    if ":" not in (item.libcst or item.bowler):
        raise UsageError(
            f"{where}: '{item.libcst or item.bowler}' names no object; write path/to/file.py:name"
        )
    if item.after not in BY_NAME:
        raise UsageError(
            f"{where}: after = '{item.after}' is no step. The steps are: {', '.join(BY_NAME)}"
        )


class OwnCodemod:
    """One configured codemod; its results are kept, so that deciding and rewriting run it once."""

    def __init__(self, codemod: Codemod, guard: Guard) -> None:
        self.codemod = codemod
        self.guard = guard
        self.allowed = guard.allows(codemod)
        self._results: dict[tuple[str, bytes], Outcome] = {}

    def decide(self, inventory: Inventory) -> Decisions:
        """A decision for each file that it changes, and notes on those that it could not.

        Without the user's consent nothing runs: the step waits, and its note says what to type.
        """
        item, wanted = self.codemod, self._paths(inventory)
        if not self.allowed:
            return Decisions((), (note(item),))
        results = self._run(inventory.files, [p for p in wanted if inventory.editable(p)])
        made = [
            Transform(f"{item.name}:{path}", "the codemod changes it", path)
            for path, outcome in results.items()
            if outcome.after is not None
        ]
        closed = (path for path in wanted if not inventory.editable(path))
        notes = [
            Note(
                path, 0, "codemod-failed", f"{item.name} skips it: {inventory.why_not_edited(path)}"
            )
            for path in closed
            if item.paths or item.containing
        ]
        return Decisions(tuple(made), (*self._notes(results), *notes))

    def rewrite(
        self, snapshot: Snapshot, inventory: Inventory, decisions: tuple[Decision, ...]
    ) -> Rewrite:
        """The decided files as the codemod has them; every changed line is a declared edit."""
        if not self.allowed:
            return Rewrite()
        paths = [item.path for item in decisions if isinstance(item, Transform)]
        known = [p for p in paths if p in inventory.facts and inventory.editable(p)]
        changes, edits = list[Change](), list[Edit]()
        for path, outcome in self._run(snapshot, known).items():
            if outcome.after is not None:
                before = snapshot.read(path)
                changes.append(Change(path, before, outcome.after))
                edits.extend(self._edits(path, before, outcome.after))
        return Rewrite(tuple(changes), tuple(edits))

    def _paths(self, inventory: Inventory) -> list[str]:
        item = self.codemod
        paths = [
            path
            for path in inventory.facts
            if not item.paths or any(matches(path, pattern) for pattern in item.paths)
        ]
        if not item.containing:
            return paths
        words = [text.encode() for text in item.containing]
        contents = inventory.files.read_many(p for p in paths if p in inventory.files)
        return [path for path, data in contents.items() if any(word in data for word in words)]

    def _run(self, snapshot: Snapshot, paths: list[str]) -> dict[str, Outcome]:
        contents = snapshot.read_many(paths)
        missing = {
            path: data for path, data in contents.items() if (path, data) not in self._results
        }
        if missing:
            self.guard.begin(self.codemod)
            code = self.guard.code(self.codemod)
            for path, outcome in transform(self.codemod, code, missing).items():
                self._results[path, missing[path]] = outcome
        return {path: self._results[path, data] for path, data in contents.items()}

    def _notes(self, results: dict[str, Outcome]) -> Iterator[Note]:
        for path, outcome in results.items():
            for text in outcome.warnings:
                yield Note(path, 0, "codemod-warning", f"{self.codemod.name}: {text}")
            if outcome.failure:
                message = f"{self.codemod.name} left it alone: {outcome.failure}"
                yield Note(path, 0, "codemod-failed", message)

    def _edits(self, path: str, before: bytes, after: bytes) -> Iterator[Edit]:
        left, right = before.splitlines(), after.splitlines()
        matcher = SequenceMatcher(None, left, right, autojunk=False)
        for kind, start, end, _, _ in matcher.get_opcodes():
            if kind != "equal":
                for line in range(start + 1, max(end, start + 1) + 1):
                    yield Edit(path, line, f"changed by {self.codemod.name}")
