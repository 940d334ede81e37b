"""The service that tasks, shells and commands ask about keys, over the stores that the settings name."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from celery import current_app

from target_runtime import conf
from target_runtime.aliases import first_name
from target_runtime.errors import OptionError, UnknownTaskError
from target_runtime.idempotency.keys import (
    Scope,
    bound_arguments,
    canonical_name,
    defaults_of,
    key_of,
    scope_value,
)
from target_runtime.idempotency.marks import COALESCE, Mark, mark_of
from target_runtime.idempotency.results import decoded
from target_runtime.observe.counters import COUNTERS
from target_runtime.stores.configured import store_for
from target_runtime.stores.store import Store
from target_runtime.stores.values import Answer, KeyStatus, Owner, State


class UniversalIdempotencyService:
    """Claims, results and their keys. Every method raises `StoreUnavailableError` as the policy says."""

    def __init__(
        self,
        store: Store | None = None,
        settings: conf.RuntimeSettings | None = None,
        *,
        is_eager: bool = False,
    ) -> None:
        self.settings = settings or conf.current()
        self.store = store or store_for(self.settings, is_eager=is_eager)

    def claim(self, key: str, owner: Owner, lease: float | None = None) -> Answer:
        """Takes the key for `lease` seconds, or tells who has it or what came out."""
        return self.store.claim(key, owner, lease or self.settings.lease)

    def complete(self, key: str, owner: Owner, result: bytes | None, ttl: float) -> bool:
        """Keeps the result for `ttl` seconds; false if the key is somebody else's by now."""
        return self.store.complete(key, owner, result, ttl)

    def release(self, key: str, owner: Owner) -> bool:
        """Gives the key up, so that the next call runs."""
        return self.store.release(key, owner)

    def check_idempotency_key(
        self,
        task: str,
        scope: str = "",
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> KeyStatus:
        """What is known of a call. Without arguments: of the call without arguments.

        Of a call that beat sends too, also the run that was due last. Raises `UnknownTaskError` if
        no task of that name is registered.
        """
        keys = self._keys(registered(task), args, kwargs or {}, scope)
        looks = [(key, self.store.look(key)) for key in keys]
        key, found = next((it for it in looks if it[1].state is not State.ABSENT), looks[0])
        owner = found.owner.delivery if found.owner is not None else ""
        return KeyStatus(key, found.state, owner, found.remaining, decoded(found.result))

    def clear_idempotency_key(
        self,
        task: str,
        scope: str = "",
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> bool:
        """Forgets a call, so that the next one runs; false if nothing was known of it.

        Of a call that beat sends too, also the run that was due last.
        """
        keys = self._keys(registered(task), args, kwargs or {}, scope)
        cleared = [self.store.clear(key) for key in keys]
        return any(cleared)

    def _keys(
        self,
        task: Any,  # noqa: ANN401 - any task
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        scope: str,
    ) -> list[str]:
        """The key of a call, and those of the runs of it that beat's entries sent last."""
        # Only a person who asks pays for the import of schedules.
        from target_runtime.schedules.entries import slots_of

        slots = slots_of(current_app, task, args, kwargs, datetime.now(timezone.utc))
        keys = [self.key(task, args, kwargs, scope, slot) for slot in ["", *slots]]
        return list(dict.fromkeys(keys))

    def get_metrics(self) -> dict[str, float]:
        """Counts since the runtime first ran here: claims, duplicates, waits, lost leases and so on.

        Summed over all workers if Redis keeps them, else those of this process.
        """
        return COUNTERS.totals()

    def key(
        self,
        task: Any,  # noqa: ANN401 - any task
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        scope: str = "",
        slot: str = "",
    ) -> str:
        """The key of a call of a task; `slot` is the scheduled time of a call by beat.

        In the mode `coalesce` all calls share one, which is none of the other mode: while workers
        of two releases run, none finds a result that it can't read.
        """
        mark = mark_of(task) or Mark()
        slot = COALESCE if mark.mode == COALESCE else slot
        wanted: Scope = mark.scope if callable(mark.scope) or not scope else scope
        arguments = bound_arguments(task.run, args, kwargs)
        value = scope_value(wanted, arguments, self.settings.scope_arguments)
        if mark.arguments is not None:
            missing = [name for name in mark.arguments if name not in arguments]
            if missing:
                raise OptionError(f"{task.name} has no argument '{missing[0]}' for its key.")
            arguments = {name: arguments[name] for name in mark.arguments}
        word = getattr(wanted, "__name__", "custom") if callable(wanted) else wanted
        name = mark.name or canonical_name(first_name(task.name))
        return key_of(
            self.settings.namespace, name, word, value, arguments, slot, defaults_of(task.run)
        )

    def ttl(self, mark: Mark) -> float:
        """Seconds that a completed run of a task so marked is remembered."""
        return mark.ttl if mark.ttl is not None else self.settings.ttl(mark.category)


def registered(name: str) -> Any:  # noqa: ANN401 - any task
    """The task of this name, loaded as a worker would load it. `UnknownTaskError` if there is none."""
    if name not in current_app.tasks:
        current_app.loader.import_default_modules()
    known = current_app.tasks
    found = known.get(name) or known.get(f"{name}()")
    if found is None:
        last = [task for task in known if task.rpartition(".")[2] == canonical_name(name)]
        hint = f" Did you mean '{last[0]}'?" if last else ""
        raise UnknownTaskError(f"No task '{name}' is registered.{hint}")
    return found
