"""Which task goes to which file, and why."""

from collections import Counter

from msgspec import Struct

from codemods.domains.choice import NAMED, Domains
from codemods.domains.groups import STAYS, Choice
from codemods.domains.marks import CARRIED, Told
from codemods.inventory.link import Inventory
from codemods.moves.homes import Places
from codemods.moves.request import MoveRequest, Pin
from codemods.moves.settle import Settlement, settle
from codemods.split.acting import acting_stays
from codemods.split.named_elsewhere import named_elsewhere
from codemods.split.staying import left_where_they_are, reasons_to_stay
from codemods.split.together import brought_together
from codemods.split.translated import translated
from codemods.split.wishes import GodFile, god_files, left_in_one, left_whole, read_god_file
from codemods.units.units import Key
from codemods.values import Decision, Decisions, Note

FEW = 3
"""A split that moves less than one in this many of the tasks that should go is not made."""


class Move(Decision, frozen=True, tag="move", forbid_unknown_fields=True):
    """One task and the file that it goes to, with the helpers that only it and its like need."""

    path: str
    task: str
    to: str

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


class Choices:
    """Every god file's tasks with their chosen domains, settled into moves that can be made."""

    def __init__(self, inventory: Inventory) -> None:
        self.notes: list[Note] = list(left_whole(inventory))
        self.gods: list[GodFile] = []
        self.chosen: dict[str, dict[int, Choice]] = {}
        self.wanted: dict[str, dict[int, str]] = {}
        self.closed: set[str] = set()
        """Files of domains that would stand in a circle with what is to go to them."""
        for god in read_all(inventory, self.notes):
            matter = (
                ""
                if self._is_named(inventory, god)
                else self._domains(inventory, god).matter(god.tasks)
            )
            if matter:
                self.notes.append(left_in_one(god.module.path, matter))
            else:
                self.gods.append(god)
        self.settled = self._chosen_and_settled(inventory)
        self.notes.extend(reasons_to_stay(inventory, self.settled))
        few = [god for god in self.gods if self._gives_few(inventory, god)]
        for god in few:
            moving, asked = len(self._moving(god)), len(self.wanted[god.module.path])
            message = f"it is left whole: of the {asked} tasks that were to go only {moving} could, as other notes on it tell"
            self.notes.append(Note(god.module.path, 0, "god-file-stays", message))
            self.wanted[god.module.path] = {}
        if few:
            self.settled = self._settled(inventory)
        for god in self.gods:
            chosen = self.chosen[god.module.path] if god not in few else {}
            stay = {index for index, choice in chosen.items() if choice.domain == STAYS}
            staying = [task for task, unit in god.tasks if unit.index in stay]
            self.notes.extend((*god.notes, *left_where_they_are(god.module, staying)))
            self.notes.extend(acting_stays(self.settled, god.module))

    def _is_named(self, inventory: Inventory, god: GodFile) -> bool:
        """Whether the user asked for a file to be split, by it or by the domains of its tasks."""
        gods = inventory.standing(inventory.settings.god_files)
        return god.module.path in gods or bool(inventory.settings.domains)

    def _domains(self, inventory: Inventory, god: GodFile) -> Domains:
        return Domains(inventory, god.module, god.files, self.closed)

    def _chosen_and_settled(self, inventory: Inventory) -> Settlement:
        """Every task's home, chosen once more where a file that is there can't take in what was for it."""
        while True:
            for god in self.gods:
                self._choose(inventory, god)
            settled = self._settled(inventory)
            closed = {
                path
                for god in self.gods
                for path in self._domains(inventory, god).open_files()
                if path in settled.banned
            }
            if not closed:
                return settled
            self.closed |= closed

    def _choose(self, inventory: Inventory, god: GodFile) -> None:
        domains = self._domains(inventory, god)
        choices = domains.choose(god.tasks)
        own = {unit.index: choices[task.qualname] for task, unit in god.tasks}
        wanted = {index: domains.file_of(choice.domain) for index, choice in own.items()}
        one_home_for_state(god, wanted, own)
        stay_at_home(god, wanted)
        self.chosen[god.module.path] = own
        self.wanted[god.module.path] = wanted

    def _moving(self, god: GodFile) -> set[int]:
        """The tasks of a file that go to another one, as it is settled."""
        homes = self.settled.moves.places[god.module.path].homes
        return homes.keys() & self.wanted[god.module.path].keys()

    def _gives_few(self, inventory: Inventory, god: GodFile) -> bool:
        """Whether so little of a file could move that it would be as much a god file as before."""
        few = 0 < len(self._moving(god)) * FEW < len(self.wanted[god.module.path])
        return few and not self._is_named(inventory, god)

    def _settled(self, inventory: Inventory) -> Settlement:
        """The wishes settled so that no two new files import each other, where tasks can prevent it."""
        bound = {
            (path, index)
            for path, own in self.chosen.items()
            for index, choice in own.items()
            if choice.score >= NAMED
        }
        while True:
            wishes = tuple(
                god.wish(shared_file(inventory, god), self.wanted[god.module.path])
                for god in self.gods
            )
            request = MoveRequest(wishes, pins=pins_of(self.gods), parts_long_files=True)
            settled = settle(inventory, request, another_file)
            again = brought_together(settled, bound)
            if not again:
                return settled
            bound |= again.keys()
            for (path, index), (home, why) in again.items():
                self.wanted[path][index] = home
                known = self.chosen[path][index]
                self.chosen[path][index] = Choice(known.domain, known.score, why)

    def because(self, path: str, index: int, home: str) -> str:
        """Why a task goes where it goes."""
        reason = self.chosen[path][index].because
        other = self.settled.why_another.get(home)
        return f"{reason}; another file than its domain's: {other}" if other else reason


def decide(inventory: Inventory) -> Decisions:
    """The moves of every god file, and notes on the tasks that stay."""
    choices = Choices(inventory)
    decisions: list[Move] = []
    for god in choices.gods:
        path = god.module.path
        homes = choices.settled.moves.places[path].homes
        for task, unit in god.tasks:
            home = homes.get(unit.index)
            if home is not None:
                because = choices.because(path, unit.index, home)
                name = f"move:{path}::{task.qualname}"
                decisions.append(Move(name, because, path, task.qualname, home))
    left = named_elsewhere(inventory, {move.path for move in decisions})
    return Decisions(
        tuple(decisions), (*choices.notes, *left, *translated(inventory, choices.settled))
    )


def clusters(inventory: Inventory) -> list[Cluster]:
    """The groups of tasks and helpers that `decide` would move, by their new files."""
    choices = Choices(inventory)
    found: list[Cluster] = []
    for god in choices.gods:
        path = god.module.path
        groups: dict[str, list[int]] = {}
        for index, home in choices.settled.moves.places[path].homes.items():
            groups.setdefault(home, []).append(index)
        starts, shares = drawn(inventory, god)
        for home, indexes in sorted(groups.items()):
            own = choices.chosen[path]
            units = [god.module.units[index] for index in sorted(indexes)]
            tasks = [
                (u.name, choices.because(path, u.index, home)) for u in units if u.index in own
            ]
            helpers = [unit.name for unit in units if unit.index not in own]
            here = {name for name, _ in tasks}
            arrows = tuple(pair for pair in starts if pair[0] in here)
            common = tuple(
                (name, tuple(reader for reader in readers if reader in here))
                for name, readers in shares
                if here.intersection(readers)
            )
            found.append(Cluster(path, home, tuple(tasks), tuple(helpers), arrows, common))
    return found


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


def read_all(inventory: Inventory, notes: list[Note]) -> list[GodFile]:
    """The god files that can be read as units; a note for each that can't."""
    found = []
    for path in god_files(inventory):
        if not inventory.editable(path):
            message = f"it can't be split: {inventory.why_not_edited(path)}"
            notes.append(Note(path, 0, "god-file-stays", message))
            continue
        try:
            found.append(read_god_file(inventory, path))
        except ValueError as error:
            notes.append(Note(path, 0, "god-file-stays", f"it can't be split: {error}"))
    return found


def pins_of(gods: list[GodFile]) -> dict[Key, Pin]:
    """The names to pin: by unit, the decorator's place and the registered name."""
    return {(god.module.path, index): pin for god in gods for index, pin in god.pins.items()}


def shared_file(inventory: Inventory, god: GodFile) -> str:
    """Where helpers go that several files need: as configured, else beside the god file."""
    return inventory.settings.split.shared_file or god.files.shared


def another_file(target: str) -> str:
    """The file beside one that can't take anything in."""
    folder, slash, name = target.rpartition("/")
    return "" if name.startswith("more_") else f"{folder}{slash}more_{name}"


def stay_at_home(god: GodFile, wanted: dict[int, str]) -> None:
    """Leaves out tasks that stand in their domain's file already, as some do in a god file of a domain."""
    for index, home in list(wanted.items()):
        if home == god.module.path:
            del wanted[index]
            god.leave(index, "it stands in its domain's file already")


def one_home_for_state(god: GodFile, wanted: dict[int, str], chosen: dict[int, Choice]) -> None:
    """Tasks that share what is assigned at run time go where most of them go."""
    places = Places(god.wish("", {}))
    together: dict[int, list[int]] = {root: [] for root in sorted(set(places.group.values()))}
    for index in wanted:
        together[places.group[index]].append(index)
    for members in together.values():
        if len({wanted[index] for index in members}) > 1:
            votes = Counter[str]()
            for index in members:
                votes[wanted[index]] += 1
            home = max(votes, key=lambda path: (votes[path], path))
            state = sorted(
                places.state_names()
                & {name for index in members for name in god.module.units[index].reads.all}
            )
            for index in members:
                if wanted[index] != home:
                    wanted[index] = home
                    because = (
                        f"shares {', '.join(state) or 'a name'}, which is assigned at run time"
                    )
                    chosen[index] = Choice(chosen[index].domain, chosen[index].score, because)
