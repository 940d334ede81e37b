"""What another Python of this machine reads of files that this one can't parse: trees and facts."""

import ast
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from codemods.inventory.facts import facts_of
from codemods.inventory.foreign.reading import by_interpreter, newer
from codemods.inventory.foreign.rebuilt import rebuilt
from codemods.inventory.foreign.repairs import OLDER
from codemods.inventory.testing import is_test
from codemods.inventory.values import FileFacts
from codemods.snapshot import Snapshot, blob_id, snapshot_of
from migrate.verify.pythons import Interpreter, NoAnswerError, Nodes, newest, parsed_by


class OtherPythons:
    """The newest Python that is newer than this one, asked for all files at once; its trees are kept."""

    def __init__(self, project: Path | None) -> None:
        self._project = project
        self._told: dict[str, Nodes | None] = {}
        self._trees: dict[str, ast.Module | None] = {}
        self._snapshot: Snapshot = snapshot_of({})
        self._paths: list[str] = []

    @cached_property
    def interpreter(self) -> Interpreter | None:
        """The Python that is asked, looked for when a file needs it."""
        return newest(self._project)

    @property
    def key(self) -> str:
        """What tells facts by this Python from those by another, or by none."""
        return f"{self.interpreter.version} {self.interpreter.path}" if self.interpreter else ""

    def can_read(self, facts: FileFacts) -> bool:
        """Whether a file that does not parse here may parse there."""
        error = facts.error
        if error is None or error.beyond or error.needs in OLDER or self.interpreter is None:
            return False
        return not error.needs or newer(self.interpreter.version, error.needs)

    def remember(self, snapshot: Snapshot, files: Iterable[FileFacts]) -> None:
        """Keeps in mind what to ask for together, should one of these trees be wanted.

        Of files that say nothing of tasks, and of tests, a tree is rarely wanted.
        """
        self._snapshot = snapshot
        self._paths = [facts.path for facts in files if facts.full and not is_test(facts.path)]

    def read(
        self, files: Mapping[str, tuple[bytes, FileFacts]], words: tuple[bytes, ...]
    ) -> list[FileFacts] | None:
        """The facts of these files, those by headers where it can't parse one; `None`: no answer."""
        if not self._ask({path: data for path, (data, _) in files.items()}):
            return None
        interpreter, found = self.interpreter, list[FileFacts]()
        for path, (data, facts) in files.items():
            tree, error = self._built(blob_id(data)), facts.error
            if tree is None or error is None or interpreter is None:
                found.append(facts)
                continue
            foreign = by_interpreter(
                tree, error.needs, interpreter.version, interpreter.path, error.line
            )
            found.append(facts_of(path, data, tree, foreign.error, words))
        return found

    def tree(self, path: str, data: bytes) -> ast.Module | None:
        """The tree of one file; the others that were remembered are asked for along with it."""
        blob = blob_id(data)
        if blob not in self._told:
            known = [name for name in self._paths if name in self._snapshot.entries]
            self._ask({**self._snapshot.read_many(known), path: data})
        return self._built(blob)

    def _ask(self, contents: Mapping[str, bytes]) -> bool:
        """Fetches what is lacking; whether there was an answer."""
        lacking = {path: data for path, data in contents.items() if blob_id(data) not in self._told}
        if not lacking or self.interpreter is None:
            return not lacking
        try:
            answers = parsed_by(self.interpreter, lacking)
        except NoAnswerError:
            return False
        self._told.update({blob_id(data): answers.get(path) for path, data in lacking.items()})
        return True

    def _built(self, blob: str) -> ast.Module | None:
        """The tree of a file that was asked for, built when it is first wanted."""
        if blob not in self._trees:
            nodes, tree = self._told.pop(blob, None), None
            self._told[blob] = None
            with suppress(ValueError, RecursionError):
                tree = rebuilt(nodes) if nodes is not None else None
            self._trees[blob] = tree
        return self._trees[blob]
