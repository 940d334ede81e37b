"""Words that depend on a figure."""


def plural(count: int, one: str, many: str = "") -> str:
    """The noun for a count: `file` for one, `files` for any other, or `many` where that is no `s`."""
    return one if count == 1 else many or f"{one}s"
