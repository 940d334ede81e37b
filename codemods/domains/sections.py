"""The section banner that each task stands under, as far as the banner reaches."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from codemods.domains.words import ACTS, COMMON, EMPTY, words_in
from codemods.units.units import Banner, Module, Unit

LONG_BANNER, MANY_WORDS = 5, 6
"""The lines from which on comments are no banner but a text, and the words that one has at most."""


class Sections:
    """The banners of a file's tasks, which are given in the file's order with the words of their names."""

    def __init__(self, module: Module, tasks: Sequence[tuple[Unit, Sequence[str]]]) -> None:
        self.module = module
        self.of: dict[int, list[str]] = {unit.index: self._above(unit) for unit, _ in tasks}
        """By the index of its unit, the words of the banner that each task stands under."""
        for banner, group in self._under(tasks):
            for unit in _out_of_reach(self.of[group[0][0].index], group) if banner else ():
                self.of[unit.index] = []

    def _banner(self, unit: Unit) -> Banner | None:
        """The last short banner above a unit."""
        heads = [banner for banner in self.module.banners if banner.heads <= unit.index]
        short = [banner for banner in heads if banner.last - banner.first < LONG_BANNER]
        return short[-1] if short else None

    def _above(self, unit: Unit) -> list[str]:
        banner = self._banner(unit)
        words = words_in(self.module.lines(banner.first, banner.last)) if banner else []
        told = len(words) <= MANY_WORDS and not set(words) <= EMPTY
        return words if told else []

    def _under(
        self, tasks: Sequence[tuple[Unit, Sequence[str]]]
    ) -> Iterator[tuple[Banner | None, list[tuple[Unit, Sequence[str]]]]]:
        """The banners, each with the tasks that stand between it and the next."""
        found: dict[int, list[tuple[Unit, Sequence[str]]]] = {}
        banners: dict[int, Banner | None] = {}
        for unit, words in sorted(tasks, key=lambda item: item[0].index):
            banner = self._banner(unit)
            place = banner.first if banner else 0
            banners[place] = banner
            found.setdefault(place, []).append((unit, words))
        for place, group in found.items():
            yield banners[place], group


def _out_of_reach(banner: Sequence[str], group: list[tuple[Unit, Sequence[str]]]) -> list[Unit]:
    """The tasks behind the last one that names what the banner says, if they have a matter of their own.

    Whoever adds tasks at the end of a file seldom gives them a banner; the last one is not about them.
    """
    said = _telling(banner)
    naming = [n for n, (_, words) in enumerate(group) if said & _telling(words)]
    if not naming:
        return []
    before = {word for _, words in group[: naming[-1] + 1] for word in _telling(words)}
    behind = group[naming[-1] + 1 :]
    own = [_telling(words) - before for _, words in behind]
    hang_together = len(own) > 1 and all(one & other for one, other in pairwise(own))
    return [unit for unit, _ in behind] if hang_together else []


def _telling(words: Sequence[str]) -> set[str]:
    return set(words) - COMMON - ACTS - EMPTY
