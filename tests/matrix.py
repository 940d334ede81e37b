"""`make matrix`: every test on every Python from 3.11 on that this machine has."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
VERSIONS = ("3.11", "3.12", "3.13", "3.14")


RUNTIME = {
    "oldest": ("3.10", ["django==4.2.*", "celery==5.4.*", "kombu==5.4.*", "redis==5.0.1", "psycopg[binary]==3.1.18"]),
    "newest": ("3.13", ["django>=6.0", "celery>=5.7", "redis>=8", "psycopg[binary]>=3.3"]),
}  # fmt: skip
"""What the runtime's own tests run on besides: a Python and the packages that differ."""


def interpreter(version: str) -> str | None:
    """An interpreter of this version, from PATH or pyenv."""
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [
        f"python{version}",
        *(str(p / "bin" / "python") for p in sorted(home.glob(f"{version}.*"))),
    ]
    for name in candidates:
        try:
            probe = [name, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
            done = subprocess.run(probe, capture_output=True, text=True, check=False)
        except OSError:
            continue
        if done.stdout.strip() == version:
            return name
    return None


class Outcome(NamedTuple):
    """Whether all tests passed, and the last line of what they said."""

    passed: bool
    line: str


def outcome(done: "subprocess.CompletedProcess[str]") -> Outcome:
    """What a run of pytest came to, by its exit code; a failed one shows its end."""
    if done.returncode:
        sys.stdout.write(done.stdout[-4000:])
    said = done.stdout.strip().splitlines() or [done.stderr[-300:]]
    return Outcome(done.returncode == 0, said[-1])


SKIPPED = Outcome(passed=True, line="skipped: this machine has none")


def run(version: str, python: str) -> Outcome:
    """The tests on one Python, in an environment of its own."""
    folder = ROOT / ".matrix" / version
    own = folder / "bin" / "python"
    pip = [
        str(own),
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "-c",
        "constraints.txt",
    ]
    if not (folder / "installed").exists():
        subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([*pip, "pip>=25.1"], cwd=ROOT, check=True)
        packages = ["--group", "dev", "--editable", ".", "--editable", "target_runtime"]
        subprocess.run([*pip, *packages], cwd=ROOT, check=True)
        (folder / "installed").touch()
    words = [str(own), "-m", "pytest", "-q", "-n", "2", "-m", "not corpus", *sys.argv[1:]]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    return outcome(done)


def run_runtime(name: str, python: str, packages: list[str]) -> Outcome:
    """The runtime's tests with these packages."""
    folder = ROOT / ".matrix" / name
    own = str(folder / "bin" / "python")
    if not (folder / "installed").exists():
        subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
        tools = ["pytest", "pytest-xdist", "hypothesis", "prometheus-client", "pyyaml"]
        pip = [own, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, *packages, *tools, "./target_runtime"], cwd=ROOT, check=True)
        (folder / "installed").touch()
    words = [own, "-m", "pytest", "-q", "-n", "2", "-c", os.devnull, "--rootdir", "."]
    words += ["--confcutdir", "tests/target_runtime", "--import-mode=importlib"]
    done = subprocess.run(
        [*words, "-p", "no:cacheprovider", "tests/target_runtime"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return outcome(done)


def main() -> int:
    """A line a version; 1 if the tests fail on one."""
    passed = []
    for name, (version, packages) in RUNTIME.items():
        python = interpreter(version)
        found = run_runtime(name, python, packages) if python else SKIPPED
        passed.append(found.passed)
        sys.stdout.write(f"runtime, {name} ({version}, {', '.join(packages)}): {found.line}\n")
        sys.stdout.flush()
    for version in VERSIONS:
        python = interpreter(version)
        found = run(version, python) if python else SKIPPED
        passed.append(found.passed)
        sys.stdout.write(f"Python {version}: {found.line}\n")
        sys.stdout.flush()
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
