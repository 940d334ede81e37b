"""Keys in Redis: one Lua script and one round trip for each step."""

import os
import uuid
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import redis
from redis.exceptions import (
    AskError,
    ClusterCrossSlotError,
    ClusterError,
    MovedError,
    NoScriptError,
    RedisError,
)

from target_runtime.connections import redis_client
from target_runtime.errors import StoreUnavailableError
from target_runtime.stores.store import Breaker, Held, Kept
from target_runtime.stores.values import (
    ABSENT,
    ACQUIRED,
    ACQUIRED_AFTER_A_LOSS,
    Answer,
    Owner,
    State,
)

OURS = """
local function is_ours(held, mine, attempt, delivery)
  if held == mine then return true end
  local before, whose = string.match(held, '^P|[^|]*|(%d+)|(.*)$')
  return whose == delivery and tonumber(before) < tonumber(attempt)
end
local held = redis.call('GET', KEYS[1])
local ours = not held or is_ours(held, ARGV[1], ARGV[2], ARGV[3])
"""
"""What `Owner.follows` says: this one's own, or that of an earlier attempt of its message."""
CLAIM = f"""{OURS}
if not ours then return {{held, redis.call('PTTL', KEYS[1])}} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[4])
return redis.call('EXISTS', string.match(KEYS[1], '^[^:]*') .. ':whole') == 1 and 1 or 2
"""
"""2 instead of 1 where nothing says that Redis has all results of the namespace."""
COMPLETE = f"""{OURS}
if not ours then return held == ARGV[5] and 1 or 0 end
redis.call('SET', KEYS[1], ARGV[5], 'PX', ARGV[4])
return 1
"""
RELEASE = f"""{OURS}
if not held or not ours then return 0 end
return redis.call('DEL', KEYS[1])
"""
DROP = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
"""
FILLED = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('SET', ARGV[2], ARGV[3])
return 1
"""
FILLING = 10.0
"""Seconds that a process may take for one page of what Redis lacks, before another one tries."""
NO_RESULT = b"-"
CLUSTER = "Redis runs as a Cluster, which keeps no idempotency keys: name a single Redis, or one behind Sentinel."


class RedisStore:
    """The store that most calls are answered by."""

    name = "redis"

    def __init__(self, url: str, timeout: float, breaker: Breaker) -> None:
        self.url = url
        self.timeout = timeout
        self.breaker = breaker
        self._client: redis.Redis | None = None
        self._pid = 0
        self._hashes: dict[str, str] = {}
        self._is_suspect = False

    @property
    def client(self) -> "redis.Redis":
        """This process's own client: a fork must not share its parent's connection."""
        if self._client is None or self._pid != os.getpid():
            self._client = redis_client(self.url, self.timeout, self._connected)
            self._pid = os.getpid()
        return self._client

    def _connected(self) -> None:
        """A connection is new: nobody here knows whether its server has all that was stored.

        One that was closed while nobody asked is opened again without an error.
        """
        self._is_suspect = True

    def close(self) -> None:
        """Gives the connections back; the next call opens new ones."""
        if self._client is not None and self._pid == os.getpid():
            self._client.close()
        self._client = None

    def _asked(self, ask: Callable[[], Any]) -> Any:  # noqa: ANN401 - what Redis answers
        self.breaker.check()
        try:
            answer = ask()
        except RedisError as error:
            # A Redis that was away may have come back with a part of its keys.
            self._is_suspect = True
            text = CLUSTER if _is_of_cluster(error) else f"Redis does not answer: {error}"
            self.breaker.failed(text)
            raise StoreUnavailableError(text) from error
        self.breaker.succeeded()
        return answer

    def _asked_twice(self, ask: Callable[[], Any]) -> Any:  # noqa: ANN401
        """The answer to what may be asked again: the first one may have got lost on its way."""
        try:
            return self._asked(ask)
        except StoreUnavailableError:
            return self._asked(ask)

    def _run(self, script: str, key: str, *arguments: bytes | str | int) -> Any:  # noqa: ANN401
        known = self._hashes.get(script)
        if known is not None:
            try:
                return self.client.evalsha(known, 1, key, *arguments)
            except NoScriptError:
                pass
        self._hashes[script] = str(self.client.script_load(script))
        return self.client.eval(script, 1, key, *arguments)

    def claim(self, key: str, owner: Owner, lease: float) -> Answer:
        """Takes a key, asking once more with the same token if the answer got lost."""

        def ask() -> Any:  # noqa: ANN401
            return self._run(CLAIM, key, *_who(owner), _ms(lease))

        found = self._asked_twice(ask)
        if isinstance(found, int):
            return ACQUIRED_AFTER_A_LOSS if found == 2 or self._is_suspect else ACQUIRED
        return _answer(found[0], found[1])

    def renew(self, held: Sequence[Held], lease: float) -> list[bool]:
        """Renews all in one trip."""

        def ask() -> list[bool]:
            pipe = self.client.pipeline(transaction=False)
            for key, owner in held:
                pipe.eval(CLAIM, 1, key, *_who(owner), _ms(lease))
            return [isinstance(answer, int) for answer in pipe.execute()]

        found: list[bool] = self._asked(ask)
        return found

    def complete(self, key: str, owner: Owner, result: bytes | None, ttl: float) -> bool:
        """Keeps the result, also where the lease has vanished."""
        stored = _completed(result)
        who = _who(owner)
        return bool(self._asked_twice(lambda: self._run(COMPLETE, key, *who, _ms(ttl), stored)))

    def release(self, key: str, owner: Owner) -> bool:
        """Forgets the key if it is the owner's."""
        return bool(self._asked(lambda: self._run(RELEASE, key, *_who(owner))))

    def drop(self, key: str, result: bytes | None) -> bool:
        """Forgets a completed key if this is its result."""
        return bool(self._asked(lambda: self._run(DROP, key, _completed(result))))

    def is_whole(self, namespace: str) -> bool:
        """Whether it has been filled since this server started."""
        filled: bytes | None = self._asked(lambda: self.client.get(f"{namespace}:whole"))
        self._is_suspect = filled != self._server()
        return not self._is_suspect

    def _server(self) -> bytes:
        """The id of the server's process: new with each start."""
        found: dict[str, object] = self._asked(lambda: self.client.info("server"))
        return str(found["run_id"]).encode()

    def refill(self, namespace: str, pages: Iterable[list[Kept]]) -> bool:
        """Takes the results that it lacks, if no other process is at it."""
        if self.is_whole(namespace):
            return True
        server, token, lock = self._server(), uuid.uuid4().hex, f"{namespace}:filling"
        if not self._asked(lambda: self.client.set(lock, token, nx=True, px=_ms(FILLING))):
            return False
        for page in pages:
            self._asked(partial(self._put, page, lock))
        # A server that was lost meanwhile has no lock any more.
        done = self._asked(lambda: self._run(FILLED, lock, token, f"{namespace}:whole", server))
        self._is_suspect = self._is_suspect and not done
        return bool(done)

    def _put(self, page: list[Kept], lock: str) -> None:
        pipe = self.client.pipeline(transaction=False)
        for key, result, seconds in page:
            pipe.set(key, _completed(result), nx=True, px=_ms(seconds))
        pipe.pexpire(lock, _ms(FILLING))
        pipe.execute()

    def look(self, key: str) -> Answer:
        """What is known of a key."""

        def ask() -> list[Any]:
            pipe = self.client.pipeline(transaction=False)
            pipe.get(key)
            pipe.pttl(key)
            return pipe.execute()

        value, left = self._asked(ask)
        return ABSENT if value is None else _answer(value, left)

    def clear(self, key: str) -> bool:
        """Forgets a key."""
        return bool(self._asked(lambda: self.client.delete(key)))


def _is_of_cluster(error: RedisError) -> bool:
    """Whether a node says so: the key belongs to another one, or the script touches one that does."""
    return isinstance(error, ClusterError | MovedError | AskError | ClusterCrossSlotError) or (
        "non local key" in str(error)
    )


def _who(owner: Owner) -> tuple[str, int, str]:
    """The arguments by which the scripts tell whose a key is."""
    return f"P|{owner.text}", owner.attempt, owner.delivery


def _completed(result: bytes | None) -> bytes:
    return b"C|" + (NO_RESULT if result is None else result)


def _ms(seconds: float) -> int:
    return max(1, int(seconds * 1000))


def _answer(value: bytes, left: int) -> Answer:
    kind, _, rest = value.partition(b"|")
    remaining = max(0, left) / 1000
    if kind == b"C":
        return Answer(
            State.COMPLETED, remaining=remaining, result=None if rest == NO_RESULT else rest
        )
    return Answer(State.IN_PROGRESS, owner=Owner.read(rest.decode()), remaining=remaining)
