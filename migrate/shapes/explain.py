"""What `migrate explain` says."""

from msgspec import Struct, field

from migrate.shapes import FORMAT


class ClusterOut(Struct, frozen=True):
    """What `split` takes from a file to another: tasks, each with the reason, and helpers.

    `starts` pairs its tasks with those that they start or call, wherever those go; `shares` has what
    several tasks of the old file read, each with those that are here.
    """

    path: str
    to: str
    tasks: tuple[tuple[str, str], ...]
    helpers: tuple[str, ...]
    starts: tuple[tuple[str, str], ...] = ()
    shares: tuple[tuple[str, tuple[str, ...]], ...] = ()


class ExplainOut(Struct, frozen=True):
    """`migrate explain --json`; clusters are those of `split` in this project.

    `kind` is `step`, `note`, `rule`, `decision`, `reading` or, of all there is, `list`. `do` is what a person can do about a note, and `asks`
    whether it waits for that.
    """

    name: str
    text: str
    kind: str
    do: str = ""
    asks: bool = False
    clusters: list[ClusterOut] = field(default_factory=list)
    format: int = FORMAT
