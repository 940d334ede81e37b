"""Everything that the runtime raises on purpose; each docstring is the default message."""

from collections.abc import Iterable


class RuntimeFault(Exception):  # noqa: N818 - the root of a family, and RuntimeError is Python's
    """The task runtime could not do what it was asked."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class OptionError(RuntimeFault):
    """An option of a task or a setting is unknown or does not fit."""


class NoStoreError(OptionError):
    """No store for idempotency keys can be found in the settings."""


class KeyArgumentError(RuntimeFault):
    """An argument can't be part of an idempotency key."""


class RetryArgumentError(RuntimeFault):
    """The arguments that a task gave to its retry can't be written into a message."""


class ScopeError(RuntimeFault):
    """The scope of an idempotent task has no value in this call."""


class ProcessLostError(RuntimeFault):
    """The process of a task died each time that it ran."""

    def __init__(self, task: str = "", deaths: int = 0) -> None:
        # Celery makes it again from its arguments, of which the first may be the whole text.
        text = f"The process of '{task}' died {deaths} times that it ran: it is not run again."
        super().__init__(text if deaths else task)


class RouteError(RuntimeFault):
    """The routes of the app can't be read, or a router of it fails: a task can't be sent."""

    def __init__(self, task: str = "", why: str = "") -> None:
        super().__init__(f"'{task}' can't be sent: {why}")
        self.why = why


class UnknownTaskError(RuntimeFault):
    """No task of this name is registered."""


class StoreUnavailableError(RuntimeFault):
    """The store of idempotency keys does not answer."""


class KeyLockedError(StoreUnavailableError):
    """Another transaction has this idempotency key, and has not ended yet."""


class NoTableError(StoreUnavailableError):
    """The database lacks the table of idempotency keys: run manage.py migrate target_runtime."""


class CircuitOpenError(RuntimeFault):
    """Calls to a host are held back, since the last ones failed."""

    def __init__(self, host: str = "", seconds: float = 0.0) -> None:
        super().__init__(
            f"Calls to '{host}' are held back for {seconds:.0f} s, since the last ones failed."
        )
        self.host = host
        self.seconds = seconds


def nearest(name: str, known: Iterable[str]) -> str:
    """What to say of a name that nobody knows: the one that was meant, else all of them."""
    # Only a mistake pays for the import.
    import difflib

    names = sorted(known)
    near = difflib.get_close_matches(name, names, 1)
    return f"did you mean '{near[0]}'?" if near else f"known are {', '.join(names)}."
