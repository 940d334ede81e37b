"""Chance that comes from given bytes, so that who gives the bytes steers what is made."""

from hashlib import sha256
from random import Random


class Chance(Random):
    """The bytes answer each question in turn; where they end, a row of their own hash goes on."""

    def __init__(self, data: bytes) -> None:
        super().__init__(0)
        self._data = data
        self._place = 0
        self._after = Random(sha256(data).digest())

    def getrandbits(self, k: int, /) -> int:
        """That many bits."""
        size = (k + 7) // 8
        part = self._data[self._place : self._place + size]
        self._place += size
        if len(part) < size:
            return self._after.getrandbits(k)
        return int.from_bytes(part, "big") >> (size * 8 - k)

    def random(self) -> float:
        """A number from 0 to below 1, of two bytes."""
        return self.getrandbits(16) / 65536
