"""The words of a command line before they are read."""

from typer import Context
from typer.core import TyperCommand


class Verb(TyperCommand):
    """A verb that takes `--notes=CODE` as well as `--notes CODE`.

    `--notes` is a flag, since it also stands alone, and a flag takes no value of its own. Of a
    context typer shows only this subclass, which it gives to every verb.
    """

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """The words that are left, after the options are read."""
        return super().parse_args(ctx, [part for word in args for part in parts(word)])


def parts(word: str) -> list[str]:
    """`--notes` and the kind of note where one word has both; any other word as it is."""
    flag, sign, code = word.partition("=")
    return [part for part in (flag, code) if part] if sign and flag == "--notes" else [word]
