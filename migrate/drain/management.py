"""What RabbitMQ's management API tells: every queue of a virtual host, its type and its counts."""

import base64
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

import msgspec
from msgspec import Struct

SECONDS = 10


class ManagementError(Exception):
    """The API can't be asked; the message is the reason."""


class Counted(Struct, frozen=True):
    """One queue as the API shows it. Its counts may be some seconds old."""

    name: str
    type: str = "classic"
    messages_ready: int | None = None
    messages_unacknowledged: int | None = None


class Management:
    """Asks the API of one broker."""

    def __init__(self, url: str, user: str, password: str, virtual_host: str) -> None:
        """`url` may hold a user and a password of its own."""
        parts = urlsplit(url)
        user, password = parts.username or user, parts.password or password
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
        self.url = f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"
        self._login = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._virtual_host = quote(virtual_host, safe="")

    def queues(self) -> tuple[Counted, ...]:
        """All queues. Raises `ManagementError`."""
        # Newer brokers leave statistics out and count at once; older ones ignore both words.
        words = "disable_stats=true&enable_queue_totals=true"
        address = f"{self.url}/api/queues/{self._virtual_host}?{words}"
        request = Request(address, headers={"Authorization": f"Basic {self._login}"})  # noqa: S310
        try:
            with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - the user's own URL
                found = msgspec.json.decode(answer.read(), type=tuple[Counted, ...])
        except HTTPError as error:
            raise ManagementError(f"{self.url} answers {error.code} {error.reason}") from None
        except URLError as error:
            raise ManagementError(f"{self.url} can't be reached: {error.reason}") from None
        except (OSError, ValueError) as error:
            raise ManagementError(f"{self.url} can't be read: {error}") from None
        return found
