"""One patch aimed at one module: the text or the expression of its target, and the import that it needs."""

import ast
from collections.abc import Iterator
from functools import cached_property

from codemods.inventory.walking import walk
from codemods.moves.lookup_place import Spot
from codemods.moves.patches.find import Site, Sites
from codemods.source.text import Source, Span
from codemods.values import Edit


class Aim:
    """The edits of one test file, as they are collected."""

    def __init__(self, path: str, source: Source, sites: Sites) -> None:
        self.path = path
        self.source = source
        self.spans: list[Span] = []
        self.edits: list[Edit] = []
        self.modules: dict[tuple[str, str], dict[ast.AST, None]] = {}
        """Modules to import: the new one and the old one's expression, with where it is needed."""
        self.sites = sites
        self._locals: dict[str, str] = {}

    @cached_property
    def _words(self) -> set[str]:
        """The words of the file, and those that were put into it."""
        return self.sites.tests.names()

    def at(self, site: Site, spot: Spot) -> None:
        """Aims a site at a spot."""
        what = f"replaces {site.name} where it is read now"
        for span in self.aimed(site, spot):
            if span not in self.spans:
                self.put(span, site.whole, what)
                if site.text is not None:
                    self._declare(span, site.text, what)

    def put(self, span: Span, node: ast.expr | ast.stmt, what: str) -> None:
        """Has a span changed, and declares the lines of the node that it belongs to."""
        self.spans.append(span)
        self._declare(span, node, what)

    def _declare(self, span: Span, node: ast.expr | ast.stmt, what: str) -> None:
        old = self.source.covered(span)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
            self.edits.append(Edit(self.path, number, what, old=old, new=span.text))

    def aimed(self, site: Site, spot: Spot) -> Iterator[Span]:
        """The spans that aim a site at a spot."""
        if site.text is not None and site.owner is None:
            if spot == Spot(site.module, site.name):
                # By whatever module the text leads there, it does so still.
                return
            rest = f".{site.rest}" if site.rest else ""
            whole = spot.module if site.names else f"{spot.module}.{spot.name}{rest}"
            yield self.source.replace(site.text, self._quoted(site.text, whole))
            return
        assert site.owner is not None
        if spot.module != site.module:
            text = self.module(site.owner, spot.module, site.whole)
            yield self.source.replace(site.owner, text)
        if spot.name == site.name:
            return
        if site.text is not None:
            yield self.source.replace(site.text, self._quoted(site.text, spot.name))
        elif isinstance(site.whole, ast.Assign):
            target = next(t for t in site.whole.targets if site.owner in ast.iter_child_nodes(t))
            end = self.source.end(target)
            yield Span(end - len(site.name.encode()), end, spot.name)

    def _quoted(self, node: ast.expr, text: str) -> str:
        old = self.source.text(node)
        quote = "'" if old.lstrip("rRuUfF").startswith("'") else '"'
        return f"{quote}{text}{quote}"

    def module(self, owner: ast.expr, module: str, where: ast.AST) -> str:
        """The expression for another module, in the manner of the old one's."""
        root = self.sites.meanings.root(owner)
        around = self.sites.tests.function(where) or where
        self.modules.setdefault((module, root), {})[around] = None
        return module if "." in root else self.local_name(module)

    def local_name(self, module: str) -> str:
        """The name under which the file can import a module: its own unless that is taken."""
        if module not in self._locals:
            stem = module.rpartition(".")[2]
            is_it = any(
                item.alias == stem and self.sites.meanings.module_of(item) == module
                for item in self.sites.facts.imports
            )
            free = self._words - {stem} if is_it and not self._is_rebound(stem) else self._words
            name = stem if stem not in free else f"{stem}_module"
            self._locals[module] = self.free(name) if name in free else name
            self._words.add(self._locals[module])
        return self._locals[module]

    def _is_rebound(self, name: str) -> bool:
        """Whether the file gives an imported name something else somewhere."""
        given = self.sites.meanings.given
        return any(
            isinstance(node, ast.Name) and node.id == name and given.is_bound_here(node)
            for node in walk(self.source.tree)
        )

    def free(self, name: str) -> str:
        """A name like this one that nothing in the file bears; it is taken from then on."""
        while name in self._words:
            name += "_"
        self._words.add(name)
        return name
