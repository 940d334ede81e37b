"""From a snapshot to its inventory: which files are read, and which once more for a wrapper's name."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from codemods.inventory.facts import LIMITS, facts_of, read_facts
from codemods.inventory.foreign.reading import Trees, by_headers
from codemods.inventory.link import Inventory
from codemods.inventory.scan import WORDS, is_relevant
from codemods.inventory.testing import is_test
from codemods.inventory.values import FileFacts, ParseError
from codemods.settings import Limits, Settings
from codemods.snapshot import Snapshot

Read = Callable[[Snapshot, Iterable[str], tuple[bytes, ...]], dict[str, FileFacts]]


def load(
    snapshot: Snapshot,
    settings: Settings,
    read: Read | None = None,
    trees: Trees | None = None,
    running: Mapping[str, str] | None = None,
) -> Inventory:
    """The inventory of a snapshot's Python files.

    `trees` has the files that another Python has read, `running` by duplicated name the file whose
    copy a worker runs, where one was asked.

    A project's own task decorator may have a name that the first reading does not look for: the
    files that mention it are then read again.
    """
    read = read or partial(read_plainly, limits=settings.limits)
    paths = readable(snapshot, settings)
    facts = read(snapshot, paths, WORDS)
    for path in sorted(set(python_files(snapshot, settings)) - set(paths)):
        shown = path.encode("utf-8", "backslashreplace").decode()
        facts[shown] = FileFacts(shown, ParseError(0, "its name is not UTF-8, so it is left alone"))
    inventory = Inventory(facts, settings, snapshot, trees, running)
    words = wrapper_words(inventory)
    if not words:
        return inventory
    again = [path for path, fact in facts.items() if not fact.full and fact.is_read]
    more = read(snapshot, again, tuple(sorted(words)))
    return (
        Inventory(facts | more, settings, snapshot, trees, running)
        if any(fact.full for fact in more.values())
        else inventory
    )


def python_files(snapshot: Snapshot, settings: Settings) -> list[str]:
    """The Python files that the user did not take out; hidden folders hold no modules."""
    return [
        path
        for path in snapshot.files
        if path.endswith(".py")
        and not settings.excluded(path)
        and not path.startswith(".")
        and "/." not in path
    ]


def readable(snapshot: Snapshot, settings: Settings) -> list[str]:
    """Those of them whose path is text."""
    return [path for path in python_files(snapshot, settings) if _is_text(path)]


def _is_text(path: str) -> bool:
    """Whether a path can be written as UTF-8."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def wrapper_words(inventory: Inventory) -> set[bytes]:
    """The names, in lower case, of the project's own task decorators that `WORDS` does not hold."""
    names = {
        wrapper.rpartition(".")[2]
        for task in inventory.tasks
        for wrapper in task.wrappers
        if inventory.apps.maker_of(wrapper, inventory.facts[task.path])
    }
    for path, facts in inventory.facts.items():
        module = inventory.project.module_of[path]
        names.update(
            maker.name
            for maker in facts.makers
            if not is_test(path) and inventory.apps.may_make(maker)
            if inventory.apps.maker_of(f"{module}.{maker.name}", facts)
        )
        names.update(
            item.name
            for item in facts.classes
            # One whose objects decorate: `@retrying(times=3)`.
            if "__call__" in item.methods and not item.nested and not is_test(path)
            if inventory.apps.maker_of(f"{module}.{item.name}", facts)
        )
        names.update(
            name
            for name, binding in facts.bindings.items()
            if binding.kind in {"import", "alias"}
            and (binding.target or "").endswith("task")
            and inventory.apps.maker_of(f"{module}.{name}", facts)
        )
    words = {name.lower().encode() for name in names if name.isidentifier()}
    return {word for word in words if not is_relevant(word)}


def read_plainly(
    snapshot: Snapshot, paths: Iterable[str], words: tuple[bytes, ...], limits: Limits = LIMITS
) -> dict[str, FileFacts]:
    """The facts of these files, with no cache, in one process, and by no other Python."""
    contents = snapshot.contents(paths)
    return {path: read_with_headers(path, data, words, limits) for path, data in contents.items()}


def read_with_headers(
    path: str, data: bytes, words: Iterable[bytes] = WORDS, limits: Limits = LIMITS
) -> FileFacts:
    """The facts of one file; of one that does not parse those that its headers tell."""
    facts = read_facts(path, data, words, limits)
    if facts.error is None or facts.error.beyond:
        return facts
    found = by_headers(data, facts.error)
    if found is None:
        return facts
    return facts_of(path, data, found.tree, found.error, words, limits)
