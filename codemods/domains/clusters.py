"""Things parted into groups by what they have in common: average linkage over how alike they are."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

Marks = Mapping[str, float]
"""What is told of one thing in one respect: each mark with its weight."""

Likeness = list[list[float]]
"""How alike any two things are; the more, the likelier they belong together."""

Fits = Callable[[int, int], bool]
"""Whether so many things, and lines, are not too much for one group."""


def unlike(count: int) -> Likeness:
    """So many things that have nothing in common yet."""
    return [[0.0] * count for _ in range(count)]


def add_likeness(alike: Likeness, weight: float, marks: Sequence[Marks]) -> None:
    """Adds the cosine of each pair's marks, 0 to 1, times a weight; the rarer a mark, the more it says (tf-idf)."""
    found = _vectors(marks)
    holders: dict[str, list[int]] = {}
    for place, vector in enumerate(found):
        for mark in vector:
            holders.setdefault(mark, []).append(place)
    for mark, places in sorted(holders.items()):
        for here, one in enumerate(places):
            row, own = alike[one], weight * found[one][mark]
            for other in places[here + 1 :]:
                product = own * found[other][mark]
                row[other] += product
                alike[other][one] += product


SAYS_ENOUGH = 0.5
"""The part of the rarest mark's weight that a thing's marks need so as to count in full."""


def _vectors(marks: Sequence[Marks]) -> list[dict[str, float]]:
    """The marks of each thing as a vector of length 1, without what one alone has or all have.

    One that has something of its own, and of others only what most have, or what says little, is shorter.
    """
    spread = Counter(mark for own in marks for mark in own)
    count = len(marks)
    enough = SAYS_ENOUGH * math.log(count / 2) if count > 2 else 0.0
    found = []
    for own in marks:
        raw = {
            mark: weight * math.log(count / spread[mark])
            for mark, weight in own.items()
            if 1 < spread[mark] < count
        }
        length = math.sqrt(sum(value * value for value in raw.values()))
        if length and any(spread[mark] == 1 for mark in own):
            length *= math.sqrt(max(1.0, enough / length))
        found.append({mark: value / length for mark, value in raw.items()} if length else {})
    return found


def mean_between(alike: Likeness, ones: Sequence[int], others: Sequence[int]) -> float:
    """How alike the members of two groups are on average."""
    return sum(alike[one][other] for one in ones for other in others) / (len(ones) * len(others))


def grouped(
    alike: Likeness,
    least: float,
    lines: Sequence[int],
    fits: Fits,
    bound: Iterable[Sequence[int]] = (),
) -> list[list[int]]:
    """The groups in which things are on average at least so alike, and that fit, by their first member.

    Things that are `bound` are in one group, however unlike or many.
    """
    joining = _Joining(alike, lines, fits)
    for first, *others in map(sorted, bound):
        for other in others:
            joining.join(first, other)
    return joining.until(least)


class _Joining:
    """Groups that are joined two by two, the likest first."""

    def __init__(self, alike: Likeness, lines: Sequence[int], fits: Fits) -> None:
        self.groups = {place: [place] for place in range(len(alike))}
        self.lines = dict(enumerate(lines))
        self.mean = [list(row) for row in alike]
        self.fits = fits
        self.nearest: dict[int, tuple[float, int]] = {}

    def _nearest(self, one: int) -> tuple[float, int]:
        """How alike the likest group is that this one may be joined with, and which; -1 for none."""
        row, count, lines = self.mean[one], len(self.groups[one]), self.lines[one]
        best, likest = -1.0, -1
        for other, members in self.groups.items():
            if row[other] > best and other != one:
                if self.fits(count + len(members), lines + self.lines[other]):
                    best, likest = row[other], other
        return best, likest

    def until(self, least: float) -> list[list[int]]:
        """The groups once no two are so alike any more."""
        self.nearest = {place: self._nearest(place) for place in self.groups}
        while len(self.groups) > 1:
            one = max(self.groups, key=lambda place: (self.nearest[place][0], -place))
            value, other = self.nearest[one]
            if value < least:
                break
            keep, gone = min(one, other), max(one, other)
            self.join(keep, gone)
            del self.nearest[gone]
            for third in self.groups:
                # What was the likest may be too large by now.
                if third == keep or self.nearest[third][1] in {keep, gone}:
                    self.nearest[third] = self._nearest(third)
        return [sorted(group) for _, group in sorted(self.groups.items())]

    def join(self, keep: int, gone: int) -> None:
        """Makes two groups one."""
        own, its = len(self.groups[keep]), len(self.groups[gone])
        self.groups[keep] += self.groups.pop(gone)
        self.lines[keep] += self.lines.pop(gone)
        for third in self.groups:
            if third != keep:
                both = self.mean[keep][third] * own + self.mean[gone][third] * its
                self.mean[keep][third] = self.mean[third][keep] = both / (own + its)
