"""The bytes of a file that takes units in: a new one in the manner of the old, or one that grows."""

from collections.abc import Iterable, Iterator

from codemods.inventory.undefined import unused_imports
from codemods.moves.files.arrival import Arrival, Piece
from codemods.moves.files.copied_units import Copies, Text
from codemods.moves.files.imports_needed import Header
from codemods.moves.files.licence import licence_of
from codemods.moves.files.linter_remarks import with_remarks
from codemods.moves.files.title import title_of
from codemods.moves.files.without_units import encoded, rebuilt
from codemods.moves.moves import Moves
from codemods.source.imports import bound_names, marked, module_imports
from codemods.source.text import Source
from codemods.units.units import Banner, Key, Module, read_module

HEAD = frozenset({"docstring", "future", "import", "star", "typing", "choice"})


class Writer:
    """Writes one file from its arrival."""

    def __init__(self, moves: Moves, arrival: Arrival, banners: dict[Key, Banner]) -> None:
        self.moves = moves
        self.arrival = arrival
        self.banners = banners
        self.header = Header(moves, arrival)
        self.copies = Copies(moves, arrival)

    def write(self) -> bytes:
        """The file as it is afterwards."""
        self.header.declare_late()
        module = self.moves.module(self.arrival.target)
        if module is not None:
            return self._remarked(self._grown(module))
        old = self.moves.source(self.arrival.pieces[0].key[0])
        return with_remarks(self._remarked(self._new()), old.source)

    def _remarked(self, data: bytes) -> bytes:
        """The file that tells linters which of its imports stand there for what they load."""
        unread = unused_imports(data) & self.arrival.unread if self.arrival.unread else set()
        source, remark = Source(data), self.header.layout.unread
        nodes = [node for node in module_imports(source) if unread.intersection(bound_names(node))]
        spans = [span for node in nodes if (span := marked(source, node, remark)) is not None]
        return source.edited(sorted(spans)) if spans else data

    def _new(self) -> bytes:
        first = self.moves.source(self.arrival.pieces[0].key[0])
        licence = licence_of(first)
        text = f"{licence.above}\n" if licence.above else ""
        text += self._title(licence.inside) + (f"\n{licence.below}" if licence.below else "")
        text += "".join(self.header.futures(first))
        slices = list(self.header.slices(first))
        if slices:
            text += "\n" + "".join("\n" * lead + part for lead, part in slices).lstrip("\n")
        data = text.encode("utf-8")
        data = self.header.with_imports(data, skip=first.path)
        stars = ((0, text) for text in self.header.stars(skip=first.path))
        texts = [
            *stars,
            *self.copies.blocks(),
            *self.copies.loggers(),
            *self._chunks(self.arrival.pieces),
        ]
        texts[:1] = [(min(lead, 1) if _is_apart(text) else lead, text) for lead, text in texts[:1]]
        data = data.rstrip(b"\n") + b"\n" + _joined(texts).encode("utf-8")
        newline = self.header.layout.newline
        return data.replace(b"\n", newline.encode()) if newline != "\n" else data

    def _title(self, licence: str) -> str:
        """The docstring, with what the old one's says of the licence."""
        pieces = self.arrival.pieces
        code = self.moves.source(pieces[0].key[0]).source.data.decode("utf-8", "replace")
        acts = all(piece.unit.kind == "effect" for piece in pieces)
        title = title_of(self.arrival.target, code, acts=acts)
        if not licence:
            return f'"""{title}"""\n'
        prefix = "r" if "\\" in licence else ""
        text = licence.replace('"""', "'''")
        return f'{prefix}"""{title}\n\n{text}"""\n'

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
        wide = module.width()
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
        data = self.header.with_imports(data)
        early = _early(loose, _read_early(module, going))
        late = [piece for piece in loose if piece not in early]
        if seated:
            early, late = loose, []
        stars = [(0, text) for text in self.header.stars()]
        data = _after_head(module.path, data, [*stars, *self.copies.blocks()])
        data = _after_head(module.path, data, list(self.copies.loggers()), HEAD | {"logger"})
        data = _after_head(module.path, data, list(self._chunks(early)), HEAD | {"logger"})
        if not late:
            return data
        grown = read_module(module.path, data)
        tail = data.decode(grown.source.encoding).rstrip() + "\n"
        texts = list(self._chunks(late))
        first = texts[0]
        texts[0] = (max(first[0], module.width()), first[1])
        return encoded(grown, tail.removeprefix("\ufeff") + _joined(texts))


def _is_apart(text: str) -> bool:
    """Whether a text begins with a comment and a blank line: sorters of imports have one line above it."""
    lines = text.splitlines()
    rest = next((line for line in lines if not line.startswith("#")), "x")
    return lines[:1] != [rest] and not rest.strip()


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
