"""`python -m target_runtime.workers start|stop|restart|monitor|metrics|units`, what `celery_workers.sh` calls."""

import argparse
import json
import os
import sys
import time
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from celery.app.utils import find_app
from kombu.exceptions import OperationalError

from target_runtime.errors import RuntimeFault
from target_runtime.workers.exporter import serve, shared_folder
from target_runtime.workers.kept import kept
from target_runtime.workers.page import CLEAR, page
from target_runtime.workers.pools import Pool, pools
from target_runtime.workers.processes import Processes, units
from target_runtime.workers.watch import Watch


def say(text: str) -> None:
    """One line for the person."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def arguments(words: list[str]) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="celery_workers.sh", description=__doc__)
    parser.add_argument("verb", choices=["start", "stop", "restart", "monitor", "metrics", "units"])
    parser.add_argument(
        "-A", "--app", default=os.environ.get("CELERY_APP", ""), help="the Celery app"
    )
    parser.add_argument("-Q", "--queues", default="", help="these queues alone, with commas")
    parser.add_argument("-c", "--concurrency", action="append", default=[], metavar="QUEUE=N")
    parser.add_argument("--dir", default="run/celery", help="pidfiles and logs (run/celery)")
    parser.add_argument(
        "--deadline", type=float, default=600, help="seconds a worker may take to end"
    )
    parser.add_argument("--interval", type=float, default=2, help="seconds between two looks")
    parser.add_argument("--once", action="store_true", help="monitor: one look")
    parser.add_argument("--json", action="store_true", help="monitor: rows as JSON")
    parser.add_argument("--host", default="127.0.0.1", help="metrics: the address to answer on")
    parser.add_argument("--port", type=int, default=9540, help="metrics: where Prometheus asks")
    parser.add_argument("--user", default=os.environ.get("USER", "celery"), help="units: runs as")
    return parser.parse_args(words)


def chosen(options: argparse.Namespace) -> tuple[Any, list[Pool]]:
    """The app and the pools that were asked for."""
    if not options.app:
        raise RuntimeFault("Which Celery app? Give -A project, or set CELERY_APP.")
    sys.path.insert(0, str(Path.cwd()))
    app = find_app(options.app)
    asked: dict[str, int] = {}
    for text in options.concurrency:
        queue, _, number = text.partition("=")
        if not number.isdigit() or not int(number):
            raise RuntimeFault(f"'{text}' is no QUEUE=N: for example -c email=8.")
        asked[queue] = int(number)
    # Only a restart goes on with what was there before.
    restarts = options.verb == "restart"
    found = pools(app, asked, partial(kept, Path(options.dir))) if restarts else pools(app, asked)
    wanted = [name for name in options.queues.split(",") if name]
    unknown = set(wanted) - {pool.queue for pool in found}
    if unknown:
        known = ", ".join(pool.queue for pool in found)
        raise RuntimeFault(f"The app has no queue '{sorted(unknown)[0]}': its queues are {known}.")
    return app, [pool for pool in found if not wanted or pool.queue in wanted]


def watch(app: object, found: list[Pool], options: argparse.Namespace) -> None:
    """Shows the queues until it is stopped."""
    looks = Watch(app, found)
    while True:
        rows = looks.rows()
        if options.json:
            say(json.dumps([asdict(row) | {"late": row.is_late} for row in rows]))
        else:
            at = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
            colour = sys.stdout.isatty()
            sys.stdout.write((CLEAR if colour else "") + page(rows, at, colour=colour))
            sys.stdout.flush()
        if options.once:
            return
        time.sleep(options.interval)


def answers(app: Any, node: str) -> bool:  # noqa: ANN401 - any app
    """Whether a worker answers within a moment; a broker that can't be asked is no answer."""
    try:
        return bool(app.control.ping(destination=[node], timeout=0.5, limit=1))
    except (OperationalError, OSError):
        return False


def work(options: argparse.Namespace) -> None:
    """Does what was asked for."""
    app, found = chosen(options)
    if options.verb == "monitor":
        watch(app, found, options)
        return
    if options.verb == "metrics":
        _, thread = serve(Watch(app, found), Path(options.dir), options.host, options.port)
        say(f"http://{options.host}:{options.port}/metrics")
        thread.join()
        return
    if options.verb == "units":
        shared = shared_folder(Path(options.dir), make=False)
        for name, text in units(
            options.app, found, Path.cwd(), options.user, options.deadline, shared
        ):
            say(f"# /etc/systemd/system/{name}\n{text}")
        return
    processes = Processes(options.app, Path(options.dir), say, partial(answers, app))
    others = [] if options.queues else processes.others(pool.queue for pool in found)
    if options.verb == "stop":
        own = [p for pool in found for p in processes.running(pool.queue)]
        processes.stop([*own, *others], options.deadline)
    for pool in found:
        if options.verb == "restart":
            processes.restart(pool, options.deadline)
        elif options.verb == "start":
            known = processes.running(pool.queue)
            if known:
                say(f"{pool.queue}: pid {known[-1].pid} runs already")
            else:
                processes.start(pool)
    if options.verb == "restart":
        processes.stop(others, options.deadline)


def main() -> int:
    """The exit code: 0, or 1 with the reason on stderr."""
    if os.name == "nt":
        sys.stderr.write(
            "Celery's prefork workers do not run on Windows: use WSL or a container.\n"
        )
        return 1
    try:
        work(arguments(sys.argv[1:]))
    except (RuntimeFault, OperationalError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
