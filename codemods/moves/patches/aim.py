"""Tests that replace names of an old file: each patch follows to the modules that read the name."""

import ast
import builtins
from collections.abc import Iterator
from dataclasses import replace

from codemods.inventory.outside import names_taken_from
from codemods.inventory.walking import walk
from codemods.moves.lookup_place import Spot
from codemods.moves.patches.aiming import Aim
from codemods.moves.patches.find import Site, Sites
from codemods.moves.patches.lasting import lasting
from codemods.moves.patches.lookups import Reach
from codemods.moves.patches.reach import Reaches
from codemods.moves.patches.several import Several
from codemods.moves.patches.surroundings import Surroundings
from codemods.source.text import Source
from codemods.values import Note

UNREAD = "is left as it is, since the source doesn't show which name it replaces, and may have no effect now: run this test, and patch the module that reads the name"


class Patches:
    """Rewrites the patches of one test file."""

    def __init__(self, reaches: Reaches, path: str, data: bytes) -> None:
        self.reaches = reaches
        self.readers = reaches.readers
        self.path = path
        self.source = Source(data)
        self.notes: list[Note] = []
        self.replaced: set[tuple[str, str]] = set()
        """Names of old modules that the file as it was replaces there."""
        self.still_replaced: set[tuple[str, str]] = set()
        """Names that are still replaced in their old module."""
        inventory = self.readers.moves.inventory
        self._taken = names_taken_from(inventory, inventory.project.module_of[path])
        self._tests = Surroundings(self.source.tree, self._taken)
        self._sites = Sites(self.readers, inventory.facts[path], self._tests)
        self.aim = Aim(path, self.source, self._sites)
        self._several = Several(self.aim, inventory.layout(path))
        self._targets: set[str] = set()
        """The texts of what the file replaces, as its words have them."""
        self._mocked: set[str] = set()
        self._imported = {item.alias for item in inventory.facts[path].imports}
        self._aims: dict[tuple[ast.AST | None, str, str], Spot] = {}
        self._constants: dict[ast.Constant, bool] = {}
        """The literals behind texts of sites, with whether each is to change itself."""
        self._reads: dict[tuple[str, str], list[ast.Attribute]] = {}
        self._lasting: set[ast.AST] = set()

    def rewrite(self) -> None:
        """Collects the edits of this file."""
        sites = self._sites.find()
        aimed = [(site.module, name) for site in sites for name in (site.name, *site.names)]
        self._targets = {f"'{module}.{name}'" for module, name in aimed}
        self._mocked = {name for _, name in aimed}
        for item in self._sites.unread:
            self._note(item.node, "patch-unread", f"{item.what} {UNREAD}")
        self._reads = self._reads_of_old()
        self._lasting = lasting(self._tests, self._sites.meanings, sites)
        stuck = {(self._home(i.node), i.module, i.name) for i in self._sites.unread if i.name}
        for site in self._by_constants(sites):
            if self._is_of_nothing(site):
                message = f"{site.module} has no {site.name}, so this patch fails today: it is left as it is"
                self._note(site.whole, "patch-unread", message)
                continue
            names = {(site.module, name) for name in site.names or (site.name,)}
            self.replaced |= names
            if any((self._home(site.whole), *name) in stuck for name in names):
                self.still_replaced |= names
            else:
                self._follow(site)
        self._keep_what_is_named()
        self._follow_reads()

    def _is_of_nothing(self, site: Site) -> bool:
        """Whether the old module binds none of the names that a site replaces, and gets none by a star."""
        inventory = self.readers.moves.inventory
        facts = inventory.facts[inventory.project.path_of[site.module]]
        options = site.whole.keywords if isinstance(site.whole, ast.Call) else None
        if options is None or any(key.arg in {"create", "raising", None} for key in options):
            return False
        names = site.names or (site.name,)
        told = any(name in facts.bindings or hasattr(builtins, name) for name in names)
        return not (told or facts.stars or "__getattr__" in facts.bindings)

    def _note(self, node: ast.expr | ast.stmt, code: str, message: str) -> None:
        self.notes.append(Note(self.path, node.lineno, code, message))

    def _home(self, node: ast.AST) -> ast.AST | None:
        """The class or else the function around a node: what sets a name, and sets it back again."""
        return self._tests.owner(node) or self._tests.function(node)

    def _reads_of_old(self) -> dict[tuple[str, str], list[ast.Attribute]]:
        """Where the file itself reads names of the old modules."""
        found: dict[tuple[str, str], list[ast.Attribute]] = {}
        for node in walk(self.source.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                owner = self._sites.owner(node.value)
                if owner and not self._is_wrapped(node):
                    found.setdefault((owner, node.attr), []).append(node)
        return found

    def _by_constants(self, sites: list[Site]) -> Iterator[Site]:
        """The sites; where a constant gives its text to patches alone, the constant is to change."""
        for site in sites:
            literal = self._constant(site, sites) if site.text and site.owner is None else None
            yield replace(site, text=literal) if literal is not None else site

    def _constant(self, site: Site, sites: list[Site]) -> ast.Constant | None:
        """The literal behind a site's text, if nothing but patches with one new target reads it."""
        given = self._sites.meanings.given
        literal = given.value(site.text) if site.text and not site.names else None
        if not isinstance(literal, ast.Constant) or site.text is None:
            return None
        if literal not in self._constants:
            self._constants[literal] = self._is_only_patched(site.text, sites)
        return literal if self._constants[literal] else None

    def _is_only_patched(self, text: ast.expr, sites: list[Site]) -> bool:
        """Whether patches alone read what bears a constant's name, and all get one new target."""
        given = self._sites.meanings.given
        if not given.is_given_once(text) or getattr(text, "id", "") in self._taken:
            return False
        loads = set(given.loads(text))
        users = [other for other in sites if other.text in loads]
        spots = [self._spots(other) for other in users if not other.rest]
        only = len(users) == len(loads) == len(spots)
        return only and all(found and found == spots[0] and len(found) == 1 for found in spots)

    def _follow(self, site: Site) -> None:
        old = Spot(site.module, site.name)
        if site.rest or self._is_in_place(site):
            # The object itself is changed, so any module that holds it will do: best one that is reached.
            spots: list[Spot] | None = [self._holder(site)]
        else:
            spots = self._spots(site)
        if spots is None:
            shown = f"the patch of {', '.join(site.names)} in {site.module}"
            self._note(site.whole, "patch-unread", f"{shown} {UNREAD}")
        if not spots or old in spots:
            self.still_replaced |= {(site.module, name) for name in site.names or (site.name,)}
        if spots == [] and self.readers.was_read(site.module, site.name):
            message = f"nothing in {site.module} reads {site.name} now, so this patch may have no effect: run this test, and patch the module that reads the name"
            self._note(site.whole, "patch-unread", message)
        if not spots or spots == [old]:
            return
        self._aims[self._around(site.whole), site.module, site.name] = spots[0]
        if len(spots) == 1:
            self.aim.at(site, spots[0])
            return
        shared = bool(self._reads.get((site.module, site.name)))
        if not self._several.at(site, spots, shared=shared):
            first, *others = (f"{spot.module}.{spot.name}" for spot in spots)
            message = f"several modules read {site.name} now, no longer {site.module} alone, and this patch goes to one of them, {first}: where the test runs code of the others too, patch as well {', '.join(others)}"
            self._note(site.whole, "patch-several", message)
            self.aim.at(site, spots[0])

    def _is_in_place(self, site: Site) -> bool:
        """Whether the site changes the object and not the name: `patch.dict`."""
        function = site.whole.func if isinstance(site.whole, ast.Call) else None
        return isinstance(function, ast.Attribute) and function.attr == "dict"

    def _spots(self, site: Site) -> list[Spot] | None:
        """The spots that matter to this test; `None` where the names of one site differ in theirs."""
        found = self._spots_of(site, site.name)
        for name in site.names[1:]:
            others = self._spots_of(site, name)
            if {spot.module for spot in others} != {spot.module for spot in found}:
                return None
            if any(spot.name != name for spot in others):
                return None
        renamed = site.names and any(spot.name != site.name for spot in found)
        return None if renamed else found

    def _spots_of(self, site: Site, name: str) -> list[Spot]:
        """The spots of one name that matter to this test; all of them where its reach is unknown."""
        # What is replaced does not run: neither a target's text nor the mock of that name leads anywhere.
        mocks = self._tests.mocks_around(site.whole) & self._mocked - self._imported
        words = set(self._tests.words_around(site.whole)) - {name, *self._targets, *mocks}
        reach = self.reaches.reached_from(self.path, words)
        if site.whole in self._lasting:
            reach = Reach(None, reach.modules)
        if door := self._door(site):
            # A target that is spelled by way of another module is meant for what that module runs.
            reach = Reach(reach.units, reach.modules | {door})
        found = self.readers.of(site.module, name, reach)
        found = found or self.readers.of(site.module, name, Reach(None, reach.modules))
        old = Spot(site.module, name)
        if found and old not in found and self._is_read_beside(site, name):
            found.append(old)
        # Where only one can be replaced, it is what the functions that the test names look up, or else
        # what those lead to; where it names none, what its patch replaces already.
        named = self.readers.of(site.module, name, self.reaches.named(self.path, words))
        led = self.readers.of(site.module, name, self.reaches.led_to(self.path, words))
        untold = not named and not reach.units
        keys = {s: (s not in named, s not in led, untold and s != old) for s in found}
        return sorted(found, key=lambda spot: keys[spot])

    def _holder(self, site: Site) -> Spot:
        """A spot that holds the object of a site's name, of those that its test reaches if one does."""
        holders = self.readers.holders(site.module, site.name)
        reached = self._spots_of(site, site.name) if len(holders) > 1 else []
        return next((spot for spot in reached if spot in holders), holders[0])

    def _door(self, site: Site) -> str:
        """The module by way of which the text of a site names the old one; `""` without any."""
        text = self._sites.text(site.text) if site.text is not None and not site.owner else None
        return self.readers.through(text) if text is not None else ""

    def _around(self, node: ast.AST) -> ast.AST | None:
        """What runs while a patch at this node is in force, or where it stands."""
        return self._tests.scope(node) or self._tests.function(node)

    def _is_read_beside(self, site: Site, name: str) -> bool:
        """Whether code of the file that runs under a patch reads the name, and will not follow it."""
        scope, parts = self._tests.scope(site.whole), self._tests.parts_around(site.whole)
        anywhere = scope is None or site.whole in self._lasting
        own = self._around(site.whole)
        for node in self._reads.get((site.module, name), ()):
            around = {self._tests.function(node), self._tests.owner(node)}
            if own not in around and (anywhere or around & parts):
                return True
        return False

    def _keep_what_is_named(self) -> None:
        """Notes the names of old modules that texts of the file still spell out."""
        for value in self._sites.handed:
            call, module = self._tests.parents.get(value), self._sites.owner(value)
            for part in walk(call) if isinstance(call, ast.Call) else ():
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    self.still_replaced.add((module, part.value))
        spans = self.aim.spans
        for node in walk(self.source.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                module, name, _ = self.readers.split(node.value.rstrip("."))
                at = self.source.start(node) if module else 0
                if module and not any(span.start <= at < span.end for span in spans):
                    self.still_replaced.add((module, name))

    def _follow_reads(self) -> None:
        """A test that reads the name which it replaced reads it where it is replaced now."""
        for (module, name), nodes in self._reads.items():
            for node in nodes:
                places = (self._tests.function(node), self._tests.owner(node))
                spots = [self._aims.get((place, module, name)) for place in places]
                spot = next((spot for spot in spots if spot is not None), None)
                if spot is None or spot.module == module:
                    continue
                text = f"{self.aim.module(node.value, spot.module, node)}.{spot.name}"
                span = self.source.replace(node, text)
                known = self.aim.spans
                if not any(other.start < span.end and span.start < other.end for other in known):
                    self.aim.put(span, node, f"reads {name} where it is replaced")

    def _is_wrapped(self, node: ast.Attribute) -> bool:
        """Whether the read only hands the real thing to the patch itself: `wraps=tasks.f`."""
        parent = self._tests.parents.get(node)
        return isinstance(parent, ast.keyword)
