"""The key of a call: one text for all ways to write the same call.

The arguments are bound to the task's signature with its defaults, so that `f(7)`, `f(user_id=7)`
and `f(7, notify=True)` where `True` is the default give one key. The task goes in under its
canonical name: a trailing `()`, which the old code bases have, does not make another task.
"""

import dataclasses
import datetime
import decimal
import enum
import functools
import hashlib
import inspect
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from target_runtime.errors import KeyArgumentError, OptionError, ScopeError

SCOPES = ("global", "user", "tenant")
LONGEST_NAME = 120
Scope = str | Callable[[Mapping[str, Any]], object]
"""`global`, `user`, `tenant`, or what gives the scope's value from the bound arguments by name."""


def canonical_name(name: str) -> str:
    """A task's name without a trailing `()`: renaming it must not split its keys."""
    return name.strip().removesuffix("()").strip()


def bound_arguments(
    run: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments by name, defaults applied, in a fixed order; `TypeError` if they don't fit.

    A decorator that gives arguments of its own to what it wraps takes others than that does: its own
    signature counts then.
    """
    try:
        bound = _signature(run, True).bind(*args, **kwargs)
    except TypeError:
        bound = _signature(run, False).bind(*args, **kwargs)
    bound.apply_defaults()
    return dict(bound.arguments)


def signatures_of(run: Callable[..., Any]) -> tuple[inspect.Signature, inspect.Signature]:
    """The signature of what is called, and that of what it wraps."""
    return _signature(run, False), _signature(run, True)


@functools.cache
def defaults_of(run: Callable[..., Any]) -> Mapping[str, object]:
    """The defaults of a task's arguments, by name."""
    found = [parameter for one in signatures_of(run) for parameter in one.parameters.values()]
    return {one.name: one.default for one in found if one.default is not inspect.Parameter.empty}


@functools.cache
def _signature(run: Callable[..., Any], follow_wrapped: bool) -> inspect.Signature:
    """Kept: reading a signature takes longer than all else that a key is made of."""
    return inspect.signature(run, follow_wrapped=follow_wrapped)


def scope_value(
    scope: Scope, arguments: Mapping[str, Any], names: Mapping[str, Sequence[str]]
) -> object:
    """What the call's scope is; `ScopeError` if the task takes no such argument."""
    if callable(scope):
        return scope(arguments)
    if scope == "global":
        return None
    known = names.get(scope)
    if known is None:
        raise OptionError(
            f"The scope '{scope}' is unknown: use {', '.join(sorted({'global', *names}))}, or a callable that gives its value."
        )
    everything = {**arguments, **_extra(arguments)}
    for name in known:
        if name in everything:
            return everything[name]
    raise ScopeError(
        f"The scope is '{scope}', but the task takes none of {', '.join(known)}: give it one, name the argument in CONVERGE_RUNTIME['scope_arguments'], or pass a callable as scope."
    )


def _extra(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """What went into `**kwargs`."""
    found = [value for value in arguments.values() if isinstance(value, dict)]
    return {key: value for group in found for key, value in group.items() if isinstance(key, str)}


def key_of(
    namespace: str,
    name: str,
    scope: str,
    value: object,
    arguments: Mapping[str, Any],
    slot: str,
    defaults: Mapping[str, object] = MappingProxyType({}),
) -> str:
    """The key as the stores keep it, at most 200 characters, ASCII.

    An argument that has no fixed text is part of it where it is its own default.
    """
    plain = [[k, _argument(k, v, defaults)] for k, v in arguments.items()]
    parts = [scope, _plain(value), plain, slot]
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    short = canonical_name(name)
    if len(short) > LONGEST_NAME or not short.isascii():
        short = hashlib.blake2b(short.encode(), digest_size=16).hexdigest()
    return f"{namespace}:{short}:{scope}:{digest}"


def _argument(name: str, value: object, defaults: Mapping[str, object]) -> object:
    try:
        return _plain(value, name)
    except KeyArgumentError:
        if value is not defaults.get(name):
            raise
        return {"default": name}


def _plain(value: object, name: str = "scope") -> object:
    """A value as JSON that tells apart whatever is unequal, however its parts were ordered."""
    if value is None or isinstance(value, str | bool | int | float):
        return value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, enum.Enum):
        return _plain(value.value, name)
    if isinstance(value, list | tuple):
        return [_plain(item, name) for item in value]
    if isinstance(value, Mapping):
        pairs = [[_plain(k, name), _plain(v, name)] for k, v in value.items()]
        return {"dict": sorted(pairs, key=_text)}
    if isinstance(value, set | frozenset):
        return {"set": sorted((_plain(item, name) for item in value), key=_text)}
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return {"time": value.isoformat()}
    if isinstance(value, datetime.timedelta):
        return {"seconds": value.total_seconds()}
    if isinstance(value, decimal.Decimal):
        return {"decimal": _exact(value)}
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain(dataclasses.asdict(value), name)
    raise KeyArgumentError(
        f"The argument '{name}' is a {type(value).__name__}, which has no fixed text for an idempotency key: send its id, or name the arguments that count with arguments=(...)."
    )


def _exact(value: decimal.Decimal) -> str:
    """The same text for equal numbers, all their digits kept, whatever the context rounds to."""
    if not value.is_finite():
        return str(value)
    context = decimal.Context(
        prec=max(1, len(value.as_tuple().digits)), Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN
    )
    return str(value.normalize(context)) if value else "0"


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)
