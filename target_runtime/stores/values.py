"""The values of idempotency: who holds a key, what a store answers, what a person sees."""

import hashlib
from dataclasses import dataclass
from enum import Enum

LONGEST_ID = 200
"""Characters of a task id that the stores keep as it is."""


class State(str, Enum):
    """What is known of a key."""

    ABSENT = "absent"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


@dataclass(frozen=True)
class Owner:
    """One delivery of one message: `delivery` is the task id, `attempt` its retry count.

    `token` is new for each execution, since one task id with one retry count can run twice at once.
    """

    token: str
    delivery: str
    attempt: int = 0

    @classmethod
    def of(cls, token: str, task_id: str, attempt: int) -> "Owner":
        """The owner for a task id of any length; one that the stores can't keep is known by its hash."""
        if len(task_id) > LONGEST_ID or not task_id.isprintable():
            task_id = hashlib.blake2b(task_id.encode(errors="replace"), digest_size=16).hexdigest()
        return cls(token, task_id, attempt)

    @property
    def text(self) -> str:
        """The owner as the stores keep it."""
        return f"{self.token}|{self.attempt}|{self.delivery}"

    @classmethod
    def read(cls, text: str) -> "Owner":
        """The owner that `text` was made from."""
        token, attempt, delivery = text.split("|", 2)
        return cls(token, delivery, int(attempt))

    def follows(self, other: "Owner") -> bool:
        """Whether this one may take what the other holds: itself, or a later retry of its message."""
        return self.token == other.token or (
            self.delivery == other.delivery and self.attempt > other.attempt
        )


@dataclass(frozen=True)
class Answer:
    """What a store says of a key: `remaining` are seconds, of the lease or of the time to live.

    `acquired` is true for the answer to a claim that now holds the key; `guarded` is false if no
    store could be asked and the policy lets the task run all the same. `is_whole` is false if the
    store may have lost keys that it knew.
    """

    state: State
    acquired: bool = False
    owner: Owner | None = None
    remaining: float = 0.0
    result: bytes | None = None
    guarded: bool = True
    is_whole: bool = True


ACQUIRED = Answer(State.IN_PROGRESS, acquired=True)
ACQUIRED_AFTER_A_LOSS = Answer(State.IN_PROGRESS, acquired=True, is_whole=False)
ABSENT = Answer(State.ABSENT)


@dataclass(frozen=True)
class KeyStatus:
    """What `check_idempotency_key` tells a person; true if the key is held or completed."""

    key: str
    state: State
    owner: str = ""
    remaining: float = 0.0
    result: object = None

    def __bool__(self) -> bool:
        return self.state is not State.ABSENT
