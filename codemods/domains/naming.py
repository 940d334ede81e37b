"""Names for groups of tasks: a word that their names, banners or queues share and others lack."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import count

from codemods.domains.marks import Told, kinds_of, stem
from codemods.domains.words import ACTS, COMMON, FORMATS, NO_DOMAIN, is_state, singular, words_in

FIRST_WORD, NAME_WORD, LATER_WORD, BANNER_WORD, QUEUE_WORD = 0.5, 1.0, 0.6, 0.8, 0.05
"""How well a word names a task, by where it stands: the first word of a name is mostly a verb."""
FIRST_NOUN = 0.7
"""The same of a first word that files are named by, as `export`."""
BOTH = 0.5
"""The part of what the lesser place of a word counts that is added where its name and its banner have it."""
NO_THING, OWN, FORMAT = 0.2, 0.3, 0.65
"""How much less well a word names that only says how a thing is, or what is done with it; a word of a folder;
one that only says in which form a thing is."""
RARE = 0.3
"""The part of the tasks with a word that a group must have so that it is the group's matter."""
HALF, MOST = 0.5, 0.8
"""The part of a group that such a word must be of so as to come before a thing that fewer have."""
SHORTENED = 3
"""The letters that two words begin with alike where one may be the other, shortened: `doc` and `document`."""
NOWHERE = 100
"""How far behind a word counts that no name has."""
KIND = 1.2
"""How much better than the words themselves the domain is that they stand for."""
LONGEST = 3
"""The words that a file may be named by at most."""
ONE_WORD = 0.75
"""The part of a domain's tasks that have one and the same word for it, where that word names them better."""


class Names:
    """The words by which a file's tasks may be named, and the names that are given."""

    def __init__(self, told: Told, own: Set[str], taken: Iterable[str] = ()) -> None:
        self.told = told
        self.own = own
        """Words of the file and its folders: they tell a group from another only where they are in few names."""
        self.file = frozenset(words_in(told.module.path.rpartition("/")[2].removesuffix(".py")))
        self.taken = {_key(name) for name in taken}
        """The names that are taken, in the singular."""
        self.by: dict[str, str] = {}
        """By the names that were given, the word that each is for."""
        self.spelled = [list(told.name_words(task)) for task, _ in told.tasks]
        self.spellings: dict[str, Counter[str]] = {}
        """By stem, the words that have it."""
        self.said = set[str]()
        """The marks of words that names or banners have, not queues alone."""
        self.standing_for: dict[str, set[str]] = {}
        """By the mark of a domain, the stems of the words that stand for it."""
        self.words = [dict(self._words(place)) for place in range(len(told.tasks))]
        self.things = [frozenset(self._things(place)) for place in range(len(told.tasks))]
        """The marks of things in each task's own name, not of what is done with them or how they are."""
        self.spread = Counter(stem for words in self.words for stem in words)

    def _words(self, place: int) -> Iterator[tuple[str, float]]:
        """The stems of words that may name one task, those that do it best last."""
        task, unit = self.told.tasks[place]
        found: list[tuple[float, str]] = []
        banner = self.told.banner_words(unit)
        found.extend((QUEUE_WORD, word) for word in words_in(self.told.queue_of(task)))
        named = any(word in banner for word, _ in self.spelled[place])
        found.extend((QUEUE_WORD * 2 if named else BANNER_WORD, word) for word in banner)
        begins = self.told.begins(task)
        for number, (word, leading) in enumerate(self.spelled[place]):
            first = number == 0 and word == begins and len(self.spelled[place]) > 1
            begins_with = FIRST_NOUN if kinds_of(word) else FIRST_WORD
            weight = begins_with if first else NAME_WORD if leading else LATER_WORD
            lesser = min(weight, BANNER_WORD) if word in banner else 0.0
            found.append(
                (max(weight, BANNER_WORD if word in banner else 0.0) + BOTH * lesser, word)
            )
        found = [(weight * self._tells(word), word) for weight, word in found]
        for weight, word in sorted(found):
            if self._names_nothing(word):
                continue
            self.spellings.setdefault(stem(word), Counter())[word] += 1
            if weight > QUEUE_WORD:
                self.said |= {stem(word), *(f"={kind}" for kind in kinds_of(word))}
            yield stem(word), weight
            for kind in kinds_of(word):
                if kind not in self.own and word not in self.own:
                    self.standing_for.setdefault(f"={kind}", set()).add(stem(word))
                    yield f"={kind}", max(weight, NAME_WORD) * KIND

    def _things(self, place: int) -> Iterator[str]:
        """The stems of the words of a task's name that are things, and the domains that they stand for."""
        for word, _ in self.spelled[place]:
            if not self._names_nothing(word) and word not in self.own:
                if not no_thing(word):
                    yield stem(word)
                yield from (f"={kind}" for kind in kinds_of(word) if kind not in self.own)

    def _tells(self, word: str) -> float:
        """How much of its weight a word has by itself."""
        if no_thing(word):
            return NO_THING
        return FORMAT if word in FORMATS else OWN if word in self.own else 1.0

    def _names_nothing(self, word: str) -> bool:
        return word in COMMON or word in NO_DOMAIN or word in self.file

    def ranked(self, group: Sequence[int]) -> list[tuple[float, str]]:
        """The words that may name a group, the best first: most of it has them, and few others.

        What half of the group has comes before what fewer have. A domain that words stand for must be that
        of half the group, and no one word that of most of it: `export` names exports, not `report`.
        """
        inside: dict[str, float] = {}
        having = Counter(mark for place in group for mark in self.words[place])
        for place in group:
            for mark, weight in self.words[place].items():
                inside[mark] = inside.get(mark, 0.0) + weight
        found = [
            (
                total * having[mark] / len(group) ** 2 * (having[mark] / self.spread[mark]) ** 2,
                self._is_of_most(mark, having[mark], len(group)),
                self._word(mark),
            )
            for mark, total in inside.items()
            if not mark.startswith("=")
            or (2 * having[mark] >= len(group) and not self._is_one_word(mark, having))
        ]
        found.sort(key=lambda item: (not item[1], -item[0], self._behind(item[2], group), item[2]))
        return [(score, word) for score, _, word in found]

    def is_matter(self, mark: str, group: Sequence[int]) -> bool:
        """Whether a word tells some tasks from others: most have it not, or these have no other."""
        things = frozenset[str]().union(*(self.things[place] for place in group))
        return 2 * self.spread[mark] <= len(self.words) or things <= {mark, f"={mark}"}

    def has_matter(self, group: Sequence[int]) -> bool:
        """Whether some word is that of most of a group, and not more often that of others, or is all they have."""
        having = Counter(mark for place in group for mark in self.words[place])
        return len(group) == 1 or any(
            self._is_of_most(mark, count, len(group))
            and (count >= self.spread[mark] * RARE or self.is_matter(mark, group))
            for mark, count in having.items()
        )

    def _is_of_most(self, mark: str, having: int, count: int) -> bool:
        """Whether so many of a group have a word that it is theirs; what is done must be that of nearly all."""
        if mark not in self.said:
            return False
        share = having / count
        return share >= MOST if no_thing(self._word(mark)) else share > HALF

    def _is_one_word(self, kind: str, having: Counter[str]) -> bool:
        """Whether most of a domain's tasks have one word for it, which is a thing and not only shortened."""
        best = max(self.standing_for[kind], key=lambda mark: (having[mark], mark))
        word = self._word(best)
        other = word != kind[1:] and not no_thing(word) and not kind.endswith(word)
        return other and having[best] >= ONE_WORD * having[kind]

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
        ranked = [word for _, word in self.ranked(self._telling(group))]
        return self.give(ranked, [self._spelled_out(word, group) for word in ranked])

    def _telling(self, group: Sequence[int]) -> list[int]:
        """The tasks that name a group: all if most have one word, else those that start the others."""
        having = Counter(mark for place in group for mark in self.words[place])
        if any(self._is_of_most(mark, count, len(group)) for mark, count in having.items()):
            return list(group)
        inside = set(group)
        started = {other for place in group for other in self.told.starts[place] if other in inside}
        found = [p for p in group if p not in started and inside & set(self.told.starts[p])]
        return found or list(group)

    def give(self, words: Sequence[str], longer: Sequence[str] = ()) -> str:
        """The first of some words that is free, rather its longer form; else the first with a number."""
        for word, name in zip(words, longer or words, strict=True):
            for found in (name, word):
                if _key(found) not in self.taken and not self._is_shortened(found):
                    return self._given(self._as_written(found), word)
        if not words:
            return ""
        # No other word parts a matter that is too large for one file.
        numbered = (f"{words[0]}_{number}" for number in count(2))
        return self._given(next(name for name in numbered if name not in self.taken), words[0])

    def _as_written(self, name: str) -> str:
        """A name in the form that the file writes."""
        head, line, word = name.rpartition("_")
        return head + line + self.told.spelling.form(word)

    def _is_shortened(self, name: str) -> bool:
        """Whether a word is one that is taken, cut off behind its first letters, or that cut off."""
        return any(
            min(len(name), len(other)) >= SHORTENED
            and "_" not in name + other
            and (name.startswith(other) or other.startswith(name))
            for other in sorted(self.taken)
        )

    def _given(self, name: str, word: str) -> str:
        self.taken.add(_key(name))
        self.by[name] = word
        return name

    def _spelled_out(self, word: str, group: Sequence[int]) -> str:
        """A word with those before it, where several names have them all and none has it without."""
        words = [word]
        while len(words) < LONGEST and (before := self._always_before(words, group)):
            words.insert(0, before)
        return "_".join(words)

    def _always_before(self, words: Sequence[str], group: Sequence[int]) -> str:
        """The word that stands before some others in each name that has these, if it tells something."""
        before = set[str]()
        several = 0
        for place in group:
            spelled = [found for found, _ in self.spelled[place]]
            if words[0] in spelled:
                at = spelled.index(words[0])
                several += 1
                begins = self.told.begins(self.told.tasks[place][0])
                verb = at == 1 and spelled[0] == begins and self.spelled[place][1][1]
                before.add(spelled[at - 1] if at and not verb else "")
        only = before.pop() if len(before) == 1 and several > 1 else ""
        empty = self._names_nothing(only) or no_thing(only) or only in self.own or only in words
        return "" if empty else only


def _key(name: str) -> str:
    return "_".join(map(singular, name.split("_")))


def no_thing(word: str) -> bool:
    """Whether a word says how a thing is, or what is done with it, and not which thing."""
    return word in ACTS or is_state(word)
