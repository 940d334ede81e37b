"""Settings of several environments: a table that one of them has, another may lack."""

import re

from codemods.inventory.graph import closure
from codemods.inventory.link import Inventory
from codemods.inventory.testing import is_test_code

SETTINGS = re.compile(r"(^|/)settings?(/|[\w.]*\.py$)", re.IGNORECASE)
"""Files of settings, of which another process may read another one."""


def settings_without(inventory: Inventory, path: str) -> str:
    """A file of settings that does not read the one of this path, so that another process may have it alone."""
    own = inventory.project.module_of[path]
    for other, facts in inventory.facts.items():
        if other == path or not SETTINGS.search(other) or is_test_code(other, facts):
            continue
        if any(name.isupper() for name, b in facts.bindings.items() if b.kind != "import"):
            read = closure(inventory.graph, [inventory.project.module_of[other]])
            if own not in read:
                return other
    return ""
