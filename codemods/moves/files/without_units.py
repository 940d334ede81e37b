"""A file without some of its units, or with others in their seats; the blank lines between stay."""

from collections.abc import Collection, Mapping
from difflib import SequenceMatcher

from codemods.source.text import Source
from codemods.units.units import Banner, Module


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
            begun = True
            continue
        # What comes first now needs no blank lines above it.
        parts.append("\n" * (blanks if parts or not begun else 0) + seated.get(index, text))
        blanks = 0
    tail = (
        module.lines(position, len(module.source.lines))
        if position <= len(module.source.lines)
        else ""
    )
    if tail.strip():
        blanks = _between(parts, tail, blanks)
    text = "".join(parts)
    return encoded(module, text)


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
