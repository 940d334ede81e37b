"""Names for groups of tasks: a word that their names, banners or queues share and others lack."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import count

from codemods.domains.marks import Told, kinds_of, stem
from codemods.domains.words import COMMON, NO_DOMAIN, STATES, words_in

FIRST_WORD, NAME_WORD, LATER_WORD, BANNER_WORD, QUEUE_WORD = 0.5, 1.0, 0.6, 0.8, 0.2
"""How well a word names a task, by where it stands: the first word of a name is mostly a verb."""
STATE = 0.2
"""How much less well a word names that only says how a thing is."""
SHORTENED = 3
"""The letters that two words begin with alike where one may be the other, shortened: `doc` and `document`."""
NOWHERE = 100
"""How far behind a word counts that no name has."""
KIND = 1.2
"""How much better than the word itself the domain is that it stands for."""


class Names:
    """The words by which a file's tasks may be named, and the names that are given."""

    def __init__(self, told: Told, own: Set[str], taken: Iterable[str] = ()) -> None:
        self.told = told
        self.own = own
        """Words of the file and its app: they tell no group from another."""
        self.taken = set(taken)
        self.by: dict[str, str] = {}
        """By the names that were given, the word that each is for."""
        self.spelled = [list(told.name_words(task)) for task, _ in told.tasks]
        self.spellings: dict[str, Counter[str]] = {}
        """By stem, the words that have it."""
        self.words = [dict(self._words(place)) for place in range(len(told.tasks))]
        self.spread = Counter(stem for words in self.words for stem in words)

    def _words(self, place: int) -> Iterator[tuple[str, float]]:
        """The stems of words that may name one task, those that do it best last."""
        task, unit = self.told.tasks[place]
        found: list[tuple[float, str]] = []
        found.extend((QUEUE_WORD, word) for word in words_in(self.told.queue_of(task)))
        found.extend((BANNER_WORD, word) for word in self.told.banner_words(unit))
        several = len(self.spelled[place]) > 1
        for number, (word, leading) in enumerate(self.spelled[place]):
            first = FIRST_WORD if several and number == 0 else NAME_WORD
            found.append((first if leading else LATER_WORD, word))
        found = [(weight * (STATE if word in STATES else 1), word) for weight, word in found]
        for weight, word in sorted(found):
            if self._names_nothing(word):
                continue
            self.spellings.setdefault(stem(word), Counter())[word] += 1
            yield stem(word), weight
            for kind in kinds_of(word):
                if kind not in self.own:
                    yield f"={kind}", max(weight, NAME_WORD) * KIND

    def _names_nothing(self, word: str) -> bool:
        return word in COMMON or word in NO_DOMAIN or word in self.own

    def ranked(self, group: Sequence[int]) -> list[tuple[float, str]]:
        """The words that may name a group, the best first: most of it has them, and few others.

        A domain that words stand for must be that of half the group.
        """
        inside: dict[str, float] = {}
        having = Counter(mark for place in group for mark in self.words[place])
        for place in group:
            for mark, weight in self.words[place].items():
                inside[mark] = inside.get(mark, 0.0) + weight
        found = [
            (total / len(group) * (having[mark] / self.spread[mark]) ** 2, self._word(mark))
            for mark, total in inside.items()
            if not mark.startswith("=") or 2 * having[mark] >= len(group)
        ]
        return sorted(found, key=lambda item: (-item[0], self._behind(item[1], group), item[1]))

    def _word(self, mark: str) -> str:
        """The word that a mark stands for: of a stem the commonest, of those the longest."""
        if mark.startswith("="):
            return mark[1:]
        known = self.spellings[mark]
        return max(known, key=lambda word: (known[word], len(word), word))

    def _behind(self, word: str, group: Sequence[int]) -> int:
        """How far a word stands behind the end of the names that have it: the last one is the noun."""
        ends = [
            len(words) - [found for found, _ in words].index(word)
            for words in (self.spelled[place] for place in group)
            if word in {found for found, _ in words}
        ]
        return min(ends, default=NOWHERE)

    def name(self, group: Sequence[int]) -> str:
        """The name that a group is given, which no other has; `""` where no word names it."""
        ranked = [word for _, word in self.ranked(group)]
        return self.give(ranked, [self._spelled_out(word, group) for word in ranked])

    def give(self, words: Sequence[str], longer: Sequence[str] = ()) -> str:
        """The first of some words that is free, rather its longer form; else the first with a number."""
        for word, name in zip(words, longer or words, strict=True):
            for found in (name, word):
                if found not in self.taken and not self._is_shortened(found):
                    return self._given(found, word)
        if not words:
            return ""
        # No other word parts a matter that is too large for one file.
        numbered = (f"{words[0]}_{number}" for number in count(2))
        return self._given(next(name for name in numbered if name not in self.taken), words[0])

    def _is_shortened(self, name: str) -> bool:
        """Whether a word is one that is taken, cut off behind its first letters, or that cut off."""
        return any(
            min(len(name), len(other)) >= SHORTENED
            and "_" not in name + other
            and (name.startswith(other) or other.startswith(name))
            for other in sorted(self.taken)
        )

    def _given(self, name: str, word: str) -> str:
        self.taken.add(name)
        self.by[name] = word
        return name

    def _spelled_out(self, word: str, group: Sequence[int]) -> str:
        """A word with the one before it, where several names have both and none has it without."""
        before = set[str]()
        several = 0
        for words in (self.spelled[place] for place in group):
            spelled = [found for found, _ in words]
            if word in spelled:
                at = spelled.index(word)
                several += 1
                before.add(spelled[at - 1] if at > 1 or (at and not words[at][1]) else "")
        only = before.pop() if len(before) == 1 and several > 1 else ""
        return f"{only}_{word}" if only and not self._names_nothing(only) else word
