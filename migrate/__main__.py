"""Starts the command line, and turns what stopped it into a message and an exit code."""

import atexit
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NoReturn

from migrate.answers.asking import answer
from migrate.memory import collect_rarely
from migrate.pager import paged

INTERRUPTED = 130


def main() -> NoReturn:
    """Runs one verb for another program; raises `SystemExit` with its exit code."""
    sys.exit(run())


def start() -> NoReturn:
    """The command itself: runs one verb, or says what it said where nothing has changed since."""
    with paged(sys.argv[1:]):
        code = run(partial(answer, sys.argv[1:], typed))
    leave(code)


def typed() -> int:
    """Runs the verb that was typed; raises what stops it."""
    from migrate.cli import app

    code = app(sys.argv[1:], "migrate", standalone_mode=False)
    return code if isinstance(code, int) else 0


def run(verb: Callable[[], int] = typed) -> int:
    """Runs one verb: 0 done, 1 findings, 2 wrong words, 3 refused, 130 interrupted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    collect_rarely()
    try:
        code = verb()
        if code == INTERRUPTED:
            complain(KeyboardInterrupt())
        sys.stdout.flush()
    except Exception as error:  # noqa: BLE001 - the top of the command line
        code = complain(error)
        if isinstance(error, OSError):
            forget_output()
    except KeyboardInterrupt:
        return complain(KeyboardInterrupt())
    return code


def complain(error: BaseException) -> int:
    """Says what stopped the run; loaded late, since most runs have nothing to complain of."""
    from migrate.cli.console import complain as said

    return said(error)


def leave(code: int) -> NoReturn:
    """Ends the process without freeing its objects one by one, as mypy does.

    After a plan of 3,000 files Python takes a tenth of the whole time for that.
    """
    atexit._run_exitfuncs()  # noqa: SLF001 - nothing else runs what waits for the end
    with suppress(OSError, ValueError):
        sys.stderr.flush()
        sys.stdout.flush()
    os._exit(code)


def forget_output() -> None:
    """Lets what could not be printed be: Python would try once more at its end, and complain."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    start()
