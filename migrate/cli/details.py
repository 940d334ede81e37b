"""What `-v` tells on stderr: what is read, seconds a step; with `-vv` git's commands too."""

import logging
import sys

from codemods.notes.visible import visible

LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


class Details(logging.Handler):
    """Writes each record on a line of stderr as it stands then: above a progress bar, if there is one."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one."""
        sys.stderr.write(f"{visible(record.getMessage())}\n")


def tell_details(details: int) -> None:
    """Tells so much from now on: nothing for 0, files and steps for 1, git's commands too for 2."""
    logger = logging.getLogger("migrate")
    logger.setLevel(LEVELS[min(details, 2)])
    logger.handlers = [Details()] if details else []
    logger.propagate = False
