"""What a file says at a glance: its imports and top-level names, by its lines and without a parser."""

import re
from collections.abc import Iterator

from codemods.inventory.bindings import imported
from codemods.inventory.facts import decoded, path_edits
from codemods.inventory.symbols import imported_module, joined, module_symbol
from codemods.inventory.values import Binding, FileFacts, Import

IMPORT = re.compile(
    r"^([ \t]*)(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#;]+)|import[ \t]+([^\n#;]+))",
    re.MULTILINE,
)
BOUND = re.compile(r"^(?:(def|class)[ \t]+(\w+)|(\w+)[ \t]*(?::[^=\n]+)?=(?!=))", re.MULTILINE)
ALIAS = re.compile(r"([\w.]+|\*)(?:[ \t]+as[ \t]+(\w+))?")
COMMENT = re.compile(r"#[^\n]*")


def glance(path: str, data: bytes) -> FileFacts:
    """Facts with imports, names and stars alone; lines inside texts may be taken for code."""
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
    for match in BOUND.finditer(text):
        kind = {"def": "function", "class": "class", None: "other"}[match[1]]
        name = match[2] or match[3]
        own = joined(module_symbol(path), name) if match[1] else None
        bindings.setdefault(name, Binding(kind, 0, own))
    stars = tuple(item.module for item in imports if item.name == "*" and item.scope == "module")
    return FileFacts(
        path, imports=imports, bindings=bindings, stars=stars, path_edits=path_edits(data)
    )


def _imports(text: str, path: str) -> Iterator[Import]:
    for match in IMPORT.finditer(text):
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
