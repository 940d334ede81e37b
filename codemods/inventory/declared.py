"""The inventory of what files declare, for hooks that have no time to read the rest.

Files that only send tasks, import or patch them are left out. Where a name in a declaration leads
through such a file (`from shop import app`), that one is read too.
"""

from collections.abc import Iterable, Iterator

from codemods.inventory.foreign.reading import Trees
from codemods.inventory.glance import Look, look_plainly
from codemods.inventory.link import Inventory
from codemods.inventory.load import Read, read_plainly, readable, wrapper_words
from codemods.inventory.scan import WORDS
from codemods.inventory.values import FileFacts, Use
from codemods.settings import Settings
from codemods.snapshot import Snapshot

DECLARING_CALLS = frozenset({"task", "register", "app", "periodic"})


def load_declared(
    snapshot: Snapshot,
    settings: Settings,
    read: Read = read_plainly,
    trees: Trees | None = None,
    look: Look = look_plainly,
) -> Inventory:
    """The inventory of the declarations alone: tasks, apps, beat entries, routes, duplicates.

    `look` gives what files say at a glance, from wherever it is kept.
    Of every other file only imports and names are known, as its lines have them, so references,
    import graphs and what a worker loads are not told.
    """
    paths = readable(snapshot, settings)
    facts = look(snapshot, paths)
    wanted = {path for path, seen in facts.items() if seen.declares}
    facts |= read(snapshot, sorted(wanted), WORDS)
    inventory = Inventory(facts, settings, snapshot, trees)
    while more := _led_through(inventory) - wanted:
        wanted |= more
        facts |= read(snapshot, sorted(more), WORDS)
        inventory = Inventory(facts, settings, snapshot, trees, roots=inventory.roots)
    words = wrapper_words(inventory)
    again = [
        path
        for path, data in (snapshot.read_many(paths) if words else {}).items()
        if not facts[path].full and facts[path].is_read
        if any(word in data.lower() for word in words)
    ]
    if not again:
        return inventory
    more_facts = read(snapshot, again, tuple(sorted(words)))
    return Inventory(facts | more_facts, settings, snapshot, trees)


def _led_through(inventory: Inventory) -> set[str]:
    """The files in which the names of declarations end before they reach their definition."""
    project = inventory.project
    used = {use.symbol.rpartition(".")[2] for use in _uses(inventory) if use.symbol is not None}
    found: set[str] = set()
    for facts in inventory.facts.values():
        for symbol in _symbols(facts, used):
            module, rest = project.split(project.resolve(symbol))
            if module and rest:
                found.add(project.path_of[module])
    return found


def _uses(inventory: Inventory) -> Iterator[Use]:
    for facts in inventory.facts.values():
        yield from _declaring(facts)


def _declaring(facts: FileFacts) -> Iterator[Use]:
    """The decorators and calls that may make a task or an app."""
    for function in facts.functions:
        yield from function.decorators
    yield from (call.use for call in facts.calls if call.kind in DECLARING_CALLS)


def _symbols(facts: FileFacts, used: set[str]) -> Iterator[str]:
    """The symbols that decide what a file declares; of functions that make tasks, the `used` ones."""
    makers = [maker for maker in facts.makers if maker.name in used]
    uses = [*_declaring(facts), *(use for maker in makers for use in maker.uses)]
    names = [use.name for use in uses] + [entry.task for entry in facts.beat]
    for cls in facts.classes:
        bases = [base for base in cls.bases if base is not None]
        if cls.name in used or any("task" in base.lower() for base in bases):
            yield from bases
            names.append(cls.task_name)
    for use in uses:
        yield from _given((use.symbol, *use.positional, *use.stars))
    for maker in makers:
        yield from _given(maker.returns)
    yield from (name.value for name in names if name is not None and name.kind == "symbol")
    yield from (f"{star}.*" for star in facts.stars)


def _given(symbols: Iterable[str | None]) -> Iterator[str]:
    return (symbol for symbol in symbols if symbol is not None)
