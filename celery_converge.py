"""The way in: `migrate` from this installation, whatever packages of that name a project has.

A Django project is often run with PYTHONPATH set to itself, and may hold packages named `migrate` or
`reports`; those of PYTHONPATH and of the current folder come before installed ones.
"""

import os
import sys
from pathlib import Path


def main() -> None:
    """Runs the command line with only installed packages in reach."""
    only_installed()
    from migrate.__main__ import start

    start()


def audit() -> None:
    """Runs `celery-audit` with only installed packages in reach."""
    only_installed()
    from migrate.audit import start

    start()


def only_installed() -> None:
    """Takes the current folder and those of PYTHONPATH out of reach."""
    foreign = {Path.cwd()}
    foreign.update(Path(p).resolve() for p in os.environ.get("PYTHONPATH", "").split(os.pathsep))
    sys.path[:] = [
        entry
        for entry in sys.path
        # Our own checkout, installed in place, may be the folder that one stands in.
        if Path(entry or ".", "celery_converge.py").exists() or Path(entry).resolve() not in foreign
    ]


if __name__ == "__main__":
    main()
