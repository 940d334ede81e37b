"""What is told of the tasks of one file: words of their names, banners, queues, code, who starts whom."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations

from codemods.domains.clusters import Likeness, add_likeness, unlike
from codemods.domains.sections import Sections
from codemods.domains.spelling import Spelling
from codemods.domains.words import COMMON, DOMAINS, EMPTY, WEAK, singular, words_in
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.units.units import Module, Unit

Known = Sequence[tuple[Task, Unit]]

NAME, STARTS, READS, BANNER, QUEUE = 1.0, 1.5, 0.3, 0.4, 0.1
"""What each kind of likeness counts; measured on files that teams have split (docs/god-files.md)."""
APART = 0.4
"""What counts against two tasks that stand under two banners."""
COMMON_WORD, FIRST, LATER, KIND = 0.2, 0.4, 0.5, 0.5
"""A word that says little, the first one, mostly a verb, one behind `for` or `of`, a domain that a word stands for."""
SIBLINGS, THROUGH, PLACE = 0.5, 0.5, 0.3
"""Tasks that one task starts, what is read through a helper, words of the module that is read."""
LEADS = frozenset(
    {"for", "by", "to", "from", "on", "of", "with", "in", "at", "as", "per", "via", "after", "before", "into"}
)  # fmt: skip
"""Words behind which a name says for whom or with what, and no more what it is about."""
CARRIED = frozenset({"function", "class", "value"})


class Told:
    """What is told of some tasks of one file, by their places in the list."""

    def __init__(self, inventory: Inventory, module: Module, tasks: Known) -> None:
        self.inventory = inventory
        self.module = module
        self.tasks = list(tasks)
        names = [task.qualname for task, _ in self.tasks]
        self.spelling = Spelling(names, module.binders)
        self._place = {name: n for n, (_, unit) in enumerate(self.tasks) for name in unit.names}

    @cached_property
    def likeness(self) -> Likeness:
        """How alike any two of the tasks are."""
        found = unlike(len(self.tasks))
        add_likeness(found, NAME, [self.name_marks(task) for task, _ in self.tasks])
        add_likeness(found, READS, [self._code_marks(unit) for _, unit in self.tasks])
        for (one, other), tie in sorted(self._same_banner().items()):
            found[one][other] += tie
            found[other][one] += tie
        add_likeness(found, QUEUE, [self._queue_marks(task) for task, _ in self.tasks])
        for (one, other), tie in sorted(self._ties().items()):
            found[one][other] += STARTS * tie
            found[other][one] += STARTS * tie
        return found

    @cached_property
    def starts(self) -> list[list[int]]:
        """For each task, the other tasks that its code names, so as to start or call them."""
        return [
            sorted({self._place[name] for name in unit.reads.all if name in self._place} - {n})
            for n, (_, unit) in enumerate(self.tasks)
        ]

    @cached_property
    def starters(self) -> list[set[int]]:
        """For each task, the other tasks that start or call it."""
        found: list[set[int]] = [set() for _ in self.tasks]
        for one, others in enumerate(self.starts):
            for other in others:
                found[other].add(one)
        return found

    def _same_banner(self) -> dict[tuple[int, int], float]:
        """Tasks under one banner are alike, the more the fewer it has; those under two are not."""
        banners = [" ".join(self.banner_words(unit)) for _, unit in self.tasks]
        spread = Counter(banners)
        return {
            (one, other): BANNER * (1 - spread[banners[one]] / len(banners))
            if banners[one] == banners[other]
            else -APART
            for one, other in combinations(range(len(banners)), 2)
            if banners[one] and banners[other]
        }

    def lines(self, *units: Unit) -> int:
        """The lines of some tasks with the helpers that they alone read, which go along with them."""
        waiting, seen = list(units), {unit.index for unit in units}
        for reader in waiting:
            for name in sorted(reader.reads.all - self._place.keys()):
                for index in self.module.binders.get(name, ()):
                    alone = self._readers[index] <= seen
                    if index not in seen and alone and self.module.units[index].kind in CARRIED:
                        seen.add(index)
                        waiting.append(self.module.units[index])
        return sum(item.last - item.first + 1 + item.lead for item in waiting)

    def needing(self, *units: Unit) -> set[int]:
        """The indexes of the units whose code reads one of these, also through others."""
        found, waiting = set[int](), [unit.index for unit in units]
        while waiting:
            readers = self._readers[waiting.pop()] - found
            found |= readers
            waiting += sorted(readers)
        return found

    @cached_property
    def _readers(self) -> dict[int, set[int]]:
        """By unit, the units that read a name of it."""
        found: dict[int, set[int]] = {unit.index: set() for unit in self.module.units}
        for unit in self.module.units:
            for name in unit.reads.all:
                for index in self.module.binders.get(name, ()):
                    if index != unit.index:
                        found[index].add(unit.index)
        return found

    def _ties(self) -> dict[tuple[int, int], float]:
        """Tasks and what they start; one that starts many, or is started by many, ties less."""
        found: dict[tuple[int, int], float] = {}
        for one, others in enumerate(self.starts):
            ties = {
                (one, other): len(others) ** -0.5 / len(self.starters[other]) for other in others
            } | {pair: SIBLINGS / len(others) for pair in combinations(others, 2)}
            for (left, right), tie in ties.items():
                pair = min(left, right), max(left, right)
                found[pair] = max(found.get(pair, 0.0), tie)
        return found

    def spelled(self, task: Task) -> list[str]:
        """All words of a task's name, as `Spelling` has them."""
        return self.spelling.of(task.qualname)

    def begins(self, task: Task) -> str:
        """The first word of a task's name, which mostly says what is done; `""` where no letter is ASCII."""
        words = self.spelled(task)
        return singular(words[0]) if words else ""

    @cached_property
    def _later_words(self) -> set[str]:
        """The words that stand behind another in some task's name: those may be things where they stand first."""
        spelled = (self.spelled(task) for task, _ in self.tasks)
        return {singular(word) for words in spelled for word in words[1:]}

    def name_words(self, task: Task) -> Iterator[tuple[str, bool]]:
        """The words of a task's name, each with whether it tells what the task is about."""
        later = False
        for number, word in enumerate(self.spelled(task)):
            if word in LEADS:
                later = number > 0
            elif word not in EMPTY and len(word) > 1:
                yield singular(word), not later

    def name_marks(self, task: Task) -> dict[str, float]:
        """The stems of those words, and the domains that they stand for."""
        found: dict[str, float] = {}
        words = list(self.name_words(task))
        begins = self.begins(task) if len(words) > 1 else ""
        first = 1.0 if begins in self._later_words else FIRST
        for word, leading in words:
            weight = (first if word == begins else 1.0) if leading else LATER
            marks = {stem(word): weight * (COMMON_WORD if word in COMMON else 1)}
            if word not in COMMON:
                marks |= {f"={name}": weight * KIND for name in kinds_of(word)}
            for mark, value in marks.items():
                found[mark] = max(found.get(mark, 0.0), value)
        return found

    def _code_marks(self, unit: Unit) -> dict[str, float]:
        """What a task reads of the project and of its file, also through helpers."""
        found: dict[str, float] = {}
        decorating = _decorating(unit)
        waiting, seen = [(unit, 1.0)], {unit.index}
        for reader, weight in waiting:
            for name in sorted(reader.reads.all - decorating):
                if name in self._place:
                    continue
                for mark, value in self._read_marks(name, weight):
                    found[mark] = max(found.get(mark, 0.0), value)
                for index in self.module.binders.get(name, ()):
                    helper = self.module.units[index]
                    if helper.kind in CARRIED and index not in seen:
                        seen.add(index)
                        waiting.append((helper, weight * THROUGH))
        return found

    def _read_marks(self, name: str, weight: float) -> Iterator[tuple[str, float]]:
        units = (self.module.units[index] for index in self.module.binders.get(name, ()))
        if name in self.imported or any(unit.kind in CARRIED for unit in units):
            yield name, weight
        for word in self.imported.get(name, ()):
            yield f"in {word}", PLACE * weight

    def _queue_marks(self, task: Task) -> dict[str, float]:
        queue = self.queue_of(task)
        return {queue: 1.0} if queue else {}

    def queue_of(self, task: Task) -> str:
        """The queue that a task names, or is routed to; `""` for none."""
        return task.options.get("queue", "") or self.inventory.routed(task.name or "") or ""

    def banner_words(self, unit: Unit) -> list[str]:
        """The words of the section banner that a task stands under, if that reaches it."""
        return self._sections.of[unit.index]

    @cached_property
    def _sections(self) -> Sections:
        named = [(unit, [word for word, _ in self.name_words(task)]) for task, unit in self.tasks]
        return Sections(self.module, named)

    @cached_property
    def imported(self) -> dict[str, list[str]]:
        """The file's names that come from the project, each with the words of where from."""
        facts = self.inventory.facts[self.module.path]
        project = self.inventory.project
        found: dict[str, list[str]] = {}
        for name, binding in facts.bindings.items():
            if binding.kind == "import" and binding.target:
                dotted = project.canonical(binding.target)
                if project.split(dotted)[0]:
                    found[name] = [w for w in words_in(dotted) if w not in COMMON]
        return found


def kinds_of(word: str) -> list[str]:
    """The domains that a word stands for, but for those of verbs."""
    return [name for name, words in DOMAINS.items() if word in words and name not in WEAK]


def stem(word: str) -> str:
    """A word without the ending that makes a noun or a verb of it: `inspect` of `inspection`."""
    for ending in ("ation", "ition", "ion", "ing", "ed", "or", "er", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def _decorating(unit: Unit) -> frozenset[str]:
    """The names that its decorators read: how a task is made, not what it is about."""
    return frozenset(
        inner.id
        for node in unit.nodes
        for decorator in getattr(node, "decorator_list", ())
        for inner in ast.walk(decorator)
        if isinstance(inner, ast.Name)
    )
