"""What can stop a run: each error knows its exit code and what to type next."""


class MigrateError(Exception):
    """The run stopped."""

    exit_code = 1


class UsageError(MigrateError):
    """The words or the configuration are wrong."""

    exit_code = 2


class SafetyError(MigrateError):
    """Going on could lose something, so nothing was done."""

    exit_code = 3


class LinkError(SafetyError):
    """What would be written to is a symbolic link."""


class RunningError(SafetyError):
    """Another run is at work in this repository."""


class ProofError(MigrateError):
    """A step could not be proved, so it was not committed."""


class UnreachableError(UsageError):
    """A repository can't be fetched now."""
