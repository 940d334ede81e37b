"""Which domain each task of a god file belongs to, and why."""

from collections import Counter
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cached_property

from msgspec import Struct

from codemods.domains.words import COMMON, DOMAINS, WEAK, domain_of, singular, words_in
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.settings import Domain
from codemods.units.units import Module, Unit

NAME, BANNER, QUEUE, BASE, BODY = 4.0, 3.0, 3.0, 2.0, 1.0
"""What a word counts, by the place where it stands."""
BODY_MOST = 2.0
NAMED = 100.0
"""What it counts that the user named a task."""
FOUND_FROM = 3
"""A word that so many otherwise homeless tasks share makes a domain."""


class Choice(Struct, frozen=True):
    """The domain of one task, and what spoke for it."""

    domain: str
    score: float
    because: str


class Domains:
    """The domains that the tasks of one god file may go to."""

    def __init__(self, inventory: Inventory, module: Module, folder: str) -> None:
        self.inventory = inventory
        self.module = module
        self.configured = inventory.settings.domains
        self.words: dict[str, frozenset[str]] = {}
        for name, known in DOMAINS.items():
            self.words[name] = frozenset(known)
        self.existing = dict(_existing(inventory, folder))
        for name in self.existing:
            self.words.setdefault(name, frozenset(words_in(name)))
        for name, domain in self.configured.items():
            own = frozenset(singular(word.lower()) for word in domain.words)
            self.words[name] = own or self.words.get(name, frozenset({name}))

    def choose(self, tasks: Iterable[tuple[Task, Unit]]) -> dict[str, Choice]:
        """The domain of each task by its qualname."""
        known = list(tasks)
        signals = {task.qualname: list(self._signals(task, unit)) for task, unit in known}
        chosen = {name: self._best(name, found) for name, found in signals.items()}
        homeless = [name for name, choice in chosen.items() if choice is None]
        self._discover(homeless)
        for name in homeless:
            chosen[name] = self._best(name, signals[name])
        return self._without_hermits({**chosen}, signals)

    def _discover(self, names: list[str]) -> None:
        """Words that many tasks without a domain share become domains, the commonest first."""
        found = (word for name in names for word in dict.fromkeys(words_in(name)))
        counts = Counter(word for word in found if word not in COMMON)
        for word, count in counts.most_common():
            if count >= FOUND_FROM:
                self.words.setdefault(word, frozenset({word}))

    def _without_hermits(
        self, chosen: dict[str, Choice | None], signals: dict[str, list[tuple[str, str, float]]]
    ) -> dict[str, Choice]:
        """Every task with a domain; a new file for a single task is no domain."""
        counts = Counter(choice.domain for choice in chosen.values() if choice)
        kept = {d for d, n in counts.items() if n > 1} | self.existing.keys() | set(self.configured)
        if len(counts) == 1:
            kept |= counts.keys()
        result: dict[str, Choice] = {}
        for name, choice in chosen.items():
            if choice is None or choice.domain not in kept:
                choice = self._best(name, signals[name], kept) or Choice(
                    "general", 0.0, "nothing in it names a domain that other tasks share"
                )
            result[name] = choice
        return result

    def _best(
        self, name: str, signals: list[tuple[str, str, float]], among: Iterable[str] | None = None
    ) -> Choice | None:
        """The domain with the most signals; the user's words before all."""
        for domain, settings in self.configured.items():
            if any(fnmatchcase(name, pattern) for pattern in settings.tasks):
                return Choice(domain, NAMED, "it is named in [tool.migrate]")
        scores: dict[str, float] = {}
        reasons: dict[str, list[str]] = {}
        for domain, words in self.words.items():
            if among is not None and domain not in among:
                continue
            for place in ("name", "section", "queue", "base", "code"):
                found = [(w, weight) for p, w, weight in signals if p == place and w in words]
                if not found:
                    continue
                total = sum(dict(found).values())
                total = min(total, BODY_MOST) if place == "code" else total
                total *= 0.5 if domain in WEAK and domain not in self.configured else 1
                total *= 1.5 if domain in self.configured else 1
                scores[domain] = scores.get(domain, 0.0) + total
                shown = ", ".join(dict.fromkeys(word for word, _ in found))
                reasons.setdefault(domain, []).append(f"{place}: {shown}")
        if not scores or (max(scores.values()) < BASE and among is None):
            return None
        order = {domain: place for place, domain in enumerate(self.words)}
        best = max(scores, key=lambda domain: (scores[domain], -order[domain]))
        return Choice(best, scores[best], "; ".join(reasons[best]))

    def _signals(self, task: Task, unit: Unit) -> Iterator[tuple[str, str, float]]:
        """Place, word and weight of all that hints at what a task is about."""
        parts = words_in(task.qualname)
        if task.name_is == "explicit" and task.name:
            parts += [word for word in words_in(task.name.rpartition(".")[2]) if word not in parts]
        for word in parts:
            yield "name", word, NAME
        for word in self._banner_words(unit):
            yield "section", word, BANNER
        queue = self.inventory.routed(task.name or "") or ""
        for text in (task.options.get("queue", ""), queue):
            for word in words_in(text):
                yield "queue", word, QUEUE
        for word in words_in(task.base or ""):
            yield "base", word, BASE
        imports = self._imported
        for name in sorted(unit.reads.all):
            for word in dict.fromkeys([*words_in(name), *imports.get(name, ())]):
                if name in imports or name in self.module.binders:
                    yield "code", word, BODY

    @cached_property
    def _imported(self) -> dict[str, list[str]]:
        """The words of the project's own modules that the file's names come from."""
        facts = self.inventory.facts[self.module.path]
        project = self.inventory.project
        found: dict[str, list[str]] = {}
        for name, binding in facts.bindings.items():
            if binding.kind == "import" and binding.target:
                dotted = project.canonical(binding.target)
                own = bool(project.split(dotted)[0])
                found[name] = [w for w in words_in(dotted) if w not in COMMON] if own else []
        return found

    def _banner_words(self, unit: Unit) -> list[str]:
        heads = [banner for banner in self.module.banners if banner.heads <= unit.index]
        short = [b for b in heads if b.last - b.first < 5]
        if not short:
            return []
        text = self.module.lines(short[-1].first, short[-1].last)
        words = words_in(text)
        return words if len(words) <= 6 else []

    def file_of(self, domain: str, folder: str) -> str:
        """The path of a domain's task file."""
        settings = self.configured.get(domain, Domain())
        name = settings.file or self.existing.get(domain) or f"{domain}_tasks.py"
        return name if "/" in name or not folder else f"{folder}/{name}"


def _existing(inventory: Inventory, folder: str) -> Iterator[tuple[str, str]]:
    """The domain files that stand beside the god file already."""
    for path, facts in inventory.facts.items():
        head, _, name = path.rpartition("/")
        domain = domain_of(path)
        if head == folder and domain and facts.error is None:
            yield domain, name
