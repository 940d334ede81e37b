"""The bytes of a file that takes units in: a new one in the manner of the old, or one that grows."""

import ast
import re
from collections.abc import Iterable, Iterator

from codemods.import_places import add_module, add_names
from codemods.imports import bound_names, module_imports, without_names
from codemods.inventory.symbols import imported_module
from codemods.moves.arrivals import Arrival, Piece
from codemods.moves.moved import Moves
from codemods.moves.places import Key
from codemods.moves.rebuilt import encoded, rebuilt
from codemods.moves.scopes import global_reads
from codemods.moves.units import Banner, Module, Unit, read_module
from codemods.values import Edit

HEAD = frozenset({"docstring", "future", "import", "star", "typing", "choice"})
LATE_IMPORT = re.compile(r"[ \t]*#\s*noqa:?\s*E402\b[ \t]*(?=\r?\n?$)")
"""The remark of an import below other code, which is no longer true at the top of a file."""

Text = tuple[int, str]
"""Blank lines above, and the text."""


class Writer:
    """Writes one file from its arrival."""

    def __init__(self, moves: Moves, arrival: Arrival, banners: dict[Key, Banner]) -> None:
        self.moves = moves
        self.arrival = arrival
        self.banners = banners
        self.first_party = frozenset(n.partition(".")[0] for n in moves.project.path_of)

    def write(self) -> bytes:
        """The file as it is afterwards."""
        for path, index in self.arrival.copied:
            old = self.moves.source(path)
            unit = old.units[index]
            if LATE_IMPORT.search(old.lines(unit.line, unit.last).rstrip("\r\n")):
                what = "the import stands at the top now"
                self.arrival.edits.append(Edit(path, unit.line, what))
        module = self.moves.module(self.arrival.target)
        return self._new() if module is None else self._grown(module)

    def _new(self) -> bytes:
        first = self.moves.source(self.arrival.pieces[0].key[0])
        text = self._title() + "".join(self._futures(first))
        slices = list(self._slices(first))
        if slices:
            text += "\n" + "".join("\n" * lead + part for lead, part in slices).lstrip("\n")
        data = text.encode("utf-8")
        data = self._with_imports(data, skip=first.path)
        texts = [*self._copies(), *self._loggers(), *self._chunks(self.arrival.pieces)]
        data = data.rstrip(b"\n") + b"\n" + _joined(texts).encode("utf-8")
        newline = first.source.newline
        return data.replace(b"\n", newline.encode()) if newline != "\n" else data

    def _title(self) -> str:
        name = self.arrival.target.rpartition("/")[2].removesuffix(".py")
        sources = sorted({piece.key[0] for piece in self.arrival.pieces})
        stem = name.removesuffix("_shared")
        if name != stem:
            return f'"""What tasks share that once stood in {", ".join(sources)}."""\n'
        words = name.replace("_", " ").strip().capitalize()
        return f'"""{words}."""\n'

    def _futures(self, module: Module) -> Iterator[str]:
        futures = [unit for unit in module.units if unit.kind == "future"]
        for unit in futures:
            lead = "\n" if unit is futures[0] else ""
            yield lead + _lines(module, unit)

    def _slices(self, module: Module) -> Iterator[Text]:
        """The import statements of the old file, each with the names that are needed of it."""
        lead, started = 0, False
        for unit in module.units:
            if unit.kind not in {"import", "typing"}:
                lead = max(lead, 1 if unit.kind in {"future", "choice"} else 0)
                continue
            lead = max(lead, min(unit.lead, 1))
            names = self.arrival.copied.get((module.path, unit.index))
            text = self._slice(module, unit, names) if names else ""
            if text:
                yield (lead if started else 0), text
                lead, started = 0, True

    def _slice(self, module: Module, unit: Unit, names: set[str]) -> str:
        if unit.kind == "typing":
            return ""
        renamed = {n for n in names if ((module.path, unit.index), n) in self.arrival.renamed}
        if not self._fits(module, unit) or renamed:
            return ""
        return trimmed(module, unit, names)

    def _fits(self, module: Module, unit: Unit) -> bool:
        """Whether a statement may be copied as it is: alone on its lines, right from there."""
        node = unit.nodes[0]
        if len(unit.nodes) > 1:
            return False
        same = module.path.rpartition("/")[0] == self.arrival.target.rpartition("/")[0]
        return same or not (isinstance(node, ast.ImportFrom) and node.level)

    def _with_imports(self, data: bytes, skip: str = "") -> bytes:
        """The file with every import that is not copied as a slice."""
        for (path, index), names in sorted(self.arrival.copied.items()):
            module = self.moves.source(path)
            unit = module.units[index]
            if unit.kind != "import":
                continue
            renamed = {
                name: self.arrival.renamed[(path, index), name]
                for name in names
                if ((path, index), name) in self.arrival.renamed
            }
            if path == skip and not renamed and self._fits(module, unit):
                continue
            data = self._add_statement(data, module, unit, names, renamed)
        for name, wanted in sorted(self.arrival.names.items()):
            data = add_names(data, self._spelled(name), wanted, self.first_party)
        return data

    def _spelled(self, module: str) -> str:
        """A module's name as the old file spells its neighbours: absolute, or with a dot."""
        path = self.arrival.pieces[0].key[0]
        return spelled(self.moves, path, self.arrival.target, module)

    def _add_statement(
        self, data: bytes, module: Module, unit: Unit, names: set[str], renamed: dict[str, str]
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
                    data = add_module(data, text, self.first_party)
                    continue
                text = alias.name if local == alias.name else f"{alias.name} as {local}"
                data = add_names(data, self._module_of(module, node), [text], self.first_party)
        return data

    def _module_of(self, module: Module, node: ast.ImportFrom) -> str:
        same = module.path.rpartition("/")[0] == self.arrival.target.rpartition("/")[0]
        if not node.level or same:
            return "." * node.level + (node.module or "")
        symbol = imported_module(module.path, node.module, node.level)
        return self.moves.project.canonical(symbol)

    def _copies(self) -> Iterator[Text]:
        """Stars and blocks of imports, which stand below the plain ones."""
        for path, index in self.arrival.stars:
            yield 0, _lines(self.moves.source(path), self.moves.source(path).units[index])
        for (path, index), names in sorted(self.arrival.copied.items()):
            module = self.moves.source(path)
            unit = module.units[index]
            if unit.kind == "typing":
                yield 1, _typing_block(module, unit, names)
            elif unit.kind == "choice":
                yield 1, _lines(module, unit)

    def _loggers(self) -> Iterator[Text]:
        """The loggers that the pieces write to."""
        lead = 1
        for (path, index), names in sorted(self.arrival.copied.items()):
            module = self.moves.source(path)
            unit = module.units[index]
            if unit.kind == "logger":
                yield lead, self._logger(module, unit, names)
                lead = 0

    def _logger(self, module: Module, unit: Unit, names: set[str]) -> str:
        text = self._with_own_name(module, unit)
        for name in names:
            local = self.arrival.renamed.get(((module.path, unit.index), name))
            if local is not None:
                text = local + text[len(name) :]
        return text

    def _with_own_name(self, module: Module, unit: Unit) -> str:
        """A logger that is named after its module keeps that name: others configure it by that."""
        start = module.source.starts[unit.line - 1]
        data = module.source.data[start : module.source.starts[unit.last]]
        for read in sorted(
            global_reads(unit.nodes, "__name__"), key=lambda r: -module.source.start(r.node)
        ):
            first, last = module.source.start(read.node), module.source.end(read.node)
            name = f'"{self.moves.module_name(module.path)}"'
            data = data[: first - start] + name.encode() + data[last - start :]
        text = data.decode("utf-8").replace("\r\n", "\n")
        return text if text.endswith("\n") else text + "\n"

    def _chunks(self, pieces: list[Piece]) -> Iterator[Text]:
        """The pieces with the blank lines that they had, or that their kinds ask for."""
        previous: Piece | None = None
        for piece in pieces:
            banner = self.banners.get(piece.key)
            lead = max(self._lead(previous, piece), banner.lead if banner else 0)
            yield lead, self._headed(piece)
            previous = piece

    def _headed(self, piece: Piece) -> str:
        """A piece below the banner that comes along with it."""
        banner = self.banners.get(piece.key)
        if banner is None:
            return piece.text
        module = self.moves.source(piece.key[0])
        head = module.lines(banner.first, banner.last).replace("\r\n", "\n")
        return head + "\n" * piece.unit.lead + piece.text

    def _lead(self, previous: Piece | None, piece: Piece) -> int:
        module = self.moves.source(piece.key[0])
        wide = _width(module)
        heavy = {"function", "class", "handler"}
        if previous is None:
            return wide if piece.unit.kind in heavy else 1
        if previous.key[0] != piece.key[0]:
            return wide
        between = module.units[previous.unit.index + 1 : piece.unit.index + 1]
        if len(between) == 1:
            return piece.unit.lead
        if previous.unit.kind in heavy or piece.unit.kind in heavy:
            return wide
        return min(1, max(unit.lead for unit in between))

    def _grown(self, module: Module) -> bytes:
        going = {i for (path, i) in self.moves.leaving if path == module.path}
        seated: dict[int, str] = {}
        loose: list[Piece] = []
        for piece in self.arrival.pieces:
            seat = self.moves.seats.get(piece.key)
            if seat is not None and seat[0] == module.path:
                seated[seat[1]] = self._headed(piece)
            else:
                loose.append(piece)
        data = rebuilt(module, going, seated)
        data = self._with_imports(data)
        early = _early(loose, _read_early(module, going))
        late = [piece for piece in loose if piece not in early]
        if seated:
            early, late = loose, []
        data = _after_head(module.path, data, list(self._copies()))
        data = _after_head(module.path, data, list(self._loggers()), HEAD | {"logger"})
        data = _after_head(module.path, data, list(self._chunks(early)), HEAD | {"logger"})
        if not late:
            return data
        grown = read_module(module.path, data)
        tail = data.decode(grown.source.encoding).rstrip() + "\n"
        texts = list(self._chunks(late))
        first = texts[0]
        texts[0] = (max(first[0], _width(module)), first[1])
        return encoded(grown, tail.removeprefix("\ufeff") + _joined(texts))


def _early(pieces: list[Piece], needed: set[str]) -> list[Piece]:
    """The pieces that code above them reads while the file is imported, and what those read."""
    found: list[Piece] = []
    for piece in reversed(pieces):
        if needed & set(piece.unit.names):
            found.insert(0, piece)
            needed |= piece.unit.reads.eager
    return found


def _read_early(module: Module, going: set[int]) -> set[str]:
    """The names that the file's own code reads while it is imported."""
    return {
        name
        for unit in module.units
        if unit.index not in going and unit.kind not in HEAD
        for name in unit.reads.eager
    }


def _after_head(path: str, data: bytes, texts: list[Text], kinds: frozenset[str] = HEAD) -> bytes:
    """The file with texts below its first run of units of these kinds: imports, and loggers too."""
    if not texts:
        return data
    module = read_module(path, data)
    last, kind = 0, ""
    for unit in module.units:
        if unit.kind not in kinds:
            break
        last, kind = unit.last, unit.kind
    head = module.lines(1, last) if last else ""
    rest = (
        module.lines(last + 1, len(module.source.lines)) if len(module.source.lines) > last else ""
    )
    if head and not head.endswith("\n"):
        head += "\n"
    if kind == "logger" and kinds != HEAD and not texts[0][1].startswith(("#", "def ", "class ")):
        texts[0] = (0, texts[0][1])
    else:
        texts[0] = (max(texts[0][0], 1), texts[0][1])
    inserted = _joined(texts)
    if rest.strip() and not rest.startswith(("\n", "\r\n")):
        inserted += "\n"
    return encoded(module, (head + inserted + rest).replace("\r\n", "\n"))


def _joined(texts: Iterable[Text]) -> str:
    return "".join("\n" * lead + text for lead, text in texts)


def _lines(module: Module, unit: Unit) -> str:
    """A unit's code without the comments above it, ending in a newline."""
    text = module.lines(unit.line, unit.last).replace("\r\n", "\n")
    return text if text.endswith("\n") else text + "\n"


def _width(module: Module) -> int:
    """The blank lines that a file puts above its functions: one or two, mostly two."""
    leads = [unit.lead for unit in module.units if unit.kind in {"function", "class"}]
    return 1 if leads and sum(lead < 2 for lead in leads) > len(leads) / 2 else 2


def trimmed(module: Module, unit: Unit, names: set[str]) -> str:
    """An import statement with only these names, its comments and layout kept."""
    node = unit.nodes[0]
    assert isinstance(node, ast.Import | ast.ImportFrom)
    unwanted = set(bound_names(node)) - names
    text = _lines(module, unit)
    if unwanted:
        text = without_names(module.source, node, unwanted).text.replace("\r\n", "\n")
    return LATE_IMPORT.sub("", text.rstrip("\n")) + "\n"


def _typing_block(module: Module, unit: Unit, names: set[str]) -> str:
    """The `if TYPE_CHECKING:` block with only the names that are needed."""
    block = unit.nodes[0]
    assert isinstance(block, ast.If)
    lines = [module.lines(block.lineno, block.body[0].lineno - 1)]
    for node in block.body:
        assert isinstance(node, ast.Import | ast.ImportFrom)
        unwanted = set(bound_names(node)) - names
        if unwanted >= set(bound_names(node)):
            continue
        if unwanted:
            lines.append(without_names(module.source, node, unwanted).text)
        else:
            lines.append(module.lines(node.lineno, node.end_lineno or node.lineno))
    return "".join(lines).replace("\r\n", "\n")


def spelled(moves: Moves, source: str, target: str, module: str) -> str:
    """How a file names a module of the project: as its neighbours do, with a dot or from the root."""
    path = moves.project.path_of.get(module, "")
    if not path:
        path = next((p for p in moves.targets if moves.module_name(p) == module), "")
    folder = target.rpartition("/")[0]
    if path.rpartition("/")[0] != folder or path.endswith("__init__.py"):
        return module
    known = moves.module(source)
    statements = module_imports(known.source) if known else []
    froms = [node for node in statements if isinstance(node, ast.ImportFrom)]
    dotted = any(node.level == 1 for node in froms)
    package = moves.module_name(target).rpartition(".")[0]
    whole = any(not node.level and (node.module or "").startswith(package + ".") for node in froms)
    stem = path.rpartition("/")[2].removesuffix(".py")
    return f".{stem}" if dotted and not whole else module
