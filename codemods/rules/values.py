"""What a rule is, what it looks at, and what it finds."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from codemods.inventory.link import Inventory


class Finding(Struct, frozen=True, order=True):
    """One place that breaks a rule; `subject` names it whatever line it moves to, as its task does."""

    path: str
    line: int
    code: str
    message: str
    subject: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same while the lines around it change."""
        return self.code, self.path, self.subject


class Ground(Struct, frozen=True):
    """What rules look at: the declarations as they are, and a file's bytes as they were committed."""

    inventory: Inventory
    before: Callable[[str], bytes | None]


Find = Callable[[Ground], Iterator[tuple[str, int, str, str]]]
"""Paths, lines, messages and subjects of what breaks a rule."""


class Rule(Struct, frozen=True):
    """One rule. `code` stays for ever; `name` is its word in the table of notes, which says what it means.

    One that is not `on` is asked for by name. `step` is the step of a migration that mends it, `bad` and
    `good` are the same lines before and after. Findings that stand `until_committed` go with the next
    commit.
    """

    code: str
    name: str
    find: Find
    bad: str
    good: str
    on: bool = True
    step: str = ""
    until_committed: bool = False
