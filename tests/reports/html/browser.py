"""A headless Chromium, spoken to through a pipe: what a page shows, says on its console, and breaks of WCAG."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
EVENTS = frozenset({"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"})


def program() -> str:
    """The browser of this machine, `""` where there is none; `BROWSER_PROGRAM` names another."""
    named = os.environ.get("BROWSER_PROGRAM", "")
    return named or next(filter(None, map(shutil.which, NAMES)), "")


class Browser:
    """One page of a browser."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = os.fdopen(commands, "wb", buffering=0)
        self._answers = os.fdopen(answers, "rb")
        self._rest = b""
        self._count = 0
        self._session = ""
        self.said: list[str] = []
        """What the page wrote on its console, errors of the browser about it among them."""
        self.asked: list[str] = []
        """The addresses that the page had the browser ask for."""
        self._loaded = False
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")
        self._call("Page.setBypassCSP", enabled=False)

    def close(self) -> None:
        """Ends the browser."""
        self._session = ""
        with suppress(OSError, EOFError):
            self._call("Browser.close")
        self._commands.close()
        self._answers.close()

    def _call(self, method: str, **words: Any) -> dict[str, Any]:
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": words}
        if self._session:
            message["sessionId"] = self._session
        self._commands.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                found: dict[str, Any] = answer["result"]
                return found

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = self._answers.read1(1 << 20)
            if not more:
                raise EOFError("the browser has ended")
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        method = found.get("method")
        if method in EVENTS:
            self.said.append(json.dumps(found["params"]))
        if method == "Network.requestWillBeSent":
            self.asked.append(found["params"]["request"]["url"])
        self._loaded = self._loaded or method == "Page.loadEventFired"
        return found

    def show(self, path: Path, width: int, height: int, *, dark: bool) -> None:
        """Opens a file in a window of this size, with the colours that a person prefers."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 500,
        )
        self.media("screen", dark=dark)
        self._loaded = False
        self._call("Page.navigate", url=path.as_uri())
        while not self._loaded:
            self._next()

    def media(self, name: str, *, dark: bool) -> None:
        """Has the page drawn for a screen or for paper."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", media=name, features=[scheme])

    def value(self, expression: str) -> Any:
        """What a JavaScript expression gives in the page."""
        told = self._call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in told:
            raise RuntimeError(str(told["exceptionDetails"]))
        return told["result"].get("value")

    def press(self, key: str) -> None:
        """Presses a key."""
        for kind in ("rawKeyDown", "keyUp"):
            code = {"Tab": 9, "Enter": 13}[key]
            self._call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code)

    def picture(self, path: Path) -> None:
        """Writes the whole page as a picture."""
        told = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(told["data"]))

    def printed(self, path: Path) -> None:
        """Writes the page as it would be printed."""
        told = self._call("Page.printToPDF", printBackground=False)
        path.write_bytes(base64.b64decode(told["data"]))


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser of its own, with a profile in this folder."""
    commands, to_it = os.pipe()
    from_it, answers = os.pipe()
    words = " ".join(OPTIONS)
    script = f'exec "$0" {words} --user-data-dir="$1" 3<&{commands} 4>&{answers}'
    command = ["bash", "-c", script, program(), str(folder)]
    with subprocess.Popen(
        command,
        pass_fds=(commands, answers),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(commands)
        os.close(answers)
        try:
            found = Browser(to_it, from_it)
            yield found
            found.close()
        finally:
            process.kill()


def pictured(chromium: Browser, name: str) -> None:
    """Takes a picture into the folder `SCREENSHOTS`, where that is asked for."""
    folder = os.environ.get("SCREENSHOTS", "")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        chromium.picture(Path(folder, f"{name}.png"))
