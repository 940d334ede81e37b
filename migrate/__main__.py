"""Starts the command line, and turns what stopped it into a message and an exit code."""

import os
import signal
import sys
from contextlib import suppress

from migrate.cli import app, with_verb_first
from migrate.cli.console import complain
from migrate.memory import collect_rarely

INTERRUPTED = 130


def main() -> None:
    """Runs one verb and exits: 0 done, 1 findings, 2 wrong words, 3 refused, 130 interrupted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    collect_rarely()
    try:
        code = app(with_verb_first(sys.argv[1:]), standalone_mode=False)
        if code == INTERRUPTED:
            complain(KeyboardInterrupt())
        sys.stdout.flush()
    except Exception as error:  # noqa: BLE001 - the top of the command line
        code = complain(error)
        if isinstance(error, OSError):
            forget_output()
        sys.exit(code)
    except KeyboardInterrupt:
        complain(KeyboardInterrupt())
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)


def forget_output() -> None:
    """Lets what could not be printed be: Python would try once more at its end, and complain."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
