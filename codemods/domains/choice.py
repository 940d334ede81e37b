"""Which domain each task of a god file belongs to, and why."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from msgspec.structs import replace

from codemods.domains.files import NewFiles
from codemods.domains.groups import FOUND, STAYS, Choice, Groups
from codemods.domains.marks import Known, Told, kinds_of, stem
from codemods.domains.words import ACTS, COMMON, DOMAINS, singular, words_in
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.settings import Domain
from codemods.units.units import Module, Unit

NAMED = 100.0
"""What it counts that the user named a task."""
ONE_MATTER = 0.8
"""The part of a file's tasks that share one word where taking it apart would only rename it."""

TASK_FILES = frozenset({"background", "celery", "job", "task", "worker"})
"""Words of the names of files whose matter is tasks."""
MOSTLY = 0.5
"""The part of a file that its tasks must be so that they are its matter, if its name doesn't say that they are."""


class Domains:
    """The domains that the tasks of one god file may go to."""

    def __init__(
        self,
        inventory: Inventory,
        module: Module,
        files: NewFiles,
        closed: Collection[str] = (),
    ) -> None:
        """`closed` are the files that stand there already and can take nothing in."""
        self.inventory = inventory
        self.module = module
        self.configured = inventory.settings.domains
        self.words: dict[str, frozenset[str]] = {}
        for name, domain in self.configured.items():
            own = frozenset(singular(word.lower()) for word in domain.words)
            known = frozenset(DOMAINS.get(name, (name,)))
            self.words[name] = own or known
        names = {name: files.of(name, Domain()) for name in files.existing}
        self.closed = {name for name, path in names.items() if path in closed} - self.words.keys()
        """The domains of files that can take nothing in: no group is given their names."""
        here = {name: f for name, f in files.existing.items() if name not in self.closed}
        self.files = replace(files, existing=here)
        self.telling = {
            name: telling_words(name) for name in sorted(here.keys() - self.words.keys())
        }
        """By the files that stand there already the stems by which they claim a task, all of them."""
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
        return chosen | self._groups(left, known).choices

    def _groups(self, tasks: Known, moving: Known) -> Groups:
        """Some tasks of those that may move in groups; those that were asked for last are at hand."""
        if self._last is None or self._last.told.tasks != tasks:
            told = Told(self.inventory, self.module, tasks)
            units = frozenset(unit.index for _, unit in moving)
            self._last = Groups(
                told, self.own, {*self.words, *self.files.existing, *self.closed}, units
            )
        return self._last

    def matter(self, tasks: Iterable[tuple[Task, Unit]]) -> str:
        """Why a file is better left in one, since it is about one thing or nothing parts it; or `""`."""
        known = list(tasks)
        told = Told(self.inventory, self.module, known)
        lines = sum(unit.last - unit.first + 1 for _, unit in known)
        whole = self.module.units[-1].last if self.module.units else 0
        if not _is_of_tasks(self.module.path) and lines < MOSTLY * whole:
            return f"is about more than tasks: they are {lines} of its {whole} lines"
        words = Counter(word for task, _ in known for word in sorted(set(_matters(told, task))))
        word, count = max(words.items(), key=lambda item: (item[1], item[0]), default=("", 0))
        if known and count >= ONE_MATTER * len(known):
            return f"is about one thing: {count} of the {len(known)} tasks that could move name it, {word}"
        groups = self._groups(known, known)
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
        for domain in (*self.words, *sorted(self.telling)):
            # What the user wrote counts by all that a task says; a file that is there by its name alone.
            spoken = places | ({"code": code} if domain in self.configured else {})
            found = {
                place: ", ".join(self._claimed(domain, said)) for place, said in spoken.items()
            }
            reasons = [f"{place}: {text}" for place, text in found.items() if text]
            weight = sum(WEIGHTS[place] for place, text in found.items() if text)
            if reasons and weight > (best[0] if best else 0):
                best = weight, Choice(domain, FOUND, "; ".join(reasons))
        return best[1] if best else None

    def _claimed(self, domain: str, said: Sequence[str]) -> list[str]:
        """The words by which a domain claims what says these; a file of several words wants them all."""
        if domain in self.words:
            return list(dict.fromkeys(word for word in said if word in self.words[domain]))
        telling, known = self.telling[domain], DOMAINS.get(domain, ())
        found = [word for word in dict.fromkeys(said) if stem(word) in telling or word in known]
        enough = telling <= {stem(word) for word in found} or any(word in known for word in found)
        return found if telling and enough else []

    def open_files(self) -> list[str]:
        """The files that stand there already, take something in and bear no name of the user's."""
        return [self.files.of(name, Domain()) for name in sorted(self.telling)]

    def file_of(self, domain: str) -> str:
        """The path of a domain's task file; the old file for those that stay."""
        return (
            self.files.god
            if domain == STAYS
            else self.files.of(domain, self.configured.get(domain, Domain()))
        )


WEIGHTS = {"name": 8, "section": 4, "queue": 4, "base": 2, "code": 1}
"""What counts more where several domains speak for a task."""


def telling_words(name: str) -> frozenset[str]:
    """The stems of the words of a file's name that tell what it is about, not what is done there."""
    words = [word for word in words_in(name) if word not in COMMON]
    things = [word for word in words if word not in ACTS]
    return frozenset(map(stem, things or words))


def _matters(told: Told, task: Task) -> Iterator[str]:
    """The words that may say what a whole file is about: of a name, without those that are common."""
    for word, _ in told.name_words(task):
        if word not in COMMON:
            yield from kinds_of(word) or [word]


def _is_of_tasks(path: str) -> bool:
    """Whether a file's name, or its folder's, says that tasks are its matter."""
    *folders, name = path.removesuffix(".py").split("/")
    return not TASK_FILES.isdisjoint(words_in(f"{name} {folders[-1] if folders else ''}"))
