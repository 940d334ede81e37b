"""The generation of a run: a number that grows from run to run of a key, kept in its token and its result.

It tells whether a run began after a message was sent, whatever the clocks of the machines say: the
message bears the newest generation that was known then, and a run of a later one answers it.
"""

import time
import uuid
from typing import NamedTuple

from target_runtime.stores.values import Answer, State

MARK = b"="
"""What begins a result that bears its generation; no JSON begins so."""


class Generation(NamedTuple):
    """The number of a run, and that of the last run before it that completed; 0 if that is unknown."""

    number: int
    done: int = 0

    @classmethod
    def after(cls, number: int, done: int = 0) -> "Generation":
        """The next one. It grows with time too: a key that is forgotten does not begin at 1 again."""
        return cls(max(int(time.time() * 1000), number + 1), done)

    @classmethod
    def read(cls, text: str) -> "Generation":
        """The one in a token or a header; 0 where there is none."""
        parts = text.split("-")
        try:
            return cls(int(parts[0], 16), int(parts[1], 16))
        except (ValueError, IndexError):
            return cls(0)

    @property
    def text(self) -> str:
        """As a header bears it."""
        return f"{self.number:x}-{self.done:x}"

    def token(self) -> str:
        """A new token of an owner with this generation."""
        return f"{self.text}-{uuid.uuid4().hex[:16]}"


def generation_of(answer: Answer) -> Generation:
    """That of the run that holds the key, or whose result it has."""
    if answer.state is State.IN_PROGRESS and answer.owner is not None:
        return Generation.read(answer.owner.token)
    return _parts(answer.result)[0] if answer.state is State.COMPLETED else Generation(0)


def delivery_of(answer: Answer) -> str:
    """The delivery whose result the key has; `""` if it does not say so."""
    return _parts(answer.result)[1]


def with_generation(number: int, delivery: str, data: bytes | None) -> bytes:
    """A result as it is stored, unlike that of every other run."""
    head = MARK + f"{number:x}-0|{delivery}\n".encode()
    return head if data is None else head + b"+" + data


def bare(data: bytes | None) -> bytes | None:
    """The result without its generation, if it has one."""
    return _parts(data)[2]


def _parts(data: bytes | None) -> tuple[Generation, str, bytes | None]:
    if data is None or not data.startswith(MARK):
        return Generation(0), "", data
    head, _, kept = data.removeprefix(MARK).partition(b"\n")
    number, _, delivery = head.decode().partition("|")
    return Generation.read(number), delivery, kept.removeprefix(b"+") if kept else None
