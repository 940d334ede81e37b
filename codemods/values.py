"""The values that steps take and give: notes, changes, and what a rewrite returns."""

from typing import ClassVar, Self

from msgspec import Struct


class Note(Struct, frozen=True, order=True):
    """Something seen in the user's code that a person has to know or decide.

    `line` is 1-based; 0 means the whole file. Notes of one `cause` are shown together; where
    it is empty, their message is their cause.
    """

    path: str
    line: int
    code: str
    message: str
    cause: str = ""


class Change(Struct, frozen=True):
    """One file before and after; `None` where the file does not exist. A new one may be executable."""

    path: str
    before: bytes | None
    after: bytes | None
    executable: bool = False


class Edit(Struct, frozen=True):
    """A declared difference inside a file: what a proof may see changed, and why.

    `loses_remarks` tells whether a remark on the line may go with what is changed. Where `old` is
    told, nothing but that text may go from the statement, and nothing but `new` may come. Line 0 lets
    statements come, where `new` is told nothing but that.
    """

    path: str
    line: int
    what: str
    loses_remarks: bool = True
    old: str = ""
    new: str = ""


class Dropped(Struct, frozen=True):
    """Lines of a file that a decision takes out: a copy of code that stands elsewhere.

    `loses_remarks` tells whether remarks on them may go too.
    """

    path: str
    first: int
    last: int
    loses_remarks: bool = True


class Rewrite(Struct, frozen=True):
    """What a step did: the changed files, the edits inside them, and its notes."""

    changes: tuple[Change, ...] = ()
    edits: tuple[Edit, ...] = ()
    notes: tuple[Note, ...] = ()
    undone: frozenset[str] = frozenset()
    """Ids of decisions that a note says could not be carried out."""
    dropped: tuple[Dropped, ...] = ()


class Question(Struct, frozen=True):
    """What a decision asks a person: about what, why it is open, and what is suggested."""

    name: str
    kind: str
    suggestion: str
    diff: str = ""
    place: str = ""
    """The file that keeps what is asked about, once that is accepted."""


class Decision(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that a step does and why, in terms that a person can edit.

    `id` is stable across runs.
    """

    id: str
    because: str

    @property
    def asks(self) -> Question | None:
        """What it asks a person, answered or not; `None` where it asks nothing."""
        return None

    @property
    def said(self) -> tuple[str, str]:
        """What is done and to what, as a commit tells it: decisions with the same words are told together.

        Words with a colon come first, a reason behind what alone it is for.
        """
        return self.because, self.id.partition(":")[2]

    @property
    def wrong(self) -> tuple[str, str]:
        """The field with a value that no code could make right, and what it should be; empty texts where there is none."""
        return "", ""

    @property
    def waits(self) -> bool:
        """Whether nothing is done before a person says so."""
        return False

    def taken(self) -> Self:
        """The decision with its suggestion accepted."""
        return self


class Answered(Decision, frozen=True, forbid_unknown_fields=True):
    """A decision that only a person takes, by one of several answers; `--accept` takes none.

    An answer that it does not take leaves it open; where `takes` is empty, it takes any.
    """

    takes: ClassVar[frozenset[str]] = frozenset()
    answer: str = ""

    @property
    def said(self) -> tuple[str, str]:
        """The answer, with what speaks for it."""
        return f"{self.answer or 'open'} ({self.because})", self.id.partition(":")[2]

    @property
    def waits(self) -> bool:
        """Whether it has none of the answers that it takes yet."""
        return self.answer not in self.takes if self.takes else not self.answer


class Offered(Answered, frozen=True, forbid_unknown_fields=True):
    """One that nobody has to take: how things are is an answer too."""

    @property
    def asks(self) -> Question | None:
        """Nothing."""
        return None

    @property
    def waits(self) -> bool:
        """Never."""
        return False


class Decisions(Struct, frozen=True):
    """What a step would do, and its notes on what it leaves alone."""

    decisions: tuple[Decision, ...] = ()
    notes: tuple[Note, ...] = ()
