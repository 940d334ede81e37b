"""Which file keeps a task that several define: the guide's rule, as the user configured it."""

from codemods.domains.words import COMMON, words_in
from codemods.inventory.duplicates import Duplicate
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.settings import matches

Rank = tuple[int, int, int, int, int, int, str]


def place_of(inventory: Inventory, group: Duplicate) -> Task:
    """The copy in whose place the task stays."""
    return min(group.copies, key=lambda copy: rank(inventory, copy))


def rank(inventory: Inventory, copy: Task) -> Rank:
    """How well a copy's file suits: configured, no loser by name, loaded, no god file, near, used."""
    settings = inventory.settings.dedupe
    wins = any(matches(copy.path, pattern) for pattern in settings.winners)
    loses = any(matches(copy.path, pattern) for pattern in settings.losers)
    return (
        not wins,
        loses,
        _loading(inventory, copy.path),
        copy.path in inventory.god_files,
        -_nearness(copy),
        -_importers(inventory, copy),
        copy.path,
    )


def is_loaded(inventory: Inventory, path: str) -> bool:
    """Whether a worker may load a file; true where the project's app is unknown."""
    return not inventory.app_names or inventory.project.module_of[path] in inventory.maybe_loaded


def _loading(inventory: Inventory, path: str) -> int:
    """0 for a file that every worker loads, 1 for one that it may load, 2 for another."""
    if not inventory.app_names or inventory.project.module_of[path] in inventory.loaded_by_worker:
        return 0
    return 1 if is_loaded(inventory, path) else 2


def why(inventory: Inventory, place: Task, others: list[Task]) -> str:
    """The reason for a place, in a person's words."""
    settings = inventory.settings.dedupe
    if any(matches(place.path, pattern) for pattern in settings.winners):
        return f"{place.path} is a winner in [tool.migrate]"
    reasons = []
    for other in others:
        if any(matches(other.path, pattern) for pattern in settings.losers):
            reasons.append(f"{other.path} is named like a leftover")
        elif not is_loaded(inventory, other.path) and is_loaded(inventory, place.path):
            reasons.append(f"no worker loads {other.path}")
        elif other.path in inventory.god_files and place.path not in inventory.god_files:
            reasons.append(f"{other.path} is the god file")
        else:
            reasons.append(f"{place.path} is nearer to it than {other.path}")
    return "; ".join(dict.fromkeys(reasons))


def _nearness(copy: Task) -> int:
    """How many words of the task the file's path has."""
    words = set(words_in(copy.qualname)) | set(words_in(copy.name or ""))
    *folders, name = copy.path.removesuffix(".py").split("/")
    near = set(words_in(name)) | {word for folder in folders[-1:] for word in words_in(folder)}
    return len((words - COMMON) & near)


def _importers(inventory: Inventory, copy: Task) -> int:
    return inventory.imported_names[inventory.project.module_of[copy.path], copy.qualname]
