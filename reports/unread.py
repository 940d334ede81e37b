"""What a page says of the files that this Python can't parse: how many, how they were read, what would do."""

from collections import Counter
from collections.abc import Iterable, Iterator

from codemods.inventory.foreign.repairs import OLDER
from codemods.inventory.link import Inventory
from codemods.inventory.scan import is_relevant
from codemods.inventory.testing import is_test
from codemods.inventory.values import ParseError
from reports.words import plural

NOTES = "migrate plan --notes"


def unread_lines(errors: Iterable[ParseError | None]) -> Iterator[str]:
    """A line for the files of newer Pythons, one for those of each older one, one for those that are broken."""
    known = [error for error in errors if error is not None]
    newer = [error for error in known if error.needs and error.needs not in OLDER]
    broken = [error for error in known if not error.needs]
    if newer:
        version = max((error.needs for error in newer), key=_numbers)
        count = len(newer)
        yield (
            f"{count} {plural(count, 'file')} {plural(count, 'needs', 'need')} Python {version}: {ways(newer)};"
            f" install the tool with Python {version} to have {plural(count, 'it', 'them')} migrated"
        )
    for version, called in OLDER.items():
        old = [error for error in known if error.needs == version]
        if old:
            count = len(old)
            yield f"{count} {plural(count, 'file is', 'files are')} written for {called}: {ways(old)}, never edited"
    if broken:
        count = len(broken)
        yield f"{count} {plural(count, 'file')} {plural(count, 'does', 'do')}n't parse: {ways(broken)} ({NOTES})"


def word_for_reached(inventory: Inventory) -> str:
    """`reached`, or less than that where a file that may hold tasks was not read whole."""
    paths = [
        facts.path
        for facts in inventory.unparsed
        if facts.error is not None and facts.error.read != "interpreter"
        if facts.path in inventory.files and not is_test(facts.path)
    ]
    contents = inventory.files.read_many(paths)
    return "reached, as far as read" if any(map(is_relevant, contents.values())) else "reached"


def ways(errors: list[ParseError]) -> str:
    """How many files were read in which way: `15 read by python3.14, 2 by their headers alone`."""
    counts = Counter((error.read, error.by) for error in errors)
    parts: list[str] = []
    alone = len(counts) == 1
    for (way, by), count in sorted(counts.items(), key=lambda item: ORDER.index(item[0][0])):
        if way == "not":
            parts.append("not read at all" if alone else f"{count} not read at all")
            continue
        what = by or f"{plural(count, 'its', 'their')} headers alone"
        how = f"by {what}" if parts else f"read by {what}"
        parts.append(how if alone else f"{count} {how}")
    return ", ".join(parts)


ORDER = ("interpreter", "headers", "not")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
