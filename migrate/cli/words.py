"""The words of a command line before they are read."""

from typing import Any

from typer.core import TyperCommand


class Verb(TyperCommand):
    """A verb that takes `--notes=CODE` as well as `--notes CODE`.

    `--notes` is a flag, since it also stands alone, and a flag takes no value of its own.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The words that are left, after the options are read."""
        return super().parse_args(ctx, [part for word in args for part in parts(word)])


def parts(word: str) -> list[str]:
    """`--notes` and the kind of note where one word has both; any other word as it is."""
    flag, sign, code = word.partition("=")
    return [part for part in (flag, code) if part] if sign and flag == "--notes" else [word]
