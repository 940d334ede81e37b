"""Which file a table is to stand in, where a person names one: the setting then takes it from there."""

from collections.abc import Collection, Iterator

from codemods.inventory.configuration.values import InForce
from codemods.inventory.link import Inventory
from codemods.tables.choices import WORDS
from codemods.tables.whole import is_told, names_in, spans_lines, stands_apart, the_whole
from codemods.tables.written import Whole
from codemods.values import Decision, Note

NAMES = {"beat_schedule": "BEAT_SCHEDULE", "task_routes": "TASK_ROUTES"}
ABOUT = {
    "BEAT_SCHEDULE": "When beat starts which task.",
    "TASK_ROUTES": "Which queue each task goes to.",
}


class Placed(Decision, frozen=True, tag="placed", forbid_unknown_fields=True):
    """The table in `path` moves to the file `to`, the module `module`, under this name."""

    path: str
    to: str
    module: str
    name: str


def placed(
    inventory: Inventory,
    found: InForce,
    decisions: Collection[Decision],
    place: str,
    notes: list[Note],
) -> Iterator[Placed]:
    """The move of the one table to a configured file, unless it can't stand there, which is a note."""
    whole = the_whole(inventory, found, decisions)
    if not place or whole is None or whole.path == place:
        return
    name, project = NAMES[found.setting], inventory.project
    why = _why_not(inventory, whole, place, name)
    if why:
        message = f"{whole.name} is not moved to '{place}', since {why}"
        notes.append(Note(whole.path, whole.node.lineno, "table-stays", message))
        return
    word = WORDS[found.setting]
    module = project.module_of.get(place) or project.module_name(place)
    because = f'place = "{place}" in [tool.migrate.{word}]'
    yield Placed(f"place:{word}", because, whole.path, place, module, name)


def place_of(found: InForce, decisions: Collection[Decision]) -> Placed | None:
    """The decision that moves a table, if there is one."""
    name = f"place:{WORDS[found.setting]}"
    return next((d for d in decisions if isinstance(d, Placed) and d.id == name), None)


def _why_not(inventory: Inventory, whole: Whole, place: str, name: str) -> str:
    """Why a table can't stand in a file, or `""`: settings import it before anything is set up."""
    facts = inventory.facts.get(place)
    if not place.endswith(".py") or place.endswith("__init__.py"):
        return "that is no module of its own"
    if whole.path != whole.source.path:
        return f"it stands in '{whole.path}' already"
    if facts is not None and not inventory.editable(place):
        return "that file does not parse"
    if any(name in f.bindings for f in (facts, inventory.facts[whole.path]) if f is not None):
        return f"{name} means something there already"
    parts = place.split("/")[:-1]
    for cut in range(1, len(parts) + 1):
        package = "/".join(parts[:cut])
        around = inventory.facts.get(f"{package}/__init__.py")
        if around is not None and around.imports and not whole.path.startswith(package + "/"):
            return f"the package '{package}' imports other things first"
    return _why_not_there(inventory, whole, place)


def _why_not_there(inventory: Inventory, whole: Whole, place: str) -> str:
    """Why what a table reads can't be read in a file, or `""`."""
    facts = inventory.facts.get(place)
    own = facts.imports if facts is not None else ()
    for item in own:
        top = item.module.partition(".")[0]
        if item.module.startswith("/") or inventory.project.has_top(top):
            return f"that file imports {item.module.strip('/')} first"
    if not stands_apart(inventory, whole.path, whole.node):
        return "its pairs do not stand on lines of their own"
    if any(spans_lines(value) for value in whole.node.values):
        return "a text in it goes over several lines"
    end = facts.lines + 1 if facts is not None else 1
    for read in sorted(names_in(whole.node)):
        if not is_told(inventory, whole.path, read, place, end):
            return f"{read} can't be read there"
    return ""
