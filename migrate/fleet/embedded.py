"""A broker of files, for one machine: kombu's own, with messages that are there whole or not at all.

kombu's writes a message where a reader may find half of it. Here it is written beside and renamed, and
taken by a rename that only one can win. A worker that is killed loses the message that it holds, as with
kombu's; the conductor sees that nobody lives at the job and sends it again.
"""

import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps, loads

SCHEME = "fleet"
TAKEN = ".taken"
POLLING = 0.2
"""Seconds after which an idle worker looks again."""


def options(folder: Path) -> dict[str, object]:
    """The transport options of a broker in a folder, which is made."""
    queue, control = folder / "queue", folder / "control"
    for made in (queue, control):
        made.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(queue),
        "data_folder_out": str(queue),
        "control_folder": str(control),
        "polling_interval": POLLING,
    }


def register() -> None:
    """Makes `fleet://` a broker's URL in this process."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"


class Channel(filesystem.Channel):
    """Messages as files, whose names begin with the time at which they were sent."""

    # kombu's own stubs differ among themselves.
    def _put(  # type: ignore[override]
        self,
        queue: str,
        payload: dict[str, Any],
        **_: Any,  # noqa: ANN401
    ) -> None:
        name = f"{time.time_ns():020}_{uuid.uuid4().hex}.{queue}.msg"
        folder = Path(self.data_folder_out)
        (folder / f".{name}").write_bytes(dumps(payload).encode())
        (folder / f".{name}").replace(folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:  # noqa: ANN401, ARG002 - as kombu has it
        folder = Path(self.data_folder_in)
        for name in sorted(path.name for path in folder.iterdir()):
            if name.startswith(".") or name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = folder / f".{name}{TAKEN}{os.getpid()}"
            try:
                (folder / name).rename(taken)
            except FileNotFoundError:
                continue
            data = taken.read_bytes()
            taken.unlink()
            return loads(data)
        raise Empty


class Transport(filesystem.Transport):
    """kombu's, with our channel."""

    Channel = Channel
