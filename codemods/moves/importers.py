"""Importers of moved names: each `from old import name` becomes one of the name's new home."""

import ast
from collections.abc import Collection, Iterator

from codemods.inventory.symbols import imported_module
from codemods.inventory.walking import walk_statements
from codemods.layout.layout import Layout
from codemods.moves.moves import Moves
from codemods.source import import_lines
from codemods.source.import_lines import import_text, inner_import_text
from codemods.source.import_order import add_names
from codemods.source.import_part import import_part
from codemods.source.import_statement import (
    bindings,
    ends_line,
    imports_from,
    in_its_place,
    in_order,
    local_names,
    must_break,
    other_bindings,
    remark_of,
    remarked,
    says_more,
)
from codemods.source.imports import (
    alias_text,
    bound_names,
    module_imports,
    module_text,
    renamed_module,
    without_names,
)
from codemods.source.own_layout import layout_of
from codemods.source.text import Source, Span
from codemods.values import Edit


class Follower:
    """Rewrites one importing file after another."""

    def __init__(self, moves: Moves, stay: Collection[tuple[str, str]] = ()) -> None:
        """`stay` are old modules with names whose importers are left as they are."""
        self.moves = moves
        self.homes = {key: home for key, home in moves.new_home.items() if key not in stay}
        self.sources = {moves.module_name(path) for path, _ in moves.leaving}

    def importers(self) -> list[str]:
        """The files that import a moved name from its old module, anywhere in them."""
        found = []
        for path, facts in self.moves.inventory.facts.items():
            for item in facts.imports if facts.error is None else ():
                module = self.moves.project.canonical(item.module)
                if (module, item.name or "") in self.homes:
                    found.append(path)
                    break
        return found

    def edits(self, path: str, data: bytes) -> Iterator[Edit]:
        """The imports inside functions that follow, which a proof sees as differences."""
        source = Source(data)
        layout = layout_of(source, self.moves.inventory.layout(path))
        top = {node for node in source.tree.body if isinstance(node, ast.ImportFrom)}
        for node in walk_statements(source.tree):
            if not isinstance(node, ast.ImportFrom) or node in top:
                continue
            span = self._in_place(source, path, node, layout)
            if span is not None:
                # Code that moves as well spells the module from where it stands then.
                new = "\n".join([span.text, *self._homes(path, node)])
                what, old = "an import follows what it names", source.text(node)
                yield Edit(path, node.lineno, what, old=old, new=new)

    def follow(self, path: str, data: bytes) -> bytes:
        """The file's bytes with every such import naming the new home."""
        source = Source(data)
        layout = layout_of(source, self.moves.inventory.layout(path))
        inner = [
            span
            for node in self._inner(source)
            if (span := self._in_place(source, path, node, layout)) is not None
        ]
        if inner:
            source = Source(source.edited(sorted(inner)))
        part, rest = import_part(source)
        begun = len(Source(part).tree.body)
        below = set(bindings(source.tree.body[begun:]))
        for _ in range(len(source.tree.body)):
            changed = self._one(path, part, layout, below)
            if changed is None:
                break
            part = changed
        return part + rest

    def _inner(self, source: Source) -> list[ast.ImportFrom]:
        """Imports that do not stand alone at the top level."""
        alone = set(module_imports(source))
        return [
            node
            for node in walk_statements(source.tree)
            if isinstance(node, ast.ImportFrom) and node not in alone
        ]

    def _homes(self, path: str, node: ast.ImportFrom) -> dict[str, list[ast.alias]]:
        """The moved names of a statement by their new module; empty if none has moved."""
        module = self.moves.project.canonical(imported_module(path, node.module, node.level))
        if module not in self.sources or self.moves.module_name(path) == module:
            return {}
        found: dict[str, list[ast.alias]] = {}
        for alias in node.names:
            home = self.homes.get((module, alias.name))
            if home is not None:
                found.setdefault(self.moves.module_name(home), []).append(alias)
        return found

    def _spelled(self, path: str, node: ast.ImportFrom, module: str) -> str:
        """The new module as the statement spelled the old one: beside it with as many dots."""
        old = self.moves.project.canonical(imported_module(path, node.module, node.level))
        if node.level and module.startswith(f"{old}."):
            inner = module[len(old) :] if node.module else module[len(old) + 1 :]
            return module_text(node) + inner
        folder, _, stem = module.rpartition(".")
        if node.level and node.module and old.rpartition(".")[0] == folder:
            above, dot, _ = node.module.rpartition(".")
            return "." * node.level + above + dot + stem
        return module

    def _in_place(
        self, source: Source, path: str, node: ast.ImportFrom, layout: Layout
    ) -> Span | None:
        """The statement as one for each module, where it stands."""
        homes = self._homes(path, node)
        if not homes:
            return None
        own = self.moves.module_name(path)
        gone = {id(alias) for aliases in homes.values() for alias in aliases}
        rest = [alias for alias in node.names if id(alias) not in gone]
        parts: list[tuple[str, list[ast.alias]]] = [(module_text(node), rest)] if rest else []
        for module, aliases in homes.items():
            parts.append((self._spelled(path, node, module), aliases))
        parts.sort(key=lambda part: part[0].lower())
        if len(parts) == 1 and own not in homes:
            span = renamed_module(source, node, parts[0][0])
            if not must_break(source, node, span, layout):
                return span
        if says_more(source, node) and node in module_imports(source) and own not in homes:
            return self._one_by_one(source, node, parts)
        line = source.lines[node.lineno - 1]
        before = line[: node.col_offset]
        indent = before.decode() if not before.strip() else ""
        shares = bool(before.strip()) or not ends_line(source, node)
        texts = [
            f"from {module} import {', '.join(names)}"
            if shares
            else inner_import_text(module, names, layout, indent)
            for module, aliases in parts
            if (names := [alias_text(alias) for alias in aliases])
        ]
        joint = "\n" + indent if not before.strip() else "; "
        return source.replace(node, joint.join(texts))

    def _one_by_one(
        self, source: Source, node: ast.ImportFrom, parts: list[tuple[str, list[ast.alias]]]
    ) -> Span:
        """The statement as one for each module, each with the comments of its names."""
        texts: list[str] = []
        for module, aliases in parts:
            others = set(bound_names(node)) - set(local_names(aliases))
            span = without_names(source, node, others)
            start = source.starts[node.lineno - 1]
            text = source.data[start : source.starts[node.end_lineno or node.lineno]].decode()
            own = Source((span.text if others else text).encode())
            first = own.tree.body[0]
            assert isinstance(first, ast.ImportFrom)
            texts.append(own.edited([renamed_module(own, first, module)]).decode())
        start, end = source.starts[node.lineno - 1], source.starts[node.end_lineno or node.lineno]
        return Span(start, end, "".join(texts))

    def _one(self, path: str, part: bytes, layout: Layout, below: set[str]) -> bytes | None:
        """What has a file's imports with one more of them following; `None` if none is left.

        `layout` is that of the whole file, `below` what the rest of it binds.
        """
        source = Source(part)
        own = self.moves.module_name(path)
        for node in module_imports(source):
            homes = self._homes(path, node) if isinstance(node, ast.ImportFrom) else {}
            if not isinstance(node, ast.ImportFrom) or not homes:
                continue
            names = {name for aliases in homes.values() for name in local_names(aliases)}
            whole = names == set(bound_names(node))
            modules = {self._spelled(path, node, m): a for m, a in homes.items() if m != own}
            if whole and len(modules) == 1 and len(homes) == 1:
                module = next(iter(modules))
                if not imports_from(source, module) and in_order(source, node, module):
                    return source.edited([self._renamed(source, node, module, layout)])
            rivals = {"*", *names} & {*below, *other_bindings(source, node)}
            if own not in homes and (says_more(source, node) or rivals):
                span = self._in_place(source, path, node, layout)
                return source.edited([span]) if span is not None else None
            return self._spread(source, node, names, modules, layout)
        return None

    def _renamed(self, source: Source, node: ast.ImportFrom, module: str, layout: Layout) -> Span:
        """The statement naming another module, a line for each name if it got too long."""
        span = renamed_module(source, node, module)
        if not must_break(source, node, span, layout):
            return span
        names = [alias_text(alias) for alias in node.names]
        return source.replace(node, import_text(module, names, layout))

    def _spread(
        self,
        source: Source,
        node: ast.ImportFrom,
        names: set[str],
        modules: dict[str, list[ast.alias]],
        layout: Layout,
    ) -> bytes:
        """The names taken out of one statement and into those of their homes."""
        remark = remark_of(source, node)
        known = any(imports_from(source, module) for module in modules)
        if names == set(bound_names(node)) and modules and not known:
            if in_order(source, node, min(modules)) and in_order(source, node, max(modules)):
                lines = [
                    import_text(m, [alias_text(a) for a in modules[m]], layout, remark)
                    for m in sorted(modules)
                ]
                return source.edited([in_its_place(source, node, lines)])
        data = source.edited([import_lines.without_names(source, node, names, layout)])
        for module, aliases in sorted(modules.items()):
            before = data
            data = add_names(data, module, [alias_text(a) for a in aliases], layout)
            if remark:
                data = remarked(before, data, module, remark)
        return data
