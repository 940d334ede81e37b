"""The headings that isort writes above the sections of imports: there where the section begins, gone with it."""

from codemods.layout.layout import Layout
from codemods.source.import_order import section_of, top_block
from codemods.source.imports import ImportNode, named_module
from codemods.source.text import Source, Span


def heading_lines(layout: Layout) -> frozenset[str]:
    """The comments that are headings of sections."""
    return frozenset(f"# {text}" for _, text in layout.sorting.headings)


def with_headings(data: bytes, layout: Layout) -> bytes:
    """A file whose first run of imports has the configured headings, each above its section alone."""
    if not layout.sorting.headings:
        return data
    source = Source(data)
    block = top_block(source)
    first = {number: text for node, text in _begins(block, layout) if (number := node.lineno)}
    lines = heading_lines(layout)
    spans: list[Span] = []
    kept: set[int] = set()
    for number, text in first.items():
        above = _comments_above(source, number)
        if f"# {text}" in (_line(source, line) for line in above):
            kept.update(line for line in above if _line(source, line) == f"# {text}")
        else:
            # What the file itself begins with stays above.
            at = above[0] if above and above[0] > 1 else number
            start = source.starts[at - 1]
            spans.append(Span(start, start, f"# {text}{source.newline}"))
    last = block[-1].end_lineno or 0 if block else 0
    for number in range(1, min(last + 4, len(source.lines)) + 1):
        if _line(source, number) in lines and number not in kept:
            spans.append(_line_out(source, number))
    return source.edited(sorted(spans)) if spans else data


def _begins(block: list[ImportNode], layout: Layout) -> list[tuple[ImportNode, str]]:
    """The first statement of each section that has a heading, with that."""
    told = dict(layout.sorting.headings)
    found: list[tuple[ImportNode, str]] = []
    seen: set[int] = set()
    for node in block:
        section = section_of(named_module(node), layout)
        if section not in seen:
            seen.add(section)
            text = told.get(layout.sorting.sections[section], "")
            if text:
                found.append((node, text))
    return found


def _comments_above(source: Source, number: int) -> list[int]:
    """The lines of the comments right above a line."""
    first = number
    while first > 1 and source.lines[first - 2].startswith(b"#"):
        first -= 1
    return list(range(first, number))


def _line(source: Source, number: int) -> str:
    return source.lines[number - 1].decode("utf-8").rstrip()


def _line_out(source: Source, number: int) -> Span:
    """A line that goes, with the blank ones above it where others stand below, or those below at the top."""
    lines, first, end = source.lines, number, number
    while end < len(lines) and number == 1 and not lines[end].strip():
        end += 1
    below = lines[end] if end < len(lines) else b""
    while not below.strip() and first > 1 and not lines[first - 2].strip():
        first -= 1
    return Span(source.starts[first - 1], source.starts[end], "")
