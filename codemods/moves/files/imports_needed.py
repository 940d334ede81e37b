"""The imports of a file that takes units in: statements of the old file, and names of the project's modules."""

import ast
import re
from collections.abc import Iterator

from codemods.layout.layout import HANGING, Layout
from codemods.moves.files.arrival import Arrival, star_module
from codemods.moves.moves import Moves
from codemods.source.import_lines import broken
from codemods.source.import_order import add_module, add_names, section_at
from codemods.source.import_part import import_part
from codemods.source.imports import (
    alias_text,
    bound_names,
    module_imports,
    module_text,
    without_names,
)
from codemods.source.own_layout import layout_of
from codemods.source.text import Source
from codemods.units.units import Module, Unit
from codemods.values import Edit

LATE_IMPORT = re.compile(r"[ \t]*#\s*noqa:?\s*E402\b[ \t]*(?=\r?\n?$)")
"""The remark of an import below other code, which is no longer true at the top of a file."""


class Header:
    """The import statements of one arrival."""

    def __init__(self, moves: Moves, arrival: Arrival) -> None:
        self.moves = moves
        self.arrival = arrival
        self.layout = moves.inventory.layout(arrival.target)
        if arrival.pieces and moves.module(arrival.target) is None:
            # A new file is written in the manner of the old one.
            old = moves.source(arrival.pieces[0].key[0])
            self.layout = layout_of(old.source, self.layout)

    def declare_late(self) -> None:
        """Declares the remarks of imports that stand at the top now."""
        for path, index in self.arrival.copied:
            old = self.moves.source(path)
            unit = old.units[index]
            if LATE_IMPORT.search(old.lines(unit.line, unit.last).rstrip("\r\n")):
                what = "the import stands at the top now"
                self.arrival.edits.append(Edit(path, unit.line, what))

    def futures(self, module: Module) -> Iterator[str]:
        """The `from __future__` imports of the old file."""
        futures = [unit for unit in module.units if unit.kind == "future"]
        for unit in futures:
            lead = "\n" if unit is futures[0] else ""
            yield lead + code_lines(module, unit)

    def slices(self, module: Module) -> Iterator[tuple[int, str]]:
        """The import statements of the old file, each with the names that are needed of it."""
        lead, started = 0, False
        above: Unit | None = None
        for unit in module.units:
            if unit.kind not in {"import", "typing", "star"}:
                lead = max(lead, 1 if unit.kind in {"future", "choice"} else 0)
                continue
            if not self._parts_by_remark(above, unit):
                lead = max(lead, min(unit.lead, 1))
            above = unit
            names = self.arrival.copied.get((module.path, unit.index))
            text = self._slice(module, unit, names) if names else ""
            if (module.path, unit.index) in self.arrival.stars:
                text = self.star(module, unit)
            if text:
                yield (lead if started else 0), text
                lead, started = 0, True

    def _parts_by_remark(self, above: Unit | None, unit: Unit) -> bool:
        """Whether the blank line between two imports is there for a remark alone, which stays."""
        if above is None or unit.first == unit.line or not self.layout.sorting.is_told:
            return False
        sections = {
            section_at(node, self.layout)
            for node in (above.nodes[-1], unit.nodes[0])
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        return len(sections) == 1

    def star(self, module: Module, unit: Unit) -> str:
        """A star import of the old file."""
        if self._fits(module, unit):
            return code_lines(module, unit)
        node = unit.nodes[0]
        assert isinstance(node, ast.ImportFrom)
        return f"from {self._module_of(module, node)} import *\n"

    def stars(self, skip: str = "") -> Iterator[str]:
        """The star imports that are no slices."""
        for path, index in self.arrival.stars:
            if path != skip:
                module = self.moves.source(path)
                yield self.star(module, module.units[index])

    def _slice(self, module: Module, unit: Unit, names: set[str]) -> str:
        if unit.kind == "typing":
            return ""
        renamed = {n for n in names if ((module.path, unit.index), n) in self.arrival.renamed}
        if not self._fits(module, unit) or renamed:
            return ""
        return trimmed(module, unit, names, self.layout)

    def _fits(self, module: Module, unit: Unit) -> bool:
        """Whether a statement may be copied as it is: alone on its lines, right from there."""
        node = unit.nodes[0]
        if len(unit.nodes) > 1:
            return False
        same = module.path.rpartition("/")[0] == self.arrival.target.rpartition("/")[0]
        return same or not (isinstance(node, ast.ImportFrom) and node.level)

    def with_imports(self, data: bytes, skip: str = "") -> bytes:
        """The file with every import that is not copied as a slice."""
        source = Source(data)
        layout = layout_of(source, self.layout)
        part, below = import_part(source)
        for (path, index), names in sorted(self.arrival.copied.items()):
            module = self.moves.source(path)
            unit = module.units[index]
            if unit.kind != "import":
                continue
            renamed = {
                name: self.arrival.renamed[(path, index), name]
                for name in sorted(names)
                if ((path, index), name) in self.arrival.renamed
            }
            if path == skip and not renamed and self._fits(module, unit):
                continue
            part = self._add_statement(part, layout, module, unit, names, renamed)
        wanted = self._names()
        for dotted in self.arrival.loads:
            if dotted not in wanted:
                part = self._loading(part, layout, self._spelled(dotted))
        for name, found in sorted(wanted.items()):
            part = add_names(part, self._spelled(name), found, layout)
        return part + below

    def _loading(self, part: bytes, layout: Layout, module: str) -> bytes:
        """What has the file's imports with one of a module for what that does."""
        dots = module[: len(module) - len(module.lstrip("."))]
        package, _, name = module[len(dots) :].rpartition(".")
        self.arrival.unread.add(name)
        if not dots and not package:
            return add_module(part, f"import {name}", layout)
        return add_names(part, f"{dots}{package}", [name], layout)

    def _names(self) -> dict[str, list[str]]:
        """The names to import by the project's modules; those that a star brings are left to it."""
        project = self.moves.project
        starred = {
            project.canonical(star_module(path, self.moves.unit((path, index))))
            for path, index in self.arrival.stars
        }
        found = {module: list(names) for module, names in self.arrival.names.items()}
        for module, names in self.arrival.by_star.items():
            if module not in starred:
                known = found.setdefault(module, [])
                known.extend(name for name in names if name not in known)
        return found

    def _spelled(self, module: str) -> str:
        """A module's name as the old file spells its neighbours: absolute, or with a dot."""
        path = self.arrival.pieces[0].key[0]
        return spelled(self.moves, path, self.arrival.target, module)

    def _add_statement(
        self,
        part: bytes,
        layout: Layout,
        module: Module,
        unit: Unit,
        names: set[str],
        renamed: dict[str, str],
    ) -> bytes:
        if "#" in module.lines(unit.line, unit.last):
            for line in range(unit.line, unit.last + 1):
                self.arrival.edits.append(Edit(module.path, line, "the import joins another"))
        for node in unit.nodes:
            assert isinstance(node, ast.Import | ast.ImportFrom)
            for alias, bound in zip(node.names, bound_names(node), strict=True):
                if bound not in names:
                    continue
                local = renamed.get(bound, bound)
                if isinstance(node, ast.Import):
                    text = f"import {alias.name}"
                    if alias.asname or local != bound:
                        text += f" as {local}"
                    part = add_module(part, text, layout)
                    continue
                text = alias.name if local == alias.name else f"{alias.name} as {local}"
                part = add_names(part, self._module_of(module, node), [text], layout)
        return part

    def _module_of(self, module: Module, node: ast.ImportFrom) -> str:
        return self.moves.module_spelled(module.path, self.arrival.target, node)


def code_lines(module: Module, unit: Unit) -> str:
    """A unit's code without the comments above it, ending in a newline."""
    text = module.lines(unit.line, unit.last).replace("\r\n", "\n")
    return text if text.endswith("\n") else text + "\n"


def trimmed(module: Module, unit: Unit, names: set[str], layout: Layout) -> str:
    """An import statement with only these names, its comments and layout kept."""
    node = unit.nodes[0]
    assert isinstance(node, ast.Import | ast.ImportFrom)
    unwanted = set(bound_names(node)) - names
    text = code_lines(module, unit)
    if unwanted and isinstance(node, ast.ImportFrom) and "#" not in text:
        kept = [
            alias_text(alias)
            for alias, bound in zip(node.names, bound_names(node), strict=True)
            if bound in names
        ]
        line = f"from {module_text(node)} import {', '.join(kept)}"
        if len(line) <= layout.import_width:
            return line + "\n"
        if layout.sorting.mode != HANGING:
            return broken(module_text(node), kept, layout) + "\n"
    if unwanted:
        text = without_names(module.source, node, unwanted).text.replace("\r\n", "\n")
    return LATE_IMPORT.sub("", text.rstrip("\n")) + "\n"


def spelled(moves: Moves, source: str, target: str, module: str) -> str:
    """How a file names a module of the project: as its neighbours do, with a dot or from the root."""
    path = moves.project.path_of.get(module, "")
    if not path:
        path = next((p for p in moves.targets if moves.module_name(p) == module), "")
    folder = moves.place(target).rpartition("/")[0]
    if path.rpartition("/")[0] != folder or path.endswith("__init__.py"):
        return module
    known = moves.module(source)
    statements = module_imports(known.source) if known else []
    froms = [node for node in statements if isinstance(node, ast.ImportFrom)]
    dotted = any(node.level == 1 for node in froms)
    package = moves.module_name(source).rpartition(".")[0]
    whole = any(not node.level and (node.module or "").startswith(package + ".") for node in froms)
    stem = path.rpartition("/")[2].removesuffix(".py")
    return f".{stem}" if dotted and not whole else module
