"""The runtime's settings: one typed value, read from Django's `CONVERGE_RUNTIME` when first asked for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.conf import settings as django_settings
from django.core.signals import setting_changed

from target_runtime.durations import SECONDS_IN_HOUR
from target_runtime.errors import OptionError, nearest
from target_runtime.queues import SLA_SECONDS

NAME = "CONVERGE_RUNTIME"
STORES = ("redis", "database", "memory")
SENTINEL = "sentinel://"
REDIS_SCHEMES = ("redis://", "rediss://", "unix://", "redis+socket://", SENTINEL)
NAMESPACE = re.compile(r"[\w.-]{1,40}", re.ASCII)
POLICIES = ("write_through", "redis_first", "fail_closed", "fail_open")
CATEGORY_TTLS: Mapping[str, int] = MappingProxyType(
    {
        "critical": 4 * SECONDS_IN_HOUR,
        "high_priority": 2 * SECONDS_IN_HOUR,
        "reports": 24 * SECONDS_IN_HOUR,
        "mutations": 6 * SECONDS_IN_HOUR,
        "maintenance": 12 * SECONDS_IN_HOUR,
    }
)
"""Seconds that a completed run is remembered, by category of task."""

SCOPE_ARGUMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "user": ("user_id", "user", "userid", "user_pk"),
        "tenant": ("tenant_id", "tenant", "client_id", "organization_id", "org_id"),
    }
)
"""The arguments that hold a scope's value; the first that the task takes counts."""


@dataclass(frozen=True)
class RuntimeSettings:
    """What `CONVERGE_RUNTIME = {...}` may hold, in lower case, with the defaults.

    `policy` (what happens when a store is away) is chosen by `target_runtime.stores.configured` when
    empty, `redis_url` is Celery's own Redis when empty, `database` is a Django alias. All keys begin
    with `namespace`: two projects on one Redis need two. Durations are seconds, `sla` those from
    send to start by queue, `max_result_bytes` bounds a stored result, `max_deliveries` how many runs
    of one message may end with the death of their process. Raises `OptionError` for a
    value that can't be.
    """

    policy: str = ""
    store: str = ""
    redis_url: str = ""
    database: str = "default"
    sqlite_path: str = ""
    namespace: str = "converge"
    lease: float = 30.0
    look_again: float = 30.0
    redis_timeout: float = 0.05
    database_timeout: float = 2.0
    breaker_failures: int = 3
    breaker_seconds: float = 2.0
    default_ttl: int = 2 * SECONDS_IN_HOUR
    ttls: Mapping[str, int] = field(default_factory=lambda: CATEGORY_TTLS)
    scope_arguments: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: SCOPE_ARGUMENTS)
    sla: Mapping[str, float] = field(default_factory=lambda: SLA_SECONDS)
    max_deliveries: int = 3
    max_result_bytes: int = 65_536
    metrics_interval: float = 5.0
    enforce_eager: bool = True

    def __post_init__(self) -> None:
        for name, known in (("policy", POLICIES), ("store", STORES)):
            value = getattr(self, name)
            if value and value not in known:
                raise OptionError(f"{NAME}['{name}'] is '{value}': use {', '.join(known)}.")
        if not NAMESPACE.fullmatch(self.namespace):
            raise OptionError(
                f"{NAME}['namespace'] is '{self.namespace}': use 1 to 40 letters, digits, '_', '.' or '-'."
            )
        _check_url(self.redis_url)
        if not isinstance(self.enforce_eager, bool):
            raise OptionError(
                f"{NAME}['enforce_eager'] is {self.enforce_eager!r}: use True or False."
            )
        for item in fields(self):
            if item.type in {"int", "float", int, float}:
                _check_number(item.name, getattr(self, item.name))
        for setting in ("ttls", "sla"):
            for name, seconds in getattr(self, setting).items():
                _check_number(f"{setting}']['{name}", seconds)
        scopes: Mapping[str, object] = self.scope_arguments
        for scope, names in scopes.items():
            if isinstance(names, str) or not isinstance(names, Sequence):
                raise OptionError(
                    f"{NAME}['scope_arguments']['{scope}'] is a list of names: ['{names}']."
                )

    def ttl(self, category: str) -> int:
        """Seconds that a task of this category is remembered."""
        return self.ttls.get(category, self.default_ttl)


def _check_url(url: str) -> None:
    if url and not url.startswith(REDIS_SCHEMES):
        raise OptionError(
            f"{NAME}['redis_url'] is '{url}': it must begin with {', '.join(REDIS_SCHEMES)}."
        )
    if url.startswith(SENTINEL) and "master_name=" not in url:
        raise OptionError(
            f"{NAME}['redis_url'] is '{url}', which does not say whose Redis: end it with ?master_name=... as the Sentinels know it."
        )


def _check_number(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise OptionError(f"{NAME}['{name}'] is {value!r}: it must be a number above 0.")


@lru_cache(maxsize=1)
def current() -> RuntimeSettings:
    """The settings in force. Raises `OptionError` for one that nobody knows."""
    given = getattr(django_settings, NAME, {}) if django_settings.configured else {}
    return read(given)


def read(given: Mapping[str, Any]) -> RuntimeSettings:
    """Settings from a mapping; those that are tables are laid over the defaults."""
    known = {item.name for item in fields(RuntimeSettings)}
    values = {str(name).lower(): value for name, value in given.items()}
    for name in values.keys() - known:
        raise OptionError(f"{NAME} has no setting '{name}': {nearest(name, known)}")
    laid_over = {"ttls": CATEGORY_TTLS, "scope_arguments": SCOPE_ARGUMENTS, "sla": SLA_SECONDS}
    for name, defaults in laid_over.items():
        if name in values:
            if not isinstance(values[name], Mapping):
                raise OptionError(f"{NAME}['{name}'] is {values[name]!r}: it must be a dict.")
            values[name] = {**defaults, **values[name]}
    return RuntimeSettings(**values)


def _forget(*, setting: str = "", **_: object) -> None:
    if setting in {NAME, "DATABASES"}:
        current.cache_clear()


setting_changed.connect(_forget, dispatch_uid="target_runtime.conf")
