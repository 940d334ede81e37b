"""Where code looks a name up: what a test must replace."""

from msgspec import Struct


class Spot(Struct, frozen=True, order=True):
    """A module and the name under which its code looks something up."""

    module: str
    name: str
