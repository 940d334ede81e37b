"""The file that each task of the god files is to go to, by its domain, and why."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from codemods.domains.choice import Domains
from codemods.domains.groups import STAYS, Choice
from codemods.inventory.link import Inventory
from codemods.moves.homes import Places
from codemods.split.wishes import GodFile
from codemods.units.units import Key


@dataclass(frozen=True, slots=True)
class Chosen:
    """By the unit of each task its domain with the reason; and the file that it goes to, if any."""

    choices: Mapping[Key, Choice]
    wanted: Mapping[Key, str]

    def wanted_of(self, path: str) -> dict[int, str]:
        """The files that tasks of a god file go to, by the index of their unit."""
        return {index: home for (own, index), home in self.wanted.items() if own == path}

    def stays(self, path: str, index: int) -> bool:
        """Whether no new file is for a task."""
        choice = self.choices.get((path, index))
        return choice is not None and choice.domain == STAYS

    def with_homes(self, homes: Mapping[Key, tuple[str, str]]) -> "Chosen":
        """Other files for some tasks, each with the reason."""
        choices, wanted = dict(self.choices), dict(self.wanted)
        for key, (home, why) in homes.items():
            wanted[key] = home
            choices[key] = Choice(choices[key].domain, choices[key].score, why)
        return Chosen(choices, wanted)

    def without(self, paths: Collection[str]) -> "Chosen":
        """These god files left whole."""
        return Chosen(
            {key: choice for key, choice in self.choices.items() if key[0] not in paths},
            {key: home for key, home in self.wanted.items() if key[0] not in paths},
        )


def domains_of(inventory: Inventory, god: GodFile, closed: Collection[str] = ()) -> Domains:
    """The domains that the tasks of a god file can be of; `closed` are files that take in nothing."""
    return Domains(inventory, god.module, god.files, set(closed))


def choose(inventory: Inventory, gods: Iterable[GodFile], closed: Collection[str]) -> Chosen:
    """The domain and the file of every task."""
    choices: dict[Key, Choice] = {}
    wanted: dict[Key, str] = {}
    for god in gods:
        path, domains = god.module.path, domains_of(inventory, god, closed)
        by_name = domains.choose(god.tasks)
        own = {unit.index: by_name[task.qualname] for task, unit in god.tasks}
        homes = {index: domains.file_of(choice.domain) for index, choice in own.items()}
        _one_home_for_state(god, homes, own)
        _stay_at_home(god, homes)
        choices.update({(path, index): choice for index, choice in own.items()})
        wanted.update({(path, index): home for index, home in homes.items()})
    return Chosen(choices, wanted)


def _stay_at_home(god: GodFile, wanted: dict[int, str]) -> None:
    """Leaves out tasks that stand in their domain's file already, as some do in a god file of a domain."""
    for index, home in list(wanted.items()):
        if home == god.module.path:
            del wanted[index]
            god.leave(index, "it stands in its domain's file already")


def _one_home_for_state(god: GodFile, wanted: dict[int, str], chosen: dict[int, Choice]) -> None:
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
