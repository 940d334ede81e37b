"""A god file taken apart: which task read which helper there, and where each stands now."""

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct


class Went(Struct, frozen=True):
    """A task or helper of the file: the paths where it is defined now, and who it has to do with.

    Of a task `others` are the helpers that it read in the god file, of a helper the tasks that read it.
    """

    name: str
    to: tuple[str, ...]
    others: tuple[str, ...]


class GodMap(Struct, frozen=True):
    """One god file as it was when the migration began, and what became of it."""

    path: str
    lines: int
    tasks: tuple[Went, ...]
    helpers: tuple[Went, ...]

    @property
    def homes(self) -> dict[str, tuple[int, int]]:
        """How many of its tasks and helpers each file has now, itself first and then the fullest."""
        tasks = Counter(path for item in self.tasks for path in item.to)
        helpers = Counter(path for item in self.helpers for path in item.to)
        found = sorted({*tasks, *helpers}, key=lambda path: (path != self.path, -tasks[path], path))
        return {path: (tasks[path], helpers[path]) for path in found}

    @property
    def is_apart(self) -> bool:
        """Whether anything of it stands in another file."""
        return any(path != self.path for path in self.homes)


def went(
    path: str,
    lines: int,
    reads: Mapping[str, Iterable[str]],
    defined: Mapping[str, Iterable[str]],
    helpers: Iterable[str],
) -> GodMap:
    """The map of a file from what each of its tasks read, and where names are defined now."""
    known = dict.fromkeys(helpers)
    used = {task: tuple(name for name in known if name in set(of)) for task, of in reads.items()}
    readers = {name: tuple(task for task, of in used.items() if name in of) for name in known}
    return GodMap(
        path,
        lines,
        tuple(Went(task, tuple(defined.get(task, ())), of) for task, of in used.items()),
        tuple(Went(name, tuple(defined.get(name, ())), of) for name, of in readers.items()),
    )
