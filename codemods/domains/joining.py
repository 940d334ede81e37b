"""Small groups of tasks, put to those that they have a matter in common with as far as there is room."""

from collections import Counter
from collections.abc import Iterable, Sequence

from codemods.domains.clusters import mean_between
from codemods.domains.marks import Told, stem
from codemods.domains.naming import Names
from codemods.domains.words import COMMON
from codemods.inventory.gathered import GOD_FILE_LINES, GOD_FILE_TASKS

NEAR = 0.1
"""How alike a group that is too small for a file must at least be to the one that it joins by a word."""
THIRD = 3
"""The part of a group, one of so many, that must have the word by which a small one joins."""
FEW_TASKS, FEW_LINES = 3, 150
"""Below so many tasks and lines a group is too small for a file, if no banner is its own."""
MOST_LINES = 1000
"""Lines of tasks that a new file may have at most."""
WITH_HELPERS = 1200
"""The same with the helpers that they alone read, some of which may go to the shared file."""


class Joining:
    """What groups of one file's tasks have in common, and whether they fit into one file."""

    def __init__(self, told: Told, names: Names) -> None:
        self.told = told
        self.names = names

    def lines(self, group: Iterable[int]) -> int:
        """The lines of some tasks with the helpers that they alone read."""
        return self.told.lines(*(self.told.tasks[place][1] for place in group))

    def is_small(self, group: list[int]) -> bool:
        """Whether tasks are too few for a file, and no banner is theirs."""
        few = len(group) < FEW_TASKS and self.lines(group) < FEW_LINES
        return few and not self._has_banner(group)

    def _has_banner(self, group: list[int]) -> bool:
        """Whether a group is all that stands under a banner; of a lone task's its name must have a word."""
        told = self.told
        banners = [told.banner_words(unit) for _, unit in told.tasks]
        own = banners[group[0]]
        under = [place for place, banner in enumerate(banners) if banner == own]
        words = {word for place in group for word, _ in told.name_words(told.tasks[place][0])}
        return (
            bool(own)
            and under == sorted(group)
            and (len(group) > 1 or bool(words & set(own) - COMMON))
        )

    def joined(self, groups: list[list[int]]) -> list[list[int]]:
        """The groups, the small ones put to the nearest that they have a matter in common with.

        What they read alike is not enough. The smallest go first, rather to those that are a file already.
        """
        for group in sorted(groups, key=lambda group: (len(group), group)):
            if group not in groups or not self.is_small(group):
                continue
            near = [
                (not self.is_small(other), self._mean(group, other), -number)
                for number, other in enumerate(groups)
                if other is not group and self._belongs(group, other) and self.room(other, group)
            ]
            _, value, number = max(near, default=(False, 0.0, 0))
            if value >= NEAR:
                groups[-number] += group
                groups.remove(group)
        return [sorted(group) for group in groups]

    def _mean(self, group: Sequence[int], other: Sequence[int]) -> float:
        return mean_between(self.told.likeness, group, other)

    def _belongs(self, group: Sequence[int], other: Sequence[int]) -> bool:
        """Whether each task of a group starts one of another, is started by it, or shares a word or the banner."""
        told = self.told
        having = Counter(mark for place in other for mark in self.names.things[place])
        most = len(told.tasks) / 2
        common = {
            mark
            for mark, count in having.items()
            if count * THIRD > len(other) >= FEW_TASKS or count == len(other)
            if self.names.spread[mark] <= most
        }
        banners = [told.banner_words(told.tasks[place][1]) for place in other]
        return all(
            common & self.names.things[place]
            or self._is_step(place, group, other)
            or (told.banner_words(told.tasks[place][1]) or None) in banners
            for place in group
        )

    def _is_step(self, place: int, group: Sequence[int], other: Sequence[int]) -> bool:
        """Whether a task is started by a group alone, or alone starts one of it."""
        starters = self.told.starters
        mine = [started for started in self.told.starts[place] if started in other]
        by_them = bool(starters[place]) and starters[place] <= {*other, *group}
        return by_them or any(starters[started] <= set(group) for started in mine)

    def gathered(self, groups: list[list[int]]) -> list[list[int]]:
        """The groups, those all of whose names have the word that names another put to that, the smallest first."""
        few = [
            group for group in groups if len(group) <= FEW_TASKS and self.lines(group) < FEW_LINES
        ]
        for group in sorted(few, key=lambda group: (len(group), group)):
            for other in groups:
                word = next((word for _, word in self.names.ranked(other)), "")
                if other is not group and self.room(other, group) and self.all_have(group, word):
                    groups = [item for item in groups if item is not group]
                    other += group
                    break
        return [sorted(group) for group in groups]

    def all_have(self, group: Sequence[int], word: str) -> bool:
        """Whether all names of a group have a word, in whatever form."""
        spelled = (self.names.spelled[place] for place in group)
        return all(stem(word) in {stem(own) for own, _ in words} for words in spelled)

    def room(self, group: Sequence[int], more: Sequence[int]) -> bool:
        """Whether a group has room for some more tasks."""
        both = (*group, *more)
        return fits(len(both), sum(self.lines([place]) for place in both))


def fits(tasks: int, lines: int) -> bool:
    """Whether a file of so many tasks and lines is no god file."""
    return lines <= MOST_LINES and (tasks < GOD_FILE_TASKS or lines < GOD_FILE_LINES)
