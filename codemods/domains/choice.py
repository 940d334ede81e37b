"""Which domain each task of a god file belongs to, and why."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from fnmatch import fnmatchcase
from functools import cached_property

from msgspec import Struct

from codemods.domains.clusters import grouped, mean_between
from codemods.domains.files import NewFiles
from codemods.domains.marks import Known, Told, kinds_of
from codemods.domains.naming import Names
from codemods.domains.words import COMMON, DOMAINS, WEAK_OF, singular, words_in
from codemods.inventory.gathered import GOD_FILE_LINES, GOD_FILE_TASKS
from codemods.inventory.graph import cycles
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.settings import Domain
from codemods.units.units import Module, Unit

NAMED = 100.0
"""What it counts that the user named a task."""
FOUND = 1.0
"""What it counts that a task was put beside others."""
LEAST = 0.3
"""How alike tasks are on average that stand in one file (docs/god-files.md)."""
NEAR = 0.18
"""How alike a task must at least be to those that it joins where it would stand alone."""
MOST_LINES = 1000
"""Lines of tasks that a new file may have at most."""
WITH_HELPERS = 1200
"""The same with the helpers that they alone read, some of which may go to the shared file."""
GENERAL = "general"
GENERAL_PART = 0.1
"""The part of the tasks that may go to a file without a matter of its own."""
ONE_MATTER = 0.8
"""The part of a file's tasks that share one word where taking it apart would only rename it."""


class Choice(Struct, frozen=True):
    """The domain of one task, and what spoke for it."""

    domain: str
    score: float
    because: str


class Domains:
    """The domains that the tasks of one god file may go to."""

    def __init__(self, inventory: Inventory, module: Module, files: NewFiles) -> None:
        self.inventory = inventory
        self.module = module
        self.configured = inventory.settings.domains
        self.words: dict[str, frozenset[str]] = {}
        for name, domain in self.configured.items():
            own = frozenset(singular(word.lower()) for word in domain.words)
            known = frozenset(DOMAINS.get(name, (name,)))
            self.words[name] = own or known
        self.files = files
        for name in files.existing:
            self.words.setdefault(name, frozenset((*DOMAINS.get(name, ()), *words_in(name))))
        self.own = frozenset(words_in(module.path.removesuffix(".py")))
        """The words of the file and its folders: they tell no task from another."""
        self._last: Groups | None = None

    def choose(self, tasks: Iterable[tuple[Task, Unit]]) -> dict[str, Choice]:
        """The domain of each task by its qualname."""
        known = list(tasks)
        told = Told(self.inventory, self.module, known)
        chosen: dict[str, Choice] = {}
        for task, unit in known:
            choice = self._spoken_for(told, task, unit)
            if choice is not None:
                chosen[task.qualname] = choice
        left = [(task, unit) for task, unit in known if task.qualname not in chosen]
        return chosen | self._groups(left).choices

    def _groups(self, tasks: Known) -> "Groups":
        """Some tasks in groups; those that were asked for last are at hand."""
        if self._last is None or self._last.told.tasks != tasks:
            told = Told(self.inventory, self.module, tasks)
            self._last = Groups(told, self.own, self.words)
        return self._last

    def matter(self, tasks: Iterable[tuple[Task, Unit]]) -> str:
        """Why a file is better left in one, since it is about one thing or nothing parts it; or `""`."""
        known = list(tasks)
        told = Told(self.inventory, self.module, known)
        words = Counter(word for task, _ in known for word in sorted(set(_matters(told, task))))
        word, count = max(words.items(), key=lambda item: (item[1], item[0]), default=("", 0))
        if known and count >= ONE_MATTER * len(known):
            return f"is about one thing: {count} of the {len(known)} tasks that could move name it, {word}"
        groups = self._groups(known)
        alone = sum(len(group) == 1 for group in groups.first)
        if alone >= ONE_MATTER * len(known):
            return f"is left whole, since nothing tells {alone} of the {len(known)} tasks that could move apart"
        return ""

    def _spoken_for(self, told: Told, task: Task, unit: Unit) -> Choice | None:
        """The domain that the user named a task for, or that has a file whose words the task's name has."""
        for domain, settings in self.configured.items():
            if any(fnmatchcase(task.qualname, pattern) for pattern in settings.tasks):
                return Choice(domain, NAMED, "it is named in [tool.migrate]")
        places = {
            "name": [word for word, _ in told.name_words(task)],
            "section": told.banner_words(unit),
            "queue": words_in(told.queue_of(task)),
            "base": words_in(task.base or ""),
        }
        if task.name_is == "explicit" and task.name:
            places["name"] += words_in(task.name.rpartition(".")[2])
        code = [
            w
            for name in sorted(unit.reads.all)
            for w in (*words_in(name), *told.imported.get(name, ()))
        ]
        best: tuple[int, Choice] | None = None
        for domain, words in self.words.items():
            # What the user wrote counts by all that a task says; a file that is there by its name alone.
            spoken = places | ({"code": code} if domain in self.configured else {})
            found = {
                place: ", ".join(dict.fromkeys(word for word in said if word in words))
                for place, said in spoken.items()
            }
            reasons = [f"{place}: {text}" for place, text in found.items() if text]
            weight = sum(WEIGHTS[place] for place, text in found.items() if text)
            if reasons and weight > (best[0] if best else 0):
                best = weight, Choice(domain, FOUND, "; ".join(reasons))
        return best[1] if best else None

    def file_of(self, domain: str) -> str:
        """The path of a domain's task file."""
        return self.files.of(domain, self.configured.get(domain, Domain()))


WEIGHTS = {"name": 8, "section": 4, "queue": 4, "base": 2, "code": 1}
"""What counts more where several domains speak for a task."""


class Groups:
    """Tasks that no domain of the user's and no file claims, grouped by what they have in common."""

    def __init__(self, told: Told, own: frozenset[str], taken: Iterable[str]) -> None:
        self.told = told
        self.names = Names(told, own, {*taken, GENERAL})
        self.lines = [told.lines(unit) for _, unit in told.tasks]
        """Lines of each task with the helpers that it alone reads."""
        bare = [unit.last - unit.first + 1 + unit.lead for _, unit in told.tasks]
        calls = {str(n): frozenset(map(str, others)) for n, others in enumerate(told.starts)}
        # Tasks that call each other in a circle can't stand in two files.
        rings = [list(map(int, ring)) for ring in cycles(calls)]
        alike = told.likeness if told.tasks else []
        bound = {place for ring in rings for place in ring}
        # What they have in common comes first; helpers only part what would be too large with them.
        made = grouped(alike, LEAST, bare, fits, rings)
        self.first = [part for group in made for part in self._parted(group, bound)]

    def _parted(self, group: list[int], bound: Set[int]) -> Iterator[list[int]]:
        """A group that fits with its helpers, and the tasks that it can't hold, least like the others, alone."""
        kept = list(group)
        while self.told.lines(*(self.told.tasks[place][1] for place in kept)) > WITH_HELPERS:
            free = [place for place in kept if place not in bound]
            if len(kept) == 1 or not free:
                break
            rest = {place: [other for other in kept if other != place] for place in free}
            least = min(
                free, key=lambda place: mean_between(self.told.likeness, [place], rest[place])
            )
            kept.remove(least)
            yield [least]
        yield kept

    def takes(self, group: Sequence[int], place: int) -> bool:
        """Whether a group has room for one more task."""
        return fits(len(group) + 1, sum(self.lines[member] for member in (*group, place)))

    @cached_property
    def choices(self) -> dict[str, Choice]:
        """Each task's domain by its qualname."""
        named, strangers = self._named()
        left = self._by_word(strangers, named)
        for name, group in self._apart(left):
            named.setdefault(name, []).extend(group)
        return {
            self.told.tasks[place][0].qualname: Choice(name, FOUND, self.because(place, group))
            for name, group in named.items()
            for place in group
        }

    def _by_word(self, strangers: list[int], named: dict[str, list[int]]) -> list[int]:
        """Puts tasks like no others to a group that is named by a word of theirs; gives those that are left.

        A matter that is too large for one file goes on in another.
        """
        words = {place: [word for _, word in self.names.ranked([place])] for place in strangers}
        shared = Counter(word for own in words.values() for word in own)
        known = {self.names.by[name] for name in named if name in self.names.by}
        left = []
        for place in strangers:
            word = next((w for w in words[place] if w in known or shared[w] > 1), "")
            if not word:
                left.append(place)
                continue
            homes = [name for name, group in named.items() if self.names.by.get(name) == word]
            room = [name for name in homes if self.takes(named[name], place)]
            home = room[0] if room else self.names.give([word])
            named.setdefault(home, []).append(place)
            known.add(word)
        return left

    def _named(self) -> tuple[dict[str, list[int]], list[int]]:
        """The groups by their names, and the tasks that are like no others."""
        groups = [list(group) for group in self.first if len(group) > 1]
        strangers = []
        for place in (group[0] for group in self.first if len(group) == 1):
            near = [
                (mean_between(self.told.likeness, [place], group), -number)
                for number, group in enumerate(groups)
                if self.takes(group, place)
            ]
            value, number = max(near, default=(0.0, 0))
            if value >= NEAR:
                groups[-number].append(place)
            else:
                strangers.append(place)
        named: dict[str, list[int]] = {}
        for group in groups:
            named.setdefault(self.names.name(group) or GENERAL, []).extend(group)
        return named, strangers

    def _apart(self, places: list[int]) -> Iterator[tuple[str, list[int]]]:
        """Files for tasks like no others: by what they do, one for a tenth of all tasks, else one each."""
        by_work: dict[str, list[int]] = {}
        for place in places:
            words = [word for word, _ in self.told.name_words(self.told.tasks[place][0])]
            works = [work for word in words for work in WEAK_OF.get(word, ())]
            if works:
                by_work.setdefault(works[0], []).append(place)
        alike = {work: group for work, group in by_work.items() if len(group) > 1}
        yield from sorted(alike.items())
        left = [place for place in places if not any(place in group for group in alike.values())]
        most = max(1, int(GENERAL_PART * len(self.told.tasks)))
        for place in left if len(left) > most else ():
            yield self.names.name([place]) or GENERAL, [place]
        if 0 < len(left) <= most:
            yield GENERAL, left

    def because(self, place: int, group: Sequence[int]) -> str:
        """What a task has in common with the others of its group."""
        told = self.told
        task, unit = told.tasks[place]
        others = [other for other in group if other != place]
        if not others:
            return "nothing in it is like another task"
        shared = Counter(
            word for other in others for word, _ in told.name_words(told.tasks[other][0])
        )
        words = [word for word, _ in told.name_words(task) if word in shared]
        banner = told.banner_words(unit)
        sections = [told.banner_words(told.tasks[other][1]) for other in others]
        starts = [told.tasks[n][0].qualname for n in told.starts[place] if n in others]
        starters = [told.tasks[n][0].qualname for n in others if place in told.starts[n]]
        said = [
            ("name", [word for word in dict.fromkeys(words) if word not in COMMON]),
            ("section", [" ".join(banner)] if banner and banner in sections else []),
            ("starts", starts[:2]),
            ("started by", starters[:2]),
        ]
        reasons = [f"{what}: {', '.join(found)}" for what, found in said if found]
        return "; ".join(reasons) or f"likest to {told.tasks[others[0]][0].qualname}"


def fits(tasks: int, lines: int) -> bool:
    """Whether a file of so many tasks and lines is no god file."""
    return lines <= MOST_LINES and (tasks < GOD_FILE_TASKS or lines < GOD_FILE_LINES)


def _matters(told: Told, task: Task) -> Iterator[str]:
    """The words that may say what a whole file is about: of a name, without those that are common."""
    for word, leading in told.name_words(task):
        if leading and word not in COMMON:
            yield from kinds_of(word) or [word]
