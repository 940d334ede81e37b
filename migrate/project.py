"""One run over one repository: what is open, what was read, and the steps over it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from codemods.inventory.link import Inventory
from codemods.settings import Settings
from codemods.snapshot import Snapshot
from migrate import pipeline
from migrate.answers.asking import now
from migrate.answers.kept import Basis
from migrate.branches.journal import take_up
from migrate.branches.state import State, read_state
from migrate.config import NONE, read_settings
from migrate.git.checkout import Repository
from migrate.own import own_steps
from migrate.pipeline import Begun, Choose, Held, StepRun, never, unwatched
from migrate.reading import Advance, FactReader
from migrate.steps import Step, Steps
from migrate.trust import Consent, Guard

NEVER = Consent()


class Project:
    """A repository with its settings, its state, and a reader of facts."""

    def __init__(
        self,
        repository: Repository,
        revision: str,
        advance: Advance | None = None,
        consent: Consent = NEVER,
        begun: Begun = unwatched,
        over: Mapping[str, Any] = NONE,
    ) -> None:
        self.repository = repository
        self.begun = begun
        self._over = over
        self.state: State = read_state(repository, revision)
        self.settings: Settings = self._read_settings()
        self.running: dict[str, str] = {}
        """For duplicated names the file whose copy the workers run, once they were asked."""
        code = repository.snapshot(self.state.start)
        self.guard = Guard(consent, code, repository.common_dir, repository.work_tree)
        self.steps = Steps(own_steps(self.settings.codemods, self.guard))
        limits, folder = self.settings.limits, repository.work_tree
        self.reader = FactReader(repository.common_dir, advance, limits, folder)
        self._last: Inventory | None = None
        self._runs: list[StepRun] = []
        self._trees: list[str] = []

    def _read_settings(self) -> Settings:
        """The settings as they stand now, with what was laid over them."""
        snapshot = self.repository.snapshot(self.state.tip)
        return read_settings(snapshot, self.repository.work_tree, self._over)

    def snapshot(self, revision: str) -> Snapshot:
        """The files of one revision."""
        return self.repository.snapshot(revision)

    def load(self, snapshot: Snapshot, settings: Settings | None = None) -> Inventory:
        """The inventory of a snapshot."""
        found = self.reader.inventory(snapshot, settings or self.settings, self.running)
        self._last = found
        return found

    def inventory(self, revision: str) -> Inventory:
        """The inventory of one revision; one that is at hand is not worked out once more."""
        snapshot = self.snapshot(revision)
        for known in (self._last, *(run.before for run in self._runs)):
            if known is not None and self._is_of(known, snapshot):
                return known
        return self.load(snapshot)

    def _is_of(self, known: Inventory, snapshot: Snapshot) -> bool:
        """Whether an inventory is what would be found in these files."""
        found = (known.files.entries, known.settings, known.running)
        return found == (snapshot.entries, self.settings, self.running)

    def god_files(self) -> list[str]:
        """The god files of the revision that the migration began with."""
        return self.inventory(self.state.base or self.state.start).god_files

    def run(
        self,
        steps: list[Step],
        inventory: Inventory,
        *,
        choose: Choose | None = None,
        accept: bool = False,
        held: Held = never,
    ) -> list[StepRun]:
        """Steps in memory, one after another, on top of a revision that was read."""
        self._runs = pipeline.run(
            steps,
            inventory.files,
            inventory,
            self.load,
            choose=choose,
            accept=accept,
            known=self._runs,
            begun=self.begun,
            held=held,
        )
        return self._runs

    @property
    def stands(self) -> bool:
        """Whether branches and settings are still as they were read, or as this run left them."""
        return read_state(self.repository) == self.state and self.settings == self._read_settings()

    def trees(self, revision: str, runs: list[StepRun]) -> dict[str, str]:
        """The tree that each step ends in, written as git objects that nothing points at yet."""
        made = {run.step.name: run.snapshot for run in runs if run.changes}
        trees = self.repository.write_trees(revision, list(made.values()))
        self._trees.extend(trees)
        return dict(zip(made, trees, strict=True))

    def basis(self) -> Basis:
        """What was looked at by now, and the trees that were planned."""
        looked = self.repository.looked
        return Basis(
            self.state.tip,
            sorted(looked.paths),
            sorted((_plain(item.texts), _plain(item.patterns)) for item in looked.searches),
            sorted(map(_plain, looked.words)),
            self._trees,
        )


def _plain(texts: Iterable[bytes]) -> list[str]:
    return [text.decode("latin-1") for text in texts]


@contextmanager
def opened(
    folder: Path,
    revision: str = "HEAD",
    advance: Advance | None = None,
    consent: Consent = NEVER,
    begun: Begun = unwatched,
    over: Mapping[str, Any] = NONE,
) -> Iterator[Project]:
    """The project of a folder, closed when the block ends; without consent none of its code runs.

    Settings that are given are laid over the project's own.
    """
    with Repository(folder) as repository:
        take_up(repository)
        project = Project(repository, revision, advance, consent, begun, over)
        asked = now()
        if asked is not None:
            asked.bases.append(project.basis)
        try:
            yield project
        finally:
            project.reader.close()
