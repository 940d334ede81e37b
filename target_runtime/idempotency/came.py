"""The arguments that a message came with, kept while its task may change them."""

from collections.abc import Mapping, Sequence
from typing import Any

CAME = "converge_came"


def keep_arguments(request: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:  # noqa: ANN401
    """Keeps what a task is about to be called with, as it is now."""
    setattr(request, CAME, (_kept(list(args)), _kept(dict(kwargs))))


def kept_arguments(request: Any) -> tuple[list[Any], dict[str, Any]] | None:  # noqa: ANN401
    """What the message came with; `None` before its task is called."""
    found: tuple[list[Any], dict[str, Any]] | None = getattr(request, CAME, None)
    return found


def _kept(value: Any) -> Any:  # noqa: ANN401
    """The same lists and dicts as new objects. What else a message holds is not changed but replaced."""
    if isinstance(value, list):
        return [_kept(item) if isinstance(item, list | dict) else item for item in value]
    return {
        name: _kept(item) if isinstance(item, list | dict) else item for name, item in value.items()
    }
