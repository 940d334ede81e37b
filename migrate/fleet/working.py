"""A worker of a campaign: python -m migrate.fleet.working FOLDER QUEUES NUMBER."""

import os
import sys
from pathlib import Path

from migrate.fleet.app import make_app
from migrate.fleet.processes import BROKER


def main(words: list[str]) -> None:
    """Works until it is told to end."""
    folder, queues, number = words
    os.environ["MIGRATE_FLEET_WORKER"] = number
    app = make_app(Path(folder), os.environ.pop(BROKER, ""))
    options = ("--without-gossip", "--without-mingle", "--loglevel=WARNING", "--concurrency=1")
    app.worker_main(
        ["worker", f"--hostname=fleet{number}@%h", f"--queues={queues}", "--pool=prefork", *options]
    )


if __name__ == "__main__":
    main(sys.argv[1:])
