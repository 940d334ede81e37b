"""Which registered names become new ones, and which can't."""

import re
from collections import Counter
from fnmatch import fnmatchcase

from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.notes.unused_settings import unused_values
from codemods.renaming.mentions import closed_mentions
from codemods.settings import Names
from codemods.values import Note

PLAIN = re.compile(r"[\w.\-: ]+")
"""Names of words: anything else, such as `Shape (.shp)`, is shown to people or read by others."""


class Renaming(Struct, frozen=True):
    """One registered name on its way to another."""

    old: str
    new: str
    because: str


def wanted(inventory: Inventory) -> tuple[list[Renaming], list[Note]]:
    """The renames that the settings ask for, and a note for each that would land on a taken name."""
    found: list[Renaming] = []
    for name in sorted({t.name for t in inventory.tasks if t.name and t.name_is == "explicit"}):
        new, because = new_name(name, inventory.settings.names)
        if new != name:
            found.append(Renaming(name, new, because))
    counts = Counter(item.new for item in found)
    kept, notes = list[Renaming](), list[Note]()
    closed = closed_mentions(inventory, [item.old for item in found])
    for item in found:
        if item.old in closed:
            path, line, why = closed[item.old]
            notes.append(Note(path, line, "not-renamed", f'"{item.old}" keeps its name: {why}'))
            continue
        alive = inventory.aliases.get(item.old) == item.new
        patterns = [task.like for task in inventory.tasks if task.name is None]
        unknown = any(fnmatchcase(item.new, like) for like in patterns if like not in {"", "*"})
        taken = item.new in inventory.known_names and not alive
        if taken or unknown or counts[item.new] > 1:
            task = next(task for task in inventory.tasks if task.name == item.old)
            message = f'"{item.old}" would become "{item.new}", which is taken: rename one of them by hand, or write another name in [tool.migrate.names.rename]'
            notes.append(Note(task.path, task.line, "rename-clash", message))
        else:
            kept.append(item)
    return kept, [*notes, *unused_values(inventory, "names.rename")]


def new_name(name: str, words: Names) -> tuple[str, str]:
    """The name that the settings want for this one, and why; the same name if none."""
    if name in words.rename:
        return words.rename[name], "the configuration says so"
    if name in words.keep:
        return name, ""
    new, reasons = name, list[str]()
    if words.parentheses and name.endswith("()"):
        while new.endswith("()"):
            new = new.removesuffix("()").rstrip()
        reasons.append("a trailing () hides the task from beat entries and routes by function name")
    if words.spaces and " " in new and PLAIN.fullmatch(new):
        new = re.sub(r"\s+", "_", new.strip()).lower()
        reasons.append("spaces, as configured")
    if words.other_characters and not re.fullmatch(r"[\w.]+", new):
        new = re.sub(r"[^\w.]+", "_", new).strip("_").lower()
        reasons.append("other characters, as configured")
    return (new, "; ".join(reasons)) if new else (name, "")
