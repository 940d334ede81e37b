"""Tasks that no domain of the user's and no file claims, in groups large enough for a file each."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cached_property
from math import isqrt

from msgspec import Struct

from codemods.domains.clusters import grouped, mean_between
from codemods.domains.joining import FEW_TASKS, THIRD, WITH_HELPERS, Joining, fits
from codemods.domains.marks import Told, stem
from codemods.domains.naming import Names
from codemods.domains.words import COMMON, WEAK_OF
from codemods.inventory.gathered import GOD_FILE_TASKS
from codemods.inventory.graph import cycles

FOUND = 1.0
"""What it counts that a task was put beside others."""
LEAST = 0.3
"""How alike tasks are on average that stand in one file (docs/god-files.md)."""
STAYING_LINES = 300
"""Lines of tasks that may stay behind in the old file."""
GENERAL = "general"
STAYS = ""
"""The domain of tasks that stay where they are."""


class Choice(Struct, frozen=True):
    """The domain of one task, and what spoke for it."""

    domain: str
    score: float
    because: str


class Groups:
    """Tasks of one file, grouped by what they have in common; `moving` are the units of all that may leave it."""

    def __init__(
        self, told: Told, own: Set[str], taken: Iterable[str], moving: frozenset[int]
    ) -> None:
        self.told = told
        self.moving = moving
        self.names = Names(told, own, {*taken, GENERAL})
        self.joining = Joining(told, self.names)
        bare = [unit.last - unit.first + 1 + unit.lead for _, unit in told.tasks]
        calls = {str(n): frozenset(map(str, others)) for n, others in enumerate(told.starts)}
        # Tasks that call each other in a circle can't stand in two files.
        rings = [list(map(int, ring)) for ring in cycles(calls)]
        alike = told.likeness if told.tasks else []
        self.bound = {place for ring in rings for place in ring}
        """Tasks that call each other in a circle."""
        # What they have in common comes first; helpers only part what would be too large with them.
        made = grouped(alike, LEAST, bare, fits, rings)
        self.first = [part for group in made for part in self._parted(group, self.bound)]

    def _parted(self, group: list[int], bound: Set[int]) -> Iterator[list[int]]:
        """A group that fits with its helpers, and the tasks that it can't hold, least like the others, alone."""
        kept = list(group)
        while self.joining.lines(kept) > WITH_HELPERS:
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

    @cached_property
    def choices(self) -> dict[str, Choice]:
        """Each task's domain by its qualname; `STAYS` for those that stay."""
        groups = [part for group in self.first for part in self._with_matter(group)]
        parts = [part for group in groups for part in self._without_strangers(group, groups)]
        found = self._by_verb(self.joining.joined(parts))
        small = [group for group in found if self.joining.is_small(group)]
        named: dict[str, list[int]] = {}
        for group in self.joining.gathered([group for group in found if group not in small]):
            named.setdefault(self.names.name(group) or GENERAL, []).extend(group)
        left = self._one_by_one(self._by_word(small, named), named)
        left = self._by_work(left, named)
        for group in self._too_many(left, named):
            left.remove(group)
        if left:
            named[STAYS] = [place for group in left for place in group]
        self._to_their_word(named)
        return {
            self.told.tasks[place][0].qualname: Choice(name, FOUND, self.because(place, group))
            for name, group in named.items()
            for place in group
        }

    def _with_matter(self, group: list[int]) -> Iterator[list[int]]:
        """A group that some word names, or whose tasks start each other; else its tasks, each alone."""
        tied = any(place in self.told.starts[other] for place in group for other in group)
        if tied or self.names.has_matter(group):
            yield list(group)
        else:
            yield from ([place] for place in group)

    def _without_strangers(
        self, group: list[int], groups: Sequence[list[int]]
    ) -> Iterator[list[int]]:
        """A group, and apart from it those without its word whom others are as like as its own.

        What such a one shares with the group are words that tasks of other groups have too, or few of its own.
        """
        named = next((stem(word) for _, word in self.names.ranked(group)), "")
        bound = {place for place in group if self._is_tied(place, group)}
        theirs = [place for place in group if named in self.names.words[place]]
        elsewhere = {
            mark
            for other in groups
            if other is not group
            for place in other
            for mark in self.names.things[place]
        }
        own = Counter(mark for place in theirs for mark in self.names.things[place])
        said = {mark for place in theirs for mark in self.names.words[place]}
        common = {mark for mark, count in own.items() if count * THIRD > len(theirs)} - elsewhere
        strangers = [
            place
            for place in group
            if place not in theirs and place not in bound
            if said & self.names.words[place].keys() and not common & self.names.things[place]
        ]
        if 2 * len(theirs) <= len(group) or not strangers:
            yield group
            return
        yield [place for place in group if place not in strangers]
        yield strangers

    def _is_tied(self, place: int, group: Sequence[int]) -> bool:
        """Whether a task starts one of a group, is started by one, or stands under their banner."""
        told = self.told
        banner = told.banner_words(told.tasks[place][1])
        others = [other for other in group if other != place]
        return any(
            other in told.starts[place]
            or place in told.starts[other]
            or (banner and banner == told.banner_words(told.tasks[other][1]))
            for other in others
        )

    def _by_verb(self, groups: list[list[int]]) -> list[list[int]]:
        """The groups, lone tasks made one where many begin with the same word and it is no common one."""
        told = self.told
        verbs: dict[str, list[list[int]]] = {}
        for group in groups:
            if len(group) == 1 and self.joining.is_small(group):
                verbs.setdefault(told.begins(told.tasks[group[0]][0]), []).append(group)
        for verb, alone in sorted(verbs.items()):
            together = [place for group in alone for place in group]
            if len(alone) > FEW_TASKS and verb not in COMMON and self.joining.room(together, ()):
                groups = [*(group for group in groups if group not in alone), together]
        return groups

    def _by_word(self, small: list[list[int]], named: dict[str, list[int]]) -> list[list[int]]:
        """Puts small groups to one that is named by a thing of theirs, or that several make; gives the others.

        A matter that is too large for one file goes on in another.
        """
        names, left = self.names, list[list[int]]()
        common = [frozenset.intersection(*(names.things[p] for p in group)) for group in small]
        shared = Counter(
            mark for group, own in zip(small, common, strict=True) for mark in own for _ in group
        )
        known = {stem(names.by[name]) for name in named if name in names.by}
        for group, own in zip(small, common, strict=True):
            enough = {m for m in own if shared[m] >= FEW_TASKS and names.is_matter(m, group)}
            words = [
                word for _, word in names.ranked(group) if stem(word) in own & (known | enough)
            ]
            if not words:
                left.append(group)
                continue
            homes = [name for name in named if names.by.get(name) == words[0]]
            room = [name for name in homes if self.joining.room(named[name], group)]
            home = room[0] if room else names.give(words[:1])
            named.setdefault(home, []).extend(group)
            known.add(stem(words[0]))
        return left

    def _to_their_word(self, named: dict[str, list[int]]) -> None:
        """Puts a task that lacks its group's word to the one group that is named by a thing of its own."""
        for name, group in named.items():
            word = stem(self.names.by.get(name, ""))
            for place in list(group) if word else ():
                if word in self.names.words[place] or place in self.bound or len(group) < 2:
                    continue
                home = self._named_by_a_thing_of(place, named)
                if home:
                    group.remove(place)
                    named[home].append(place)

    def _one_by_one(self, groups: list[list[int]], named: dict[str, list[int]]) -> list[list[int]]:
        """Puts tasks of groups too small for a file to one that is named by a thing of theirs; gives the rest."""
        left = list[list[int]]()
        for group in groups:
            rest = list[int]()
            for place in group:
                free = len(group) > 1 and not self._is_tied(place, group)
                home = self._named_by_a_thing_of(place, named) if free else ""
                (named[home] if home else rest).append(place)
            left += [rest] if rest else []
        return left

    def _named_by_a_thing_of(self, place: int, named: dict[str, list[int]]) -> str:
        """The one group with room that is named by a thing of a task's; `""` for none or several."""
        homes = [
            name
            for name, group in named.items()
            if stem(self.names.by.get(name, "")) in self.names.things[place]
            and self.joining.room(group, [place])
        ]
        return homes[0] if len(homes) == 1 else ""

    def _by_work(self, groups: list[list[int]], named: dict[str, list[int]]) -> list[list[int]]:
        """Puts groups together that do the same work, where that makes a file; gives the others."""
        by_work: dict[str, list[list[int]]] = {}
        for group in groups:
            words = [
                w for place in group for w, _ in self.told.name_words(self.told.tasks[place][0])
            ]
            works = [work for word in words for work in WEAK_OF.get(word, ())]
            by_work.setdefault(works[0] if works else "", []).append(group)
        left = by_work.pop("", [])
        for work, those in sorted(by_work.items()):
            if sum(map(len, those)) >= FEW_TASKS:
                named.setdefault(work, []).extend(place for group in those for place in group)
            else:
                left += those
        return sorted(left)

    def _too_many(
        self, groups: list[list[int]], named: dict[str, list[int]]
    ) -> Iterator[list[int]]:
        """Gives a file to the small groups that can't stay: few tasks do, and none that others need.

        About as many files as the root of the number of tasks are easy to find one's way in.
        """
        rest = sorted(
            groups,
            key=lambda group: (len(group) == 1, not self._tells(group), -self.joining.lines(group)),
        )
        for group in list(rest):
            if len(named) < isqrt(len(self.told.tasks)) and len(group) > 1 and self._tells(group):
                rest.remove(group)
                named[self.names.name(group)] = group
                yield group
        while rest:
            staying = [place for group in rest for place in group]
            needed = [group for group in rest if self._needed(group, staying)]
            if not needed and len(staying) < GOD_FILE_TASKS:
                if self.joining.lines(staying) <= STAYING_LINES:
                    break
            gone = needed[0] if needed else rest[0]
            rest.remove(gone)
            starters = {starter for place in gone for starter in self.told.starters[place]}
            homes = [name for name, group in named.items() if starters & set(group)]
            room = [name for name in homes if self.joining.room(named[name], gone)]
            home = room[0] if room else self.names.name(gone) or GENERAL
            named.setdefault(home, []).extend(gone)
            yield gone

    def _needed(self, group: Iterable[int], staying: Sequence[int]) -> bool:
        """Whether a task that goes needs one of a group, which would keep it here."""
        here = {self.told.tasks[place][1].index for place in staying}
        needing = self.told.needing(*(self.told.tasks[place][1] for place in group))
        return bool(needing & self.moving - here)

    def _tells(self, group: Sequence[int]) -> bool:
        """Whether all of a group have a thing in their names, which it can be named by."""
        return bool(frozenset.intersection(*(self.names.things[place] for place in group)))

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
