"""What `migrate drain` says."""

from msgspec import Struct

from migrate.shapes import FORMAT


class DrainPlace(Struct, frozen=True):
    """How often a name is in flight at a queue or a worker: `waiting`, `held`, `inside` or `running`."""

    place: str
    how: str
    count: int


class DrainedOut(Struct):
    """One name in flight: in queues, taken by workers, inside of other messages, running.

    `until` is the latest ETA among them; `still_sent` says who sends it, as far as the source and the
    rows of a schedule tell; `may_go` is true only where all of it is nothing, and nothing is unknown.
    """

    name: str
    waiting: int = 0
    held: int = 0
    inside: int = 0
    running: int = 0
    places: list[DrainPlace] = []
    until: str | None = None
    still_sent: list[str] = []
    may_go: bool = False


class DrainOut(Struct, frozen=True):
    """`migrate drain --json`; the same is kept in `.migrate/drain.json`.

    `names` are those that were asked about, `others` all other ones in flight. `before` is what the
    names were to go for: `drop-aliases`, `rollback`, or `names` where they were typed.
    """

    broker: str
    revision: str
    at: str
    before: str
    names: list[DrainedOut]
    others: list[DrainedOut]
    cant_know: list[str]
    messages: int
    looks: int
    workers: list[str]
    senders_stopped: bool = False
    format: int = FORMAT
