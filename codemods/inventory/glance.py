"""What a file says at a glance: its imports and top-level names, by its lines and without a parser."""

import re
from collections.abc import Callable, Iterable, Iterator

from codemods.inventory.bindings import imported
from codemods.inventory.scan import DECLARING, app_packages, decoded, is_relevant, path_edits
from codemods.inventory.symbols import imported_module, joined, module_symbol
from codemods.inventory.values import Binding, FileFacts, Import
from codemods.snapshot import Snapshot

Look = Callable[[Snapshot, Iterable[str]], dict[str, FileFacts]]
"""Gives what files of a snapshot say at a glance, by path; those that it has no content of are left out."""

IMPORT = re.compile(
    r"^([ \t]*)(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#;]+)|import[ \t]+([^\n#;]+))",
    re.MULTILINE,
)
BOUND = re.compile(r"\n(?:(def|class)[ \t]+(\w+)|(\w+)[ \t]*(?::[^=\n]+)?=(?!=))")
"""Looked for by the end of the line above: that finds the next candidate much faster than `^`."""
ALIAS = re.compile(r"([\w.]+|\*)(?:[ \t]+as[ \t]+(\w+))?")
COMMENT = re.compile(r"#[^\n]*")


def look_plainly(snapshot: Snapshot, paths: Iterable[str]) -> dict[str, FileFacts]:
    """What files say at a glance, by path."""
    return {path: glance(path, data) for path, data in snapshot.contents(paths).items()}


def glance(path: str, data: bytes) -> FileFacts:
    """Facts with imports, names and stars alone; lines inside texts may be taken for code.

    `declares` tells whether the file may declare tasks, apps, schedules or routes.
    """
    text = decoded(data)
    imports = tuple(_imports(text, path))
    bindings: dict[str, Binding] = {}
    for item in imports:
        if item.scope == "module" and item.name != "*":
            symbol = joined(item.module, item.name) if item.name else item.module
            if item.name is None and item.alias == item.module.partition(".")[0]:
                symbol = item.alias
            known = bindings.get(item.alias)
            bindings[item.alias] = imported(known, item.line, symbol, item.guard)
    for match in BOUND.finditer(f"\n{text}"):
        kind = {"def": "function", "class": "class", None: "other"}[match[1]]
        name = match[2] or match[3]
        own = joined(module_symbol(path), name) if match[1] else None
        bindings.setdefault(name, Binding(kind, 0, own))
    stars = tuple(item.module for item in imports if item.name == "*" and item.scope == "module")
    return FileFacts(
        path,
        imports=imports,
        bindings=bindings,
        stars=stars,
        path_edits=path_edits(data),
        app_packages=app_packages(data),
        declares=_may_declare(data),
    )


def _may_declare(data: bytes) -> bool:
    """Whether one of the words is there, and not just in an import that nothing uses."""
    if data.count(b"shared_task") == 1 and b" import shared_task\n" in data:
        data = data.replace(b" import shared_task\n", b"\n")
    return is_relevant(data, DECLARING)


def _imports(text: str, path: str) -> Iterator[Import]:
    for match in _statements(text):
        scope = "function" if match[1] else "module"
        guard = "try" if match[1] else ""
        if match[5]:
            for module, alias in ALIAS.findall(match[5]):
                yield Import(0, module, None, alias or module.partition(".")[0], scope, guard)
            continue
        module = imported_module(path, match[3] or None, len(match[2]))
        for name, alias in ALIAS.findall(COMMENT.sub("", match[4])):
            if name != "as":
                yield Import(0, module, name, alias or name, scope, guard)


def _statements(text: str) -> Iterator[re.Match[str]]:
    """The matches of `IMPORT`, by the word that each has in it."""
    read, at = 0, text.find("import")
    while at >= 0:
        start = text.rfind("\n", 0, at) + 1
        found = IMPORT.match(text, start) if start >= read else None
        if found is not None:
            yield found
            read = found.end()
        at = text.find("import", max(at + 1, read))
