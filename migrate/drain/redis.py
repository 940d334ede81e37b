"""Messages that lie in Redis, every one of them: lists and what workers have taken, only read."""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from migrate.drain.messages import plain, read_held, read_payload
from migrate.drain.values import HELD, WAITING, Tally
from reports.words import plural

PAGE = 1_000
"""Elements that one command reads."""
SEPARATOR = "\x06\x16"
NOBODY = "nobody@drain"
"""The worker that a question is for which only counts who hears it."""


class RedisReader:
    """Reads one Redis by the connection that kombu makes: its TLS, database, Sentinel and prefix.

    Every list of the database counts, and every hash that looks like kombu's own of taken messages:
    so queues nobody declared, priorities, any separator and any key for taken messages are seen.
    """

    def __init__(self, channel: Any) -> None:  # noqa: ANN401 - kombu's channel
        import redis

        self.channel = channel
        self.prefix: str = channel.global_keyprefix
        self._named = f"{self.prefix}{channel.unacked_key}".encode()
        self._bound: set[str] = set()
        # Kombu's own client puts the prefix before the keys of some commands and not of others.
        self._client: Any = redis.Redis(connection_pool=channel.pool, decode_responses=False)

    def read(self, tally: Tally, asked: frozenset[str]) -> None:
        """Counts what is there: a message goes from a list to the taken ones, and may come back."""
        self._bound = self._bound_queues()
        taken = self._hashes()
        self._taken(taken, tally, asked)
        for key in self._keys("list"):
            self._list(key, tally, asked)
        self._taken(taken | self._hashes(), tally, asked)

    def listeners(self) -> int:
        """How many workers hear what is asked of all: Redis tells who received a question for nobody."""
        question = {
            "body": json.dumps({"method": "ping", "arguments": {}, "destination": [NOBODY]}),
            "content-type": "application/json",
            "content-encoding": "utf-8",
            "headers": {"clock": 0, "expires": 0},
            "properties": {
                "delivery_mode": 2,
                "delivery_tag": NOBODY,
                "delivery_info": {"exchange": "celery.pidbox", "routing_key": ""},
                "priority": 0,
            },
        }
        topic = f"{self.prefix}{self.channel.keyprefix_fanout}celery.pidbox"
        heard: int = self._client.publish(topic, json.dumps(question))
        return heard

    def _keys(self, kind: str) -> Iterator[bytes]:
        pattern = re.sub(r"([*?\[\]\\])", r"\\\1", self.prefix) + "*"
        seen: set[bytes] = set()
        for key in self._client.scan_iter(match=pattern, count=PAGE, _type=kind):
            if key not in seen:
                seen.add(key)
                yield key

    def _hashes(self) -> set[bytes]:
        """The keys of hashes in which kombu may keep taken messages."""
        return {self._named, *self._keys("hash")}

    def _taken(self, keys: Collection[bytes], tally: Tally, asked: frozenset[str]) -> None:
        for key in sorted(keys):
            cursor = None
            while cursor != 0:
                cursor, page = self._client.hscan(key, cursor or 0, count=PAGE)
                if not self._taken_page(key, page, tally, asked):
                    break

    def _taken_page(
        self, key: bytes, page: dict[bytes, bytes], tally: Tally, asked: frozenset[str]
    ) -> bool:
        """Counts a page of a hash; whether it holds taken messages, so that the next one counts."""
        broken = found = 0
        for field, value in page.items():
            try:
                message, queue = read_held(value, asked)
            except ValueError:
                broken += 1
                self._scheduled(key, field, value, tally, asked)
                continue
            found += 1
            if message is not None:
                tally.add(message, HELD, queue)
        if broken and (found or key == self._named):
            tally.doubt(f'{broken} broken {plural(broken, "message")} in "{self._shown(key)}"')
        # A page of a hash may be empty and not the last.
        return bool(found) or not page or key == self._named

    def _scheduled(
        self, key: bytes, field: bytes, value: bytes, tally: Tally, asked: frozenset[str]
    ) -> None:
        """An entry of redbeat's, which sends its task for ever."""
        if field != b"definition":
            return
        try:
            entry = msgspec.convert(plain(value), dict[str, Any])
        except ValueError:
            return
        if entry.get("task") in asked:
            name = entry.get("name") or self._shown(key)
            tally.scheduled[str(entry["task"])].append(f'redbeat: entry "{name}" in Redis')

    def _list(self, key: bytes, tally: Tally, asked: frozenset[str]) -> None:
        """Counts a list page by page from its young end, so that what is taken meanwhile shifts nothing."""
        queue, start, found, broken = self._shown(key), 0, 0, 0
        while page := self._client.lrange(key, start, start + PAGE - 1):
            for item in page:
                try:
                    message = read_payload(item, asked)
                except ValueError:
                    broken += 1
                    continue
                found += 1
                if message is not None:
                    tally.add(message, WAITING, queue)
            if not found and queue not in self._bound:
                # A list of somebody else's: nothing is sent there by kombu, and no message begins it.
                return
            start += len(page)
        if broken:
            tally.doubt(f'{broken} broken {plural(broken, "message")} in "{queue}"')

    def _bound_queues(self) -> set[str]:
        """The queues that kombu sends to, as it keeps them itself."""
        found: set[str] = set()
        for key in self._keys("set"):
            if key.startswith(f"{self.prefix}_kombu.binding.".encode()):
                for member in self._client.smembers(key):
                    text = member.decode("utf-8", "replace")
                    found.update(text.rpartition(sep)[2] for sep in (SEPARATOR, self.channel.sep))
        return found

    def _shown(self, key: bytes) -> str:
        """A key as the name of a queue: without prefix and priority."""
        name = key.decode("utf-8", "replace").removeprefix(self.prefix)
        for separator in (SEPARATOR, self.channel.sep):
            queue, found, priority = name.rpartition(separator)
            if found and priority.isdigit():
                return queue
        return name
