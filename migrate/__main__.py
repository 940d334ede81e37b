"""Starts the command line, and turns what stopped it into a message and an exit code."""

import signal
import sys

from migrate.cli import app
from migrate.cli.console import complain
from migrate.memory import collect_rarely

INTERRUPTED = 130


def main() -> None:
    """Runs one verb and exits: 0 done, 1 findings, 2 wrong words, 3 refused, 130 interrupted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    collect_rarely()
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED:
            complain(KeyboardInterrupt())
    except Exception as error:  # noqa: BLE001 - the top of the command line
        sys.exit(complain(error))
    except KeyboardInterrupt:
        complain(KeyboardInterrupt())
        sys.exit(130)
    sys.stdout.flush()
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
