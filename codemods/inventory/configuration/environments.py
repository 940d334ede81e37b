"""Settings of several environments: a table that one of them has, another may lack."""

import re
from collections.abc import Mapping

from codemods.inventory.graph import closure
from codemods.inventory.project import Project
from codemods.inventory.testing import is_test_code

SETTINGS = re.compile(r"(^|/)settings?(/|[\w.]*\.py$)", re.IGNORECASE)
"""Files of settings, of which another process may read another one."""


def settings_without(project: Project, graph: Mapping[str, frozenset[str]], path: str) -> str:
    """A file of settings that does not read the one of this path, so that a process may have it alone."""
    own = project.module_of[path]
    for other, facts in project.facts.items():
        if other == path or not SETTINGS.search(other) or is_test_code(other, facts):
            continue
        if any(name.isupper() for name, b in facts.bindings.items() if b.kind != "import"):
            if own not in closure(graph, [project.module_of[other]]):
                return other
    return ""
