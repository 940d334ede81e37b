"""What is asked of a move: which units are to leave their files, which stay, and which go for good."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Self

from codemods.units.units import Key, Module

PLACED = frozenset({"function", "class", "value", "handler"})
"""Kinds of units that have one home. Imports, loggers and choices are copied to each reader."""


@dataclass(slots=True)
class Wish:
    """What is to move out of one file.

    `wanted` are units with their new homes; `fixed` units that must stay and why; `future` the
    homes that some of those will have; `elsewhere` names that another file defines as well, by its path.
    `state` are names that code elsewhere assigns. `keeps_reading` is true where the code that stays
    is used in its own right: helpers that it reads must not move to one task's file.
    """

    module: Module
    shared: str
    wanted: dict[int, str] = field(default_factory=dict)
    fixed: dict[int, str] = field(default_factory=dict)
    future: dict[int, str] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)
    state: frozenset[str] = frozenset()
    subclassed: frozenset[str] = frozenset()
    """Classes of which code elsewhere asks for the subclasses."""
    keeps_reading: bool = False
    circular: set[int] = field(default_factory=set)
    """Import units that lead back to the file itself, as it stands."""
    apart: set[int] = field(default_factory=set)
    """Helpers whose names are taken elsewhere, so that they go to the shared file."""
    along: set[int] = field(default_factory=set)
    """Effects on other modules that go to the shared file if anything goes, so that each new file can have them."""

    naming: dict[int, set[int]] = field(default_factory=dict)
    """By task the helpers that give it their module for its registered name, so that they stay if it does."""

    def copy(self) -> Self:
        """A wish of its own that may be changed."""
        return replace(
            self,
            wanted=dict(self.wanted),
            fixed=dict(self.fixed),
            elsewhere=dict(self.elsewhere),
            apart=set(self.apart),
            along=set(self.along),
        )


@dataclass(frozen=True, slots=True)
class Drop:
    """A unit that goes because its name has its home elsewhere: a copy that lost, or a twin."""

    key: Key
    home: str


class Pin(NamedTuple):
    """A registered name that is written into a task's decorator, the one of this index, as it moves."""

    decorator: int
    name: str


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """All that one run asks for.

    `seats` are units that take the place of one in the target: the moved one to the one that goes.
    `kept` has for each copy that goes the unit whose text stays. `parts_long_files` lets helpers of
    new files that would be too long go to the shared file.
    """

    wishes: tuple[Wish, ...] = ()
    drops: tuple[Drop, ...] = ()
    seats: Mapping[Key, Key] = field(default_factory=dict)
    kept: Mapping[Key, Key] = field(default_factory=dict)
    pins: Mapping[Key, Pin] = field(default_factory=dict)
    parts_long_files: bool = False
