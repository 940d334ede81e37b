"""Which task goes to which file, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct

from codemods.domains.marks import CARRIED, Told
from codemods.inventory.link import Inventory
from codemods.moves.settle import Settlement
from codemods.split.acting import acting_stays
from codemods.split.choosing import Chosen, domains_of
from codemods.split.gods import read_all
from codemods.split.named_elsewhere import named_elsewhere
from codemods.split.settling import settled_domains, settled_together
from codemods.split.staying import left_where_they_are, reasons_to_stay
from codemods.split.translated import translated
from codemods.split.wishes import GodFile, left_in_one, left_whole
from codemods.values import Decision, Decisions, Note

FEW = 3
"""A split that moves less than one in this many of the tasks that should go is not made."""


class Move(Decision, frozen=True, tag="move", forbid_unknown_fields=True):
    """One task and the file that it goes to, with the helpers that only it and its like need."""

    path: str
    task: str
    to: str

    @property
    def wrong(self) -> tuple[str, str]:
        """A file that is none of the repository's, or no Python."""
        inside = not self.to.startswith("/") and ".." not in self.to.split("/")
        fits = self.to.endswith(".py") and inside
        return (
            ("", "")
            if fits
            else (
                "to",
                f"'{self.to}' is no Python file of the repository: write a path as shop/mail_tasks.py",
            )
        )

    @property
    def said(self) -> tuple[str, str]:
        """The tasks of each new file."""
        return f"to {self.to}:", self.task


class Cluster(Struct, frozen=True):
    """What goes to one file together: tasks, each with the reason, and the helpers they bring."""

    path: str
    to: str
    tasks: tuple[tuple[str, str], ...]
    helpers: tuple[str, ...]
    starts: tuple[tuple[str, str], ...] = ()
    """Its tasks with the tasks of the god file that their code starts or calls, wherever those go."""
    shares: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What several tasks of the god file read, each with those of them that are here."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The god files to split, what was chosen for their tasks, the moves, and what is told of the rest."""

    gods: Sequence[GodFile]
    chosen: Chosen
    settled: Settlement
    notes: Sequence[Note]

    def homes(self, god: GodFile) -> dict[int, str]:
        """The file that each unit of a god file goes to."""
        return self.settled.moves.places[god.module.path].homes

    def because(self, god: GodFile, index: int) -> str:
        """Why a task goes where it goes."""
        reason = self.chosen.choices[god.module.path, index].because
        other = self.settled.why_another.get(self.homes(god)[index])
        return f"{reason}; another file than its domain's: {other}" if other else reason


def outcome(inventory: Inventory) -> Outcome:
    """What a split of this project's god files comes to."""
    notes = [*left_whole(inventory)]
    gods: list[GodFile] = []
    for god in read_all(inventory, notes):
        # What each task stays for is told in the place of why the file stays, where none could move.
        whole = god.tasks and not _is_named(inventory, god)
        matter = domains_of(inventory, god).matter(god.tasks) if whole else ""
        if matter:
            notes.append(left_in_one(god.module.path, matter))
        else:
            gods.append(god)
    chosen, settled = settled_domains(inventory, gods)
    notes.extend(reasons_to_stay(inventory, settled))
    few = [god for god in gods if _gives_few(inventory, god, chosen, settled)]
    for god in few:
        moving, asked = len(_moving(god, chosen, settled)), len(chosen.wanted_of(god.module.path))
        message = f"it is left whole: of the {asked} tasks that were to go only {moving} could, as other notes on it tell"
        notes.append(Note(god.module.path, 0, "god-file-stays", message))
    if few:
        chosen = chosen.without([god.module.path for god in few])
        chosen, settled = settled_together(inventory, gods, chosen)
    for god in gods:
        path = god.module.path
        staying = [task for task, unit in god.tasks if chosen.stays(path, unit.index)]
        notes.extend((*god.notes, *left_where_they_are(god.module, staying)))
        notes.extend(acting_stays(settled, god.module))
    return Outcome(gods, chosen, settled, notes)


def _is_named(inventory: Inventory, god: GodFile) -> bool:
    """Whether the user asked for a file to be split, by it or by the domains of its tasks."""
    gods = inventory.standing(inventory.settings.god_files)
    return god.module.path in gods or bool(inventory.settings.domains)


def _moving(god: GodFile, chosen: Chosen, settled: Settlement) -> set[int]:
    """The tasks of a file that go to another one, as it is settled."""
    path = god.module.path
    return settled.moves.places[path].homes.keys() & chosen.wanted_of(path).keys()


def _gives_few(inventory: Inventory, god: GodFile, chosen: Chosen, settled: Settlement) -> bool:
    """Whether so little of a file could move that it would be as much a god file as before."""
    moving, asked = _moving(god, chosen, settled), chosen.wanted_of(god.module.path)
    return 0 < len(moving) * FEW < len(asked) and not _is_named(inventory, god)


def decide(inventory: Inventory) -> Decisions:
    """The moves of every god file, and notes on the tasks that stay."""
    found = outcome(inventory)
    decisions: list[Move] = []
    for god in found.gods:
        path, homes = god.module.path, found.homes(god)
        for task, unit in god.tasks:
            if unit.index in homes:
                because = found.because(god, unit.index)
                name = f"move:{path}::{task.qualname}"
                home = homes[unit.index]
                decisions.append(Move(name, because, path, task.qualname, home))
    left = named_elsewhere(inventory, {move.path for move in decisions})
    return Decisions(tuple(decisions), (*found.notes, *left, *translated(inventory, found.settled)))


def clusters(inventory: Inventory) -> list[Cluster]:
    """The groups of tasks and helpers that `decide` would move, by their new files."""
    found = outcome(inventory)
    return [item for god in found.gods for item in _clusters_of(inventory, found, god)]


def _clusters_of(inventory: Inventory, found: Outcome, god: GodFile) -> list[Cluster]:
    path, groups = god.module.path, dict[str, list[int]]()
    for index, home in found.homes(god).items():
        groups.setdefault(home, []).append(index)
    starts, shares = drawn(inventory, god)
    made: list[Cluster] = []
    for home, indexes in sorted(groups.items()):
        units = [god.module.units[index] for index in sorted(indexes)]
        own = [unit for unit in units if (path, unit.index) in found.chosen.choices]
        tasks = [(unit.name, found.because(god, unit.index)) for unit in own]
        helpers = [unit.name for unit in units if (path, unit.index) not in found.chosen.choices]
        here = {name for name, _ in tasks}
        arrows = tuple(pair for pair in starts if pair[0] in here)
        common = tuple(
            (name, tuple(reader for reader in readers if reader in here))
            for name, readers in shares
            if here.intersection(readers)
        )
        made.append(Cluster(path, home, tuple(tasks), tuple(helpers), arrows, common))
    return made


def drawn(
    inventory: Inventory, god: GodFile
) -> tuple[list[tuple[str, str]], list[tuple[str, list[str]]]]:
    """The graph of a god file: who starts whom, and what of the file several tasks read."""
    told = Told(inventory, god.module, god.tasks)
    names = [unit.name for _, unit in god.tasks]
    starts = [
        (names[one], names[other]) for one, others in enumerate(told.starts) for other in others
    ]
    shares: list[tuple[str, list[str]]] = []
    for helper in god.module.units:
        own = set(helper.names)
        readers = [unit.name for _, unit in god.tasks if own & unit.reads.all]
        if helper.kind in CARRIED and helper.name not in names and len(readers) > 1:
            shares.append((helper.name, readers))
    return starts, shares
