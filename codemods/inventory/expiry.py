"""Whether anything says how long the message of a beat entry may wait."""

import re

from codemods.inventory.link import Inventory
from codemods.inventory.timetable import BeatEntry

EXPIRY = re.compile(r"\bexpire(s|_seconds)\b")
"""The words by which the source of an entry may say so."""


def may_expire(inventory: Inventory, item: BeatEntry) -> bool:
    """Whether the words of an entry, or its task, may say how long it may wait."""
    task = next((task for task in inventory.tasks if task.name == item.task), None)
    facts = [f for f in inventory.facts[item.path].beat if (f.key, f.line) == (item.key, item.line)]
    said = any(EXPIRY.search(fact.source) for fact in facts) or not facts
    return said or task is None or "expires" in task.options
