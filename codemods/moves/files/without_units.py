"""A file without some of its units, or with others in their seats; the blank lines between stay."""

import ast
from collections.abc import Collection, Mapping
from difflib import SequenceMatcher
from itertools import pairwise

from codemods.inventory.symbols import FunctionNode
from codemods.source.text import Source
from codemods.units.units import Banner, Module, Unit


def rebuilt(
    module: Module,
    gone: Collection[int],
    seated: Mapping[int, str],
    without: Collection[Banner] = (),
) -> bytes:
    """The file's bytes. `seated` gives the text that takes a unit's place."""
    if not gone and not seated:
        return encoded(module, module.source.data.decode("utf-8"))
    parts: list[str] = []
    blanks, position, begun = 0, 1, False
    above, left = "", False
    regions: list[tuple[int, int, int, Banner | None]] = [
        (unit.first, unit.last, unit.index, None) for unit in module.units
    ]
    regions += [(banner.first, banner.last, -1, banner) for banner in module.banners]
    for first, last, index, banner in sorted(regions, key=lambda region: region[0]):
        between = module.lines(position, first - 1) if first > position else ""
        text = module.lines(first, last)
        blanks = _between(parts, between, blanks)
        position = last + 1
        if banner is not None and banner in without:
            continue
        if index in gone:
            begun = left = True
            continue
        if left and above == "import":
            blanks = _below_import(module, index, blanks)
        above, left = module.units[index].kind if index >= 0 else "", False
        # What comes first now needs no blank lines above it.
        parts.append("\n" * (blanks if parts or not begun else 0) + seated.get(index, text))
        blanks = 0
    end = len(module.source.lines)
    tail = module.lines(position, end) if position <= end else ""
    if tail.strip():
        blanks = _between(parts, tail, blanks)
    text = "".join(parts)
    return encoded(module, text)


def _below_import(module: Module, index: int, blanks: int) -> int:
    """The blank lines between an import and what stands right below it now: those of definitions leave with them."""
    if index < 0 or _is_defined(module.units[index]):
        return blanks
    return min(blanks, _lines_below_imports(module))


def _is_defined(unit: Unit) -> bool:
    """Whether a unit is a function or a class, above which two lines stay free."""
    return isinstance(unit.nodes[0], FunctionNode | ast.ClassDef)


def _lines_below_imports(module: Module) -> int:
    """How many blank lines a file has between its imports and a statement; one, as isort has it, if it shows none."""
    for above, below in pairwise(module.units):
        apart = below.first - above.last - 1
        if above.kind == "import" != below.kind and not _is_defined(below) and apart:
            return apart
    return 1


def _between(parts: list[str], text: str, blanks: int) -> int:
    """Keeps what is not blank between two units; the blank lines below it."""
    lines = text.splitlines(keepends=True)
    full = [number for number, line in enumerate(lines) if line.strip()]
    if not full:
        return max(blanks, len(lines))
    above = max(blanks, full[0])
    parts.append("\n" * above + "".join(lines[full[0] : full[-1] + 1]))
    return len(lines) - full[-1] - 1


def encoded(module: Module, text: str) -> bytes:
    """A text in the encoding and with the line ends of a file."""
    source = module.source
    plain = text.replace("\r\n", "\n")
    if source.is_mixed:
        return source.bom + _with_own_ends(source, plain).encode(source.encoding)
    return source.bom + plain.replace("\n", source.newline).encode(source.encoding)


def _with_own_ends(source: Source, text: str) -> str:
    """A text whose lines end as those of the file did, new ones as most of them."""
    old = [line.decode() for line in source.lines]
    bare, new = [line.rstrip("\r\n") for line in old], text.split("\n")
    ends = [source.newline] * (len(new) - 1) + [""]
    matcher = SequenceMatcher(None, bare, new, autojunk=False)
    for first, at, size in matcher.get_matching_blocks():
        for step in range(size):
            own = old[first + step][len(bare[first + step]) :]
            if own and ends[at + step]:
                ends[at + step] = own
    return "".join(line + end for line, end in zip(new, ends, strict=True))
