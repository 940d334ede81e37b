"""Real projects, installed in environments of their own, booted, and held against the inventory."""

import fcntl
import json
import os
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct, convert

from codemods.inventory.link import Inventory
from migrate.project import opened
from migrate.verify.registry import INSIDE

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("CORPUS_CACHE", HERE.parent.parent / ".corpus"))
STUB = HERE / "stub_module.py"


class Recipe(Struct, frozen=True):
    """How one project is got, installed and booted; `{root}` and `{scratch}` stand in its texts."""

    name: str
    source: str
    root: str
    app: str
    python: str
    install: list[list[str]]
    env: dict[str, str] = {}
    files: dict[str, str] = {}
    stubs: list[str] = []
    tasks: int = 0
    app_task: int = 0
    why: str = ""
    ci: bool = False
    god_files: list[str] = []


class Unavailable(Exception):
    """This machine lacks what the recipe needs; the words say what."""


def recipes() -> list[Recipe]:
    """The recipes of this folder, and of the file that `CORPUS_RECIPES` names."""
    found: list[Recipe] = []
    for path in (HERE / "projects.toml", Path(os.environ.get("CORPUS_RECIPES", ""))):
        if path.is_file():
            table = tomllib.loads(path.read_text("utf-8"))
            found.extend(convert({"name": name, **entry}, Recipe) for name, entry in table.items())
    return found


class Booted:
    """One project on this machine: its repository, its environment, its registry."""

    def __init__(self, recipe: Recipe, tell: Callable[[str], None] = lambda text: None) -> None:
        self.recipe = recipe
        self.tell = tell
        self.folder = CACHE / recipe.name
        self.source = self.folder / "src"
        self.scratch = self.folder / "scratch"
        self.python = self.folder / "venv" / "bin" / "python"

    def prepare(self) -> "Booted":
        """Gets the source, makes the environment; raises `Unavailable` with what is missing."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            # Two tests of one project may run side by side.
            fcntl.flock(lock, fcntl.LOCK_EX)
            return self._prepared()

    def _prepared(self) -> "Booted":
        if not (self.source / ".git").exists():
            self.tell("downloading")
            self._download()
        if not (self.folder / "installed").exists():
            self.tell("installing")
            self._install()
        for name, text in self.recipe.files.items():
            path = self.scratch / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._filled(text, self.source))
        for name in self.recipe.stubs:
            parts = name.split(".")
            for depth in range(1, len(parts) + 1):
                package = self.scratch / "stubs" / Path(*parts[:depth])
                package.mkdir(parents=True, exist_ok=True)
                (package / "__init__.py").write_bytes(STUB.read_bytes())
        return self

    def _download(self) -> None:
        name = self.recipe.source
        if name.startswith("github:"):
            origin = os.environ.get("CORPUS_SOURCES", "")
            there = Path(origin, self.recipe.name, "src")
            if not origin or not there.exists():
                raise Unavailable(f"CORPUS_SOURCES names no folder with {self.recipe.name}/src")
            # A snapshot may lack large files, which booting does not need.
            clone = ["git", "clone", "-q", "--shared", str(there), str(self.source)]
            subprocess.run(clone, capture_output=True, check=False)
            return
        archive = self.folder / "sdist"
        archive.mkdir(parents=True, exist_ok=True)
        done = self._pip_download(archive, self._interpreter())
        if done.returncode:
            # Some projects pin build tools that conflict; then those of an environment do.
            tools = self.folder / "tools"
            _run(self._interpreter(), "-m", "venv", str(tools))
            python = str(tools / "bin" / "python")
            _run(python, "-m", "pip", "install", "-q", *BUILD_TOOLS)
            done = self._pip_download(archive, python, "--no-build-isolation")
        found = next((path for path in archive.iterdir() if path.suffix == ".gz"), None)
        if found is None:
            raise Unavailable(f"{name} can't be downloaded: {done.stderr[-300:]}")
        with tarfile.open(found) as tar:
            tar.extractall(self.folder / "unpacked", filter="data")
        (inner,) = (self.folder / "unpacked").iterdir()
        inner.rename(self.source)
        _run("git", "init", "-q", "-b", "main", cwd=self.source)
        _run("git", "add", "-A", "-f", cwd=self.source)
        _run("git", *IDENTITY, "commit", "-qm", "import", cwd=self.source)

    def _pip_download(
        self, folder: Path, python: str, *more: str
    ) -> subprocess.CompletedProcess[str]:
        name = self.recipe.source
        words = [python, "-m", "pip", "download", "-q", "--no-deps", *more, "-d", str(folder)]
        words.extend(("--no-binary", name.partition("==")[0], name))
        return subprocess.run(words, capture_output=True, text=True, check=False)

    def _interpreter(self) -> str:
        """An interpreter of the recipe's version, from PATH or pyenv."""
        wanted = self.recipe.python
        names = [sys.executable, f"python{wanted}"]
        home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
        names.extend(str(path / "bin" / "python") for path in sorted(home.glob(f"{wanted}.*")))
        for name in names:
            probe = [name, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
            try:
                done = subprocess.run(probe, capture_output=True, text=True, check=False)
            except OSError:
                continue
            if done.stdout.strip() == wanted:
                return name
        raise Unavailable(f"there is no Python {wanted}")

    def _install(self) -> None:
        _run(self._interpreter(), "-m", "venv", "--clear", str(self.folder / "venv"))
        for words in self.recipe.install:
            filled = [self._filled(word, self.source) for word in words]
            _run(
                str(self.python),
                "-m",
                "pip",
                "install",
                "-q",
                *filled,
                cwd=self.source / self.recipe.root,
            )
        (self.folder / "installed").touch()

    def _filled(self, text: str, source: Path) -> str:
        root = (source / self.recipe.root).resolve()
        return (
            text.replace("{root}", str(root))
            .replace("{src}", str(source.resolve()))
            .replace("{scratch}", str(self.scratch.resolve()))
        )

    def environment(self, source: Path) -> dict[str, str]:
        """The environment that the project boots in, for a copy of its source."""
        kept = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")
        env = {name: os.environ[name] for name in kept if name in os.environ}
        env.update({key: self._filled(value, source) for key, value in self.recipe.env.items()})
        root = str((source / self.recipe.root).resolve())
        parts = [str((self.scratch / "stubs").resolve()), root, env.get("PYTHONPATH", "")]
        env["PYTHONPATH"] = os.pathsep.join(part for part in parts if part)
        env["PYTHONDONTWRITEBYTECODE"] = "1"
        return env

    def registry(self, source: Path | None = None) -> dict[str, object]:
        """The real registry, by the project's own interpreter."""
        place = source or self.source
        command = [str(self.python), "-W", "ignore", str(INSIDE / "registry.py"), self.recipe.app]
        done = subprocess.run(
            command,
            cwd=place / self.recipe.root,
            env=self.environment(place),
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
        assert "@@" in done.stdout, f"{self.recipe.name} did not boot:\n{done.stderr[-2000:]}"
        found: dict[str, object] = json.loads(done.stdout.rpartition("@@")[2])
        return found

    def run(self, code: str, source: Path) -> str:
        """What some code prints, run by the project's own interpreter on a tree of it."""
        done = subprocess.run(
            [str(self.python), "-W", "ignore", "-c", code],
            cwd=source / self.recipe.root,
            env=self.environment(source),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    def inventory(self) -> Inventory:
        """What the tool reads from the source."""
        with opened(self.source) as project:
            return project.inventory("HEAD")


BUILD_TOOLS = ("setuptools", "wheel", "tomli", "importlib_metadata", "hatchling")
IDENTITY = ("-c", "user.name=corpus", "-c", "user.email=corpus@example.com")


def _run(*words: str, cwd: Path | None = None) -> None:
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words[:6])}: {done.stderr[-1500:]}"


def inventory_differences(inventory: Inventory, registry: dict[str, object]) -> list[str]:
    """Names that only one of both has, but for what the tool itself listed.

    Allowed: tasks of other installed packages; names that fit one computed at run time; tasks of
    modules that the inventory says no worker surely loads.
    """
    keys = registry["keys"]
    tasks = registry["tasks"]
    assert isinstance(keys, list)
    assert isinstance(tasks, dict)
    known = inventory.names
    patterns = [task.like for task in inventory.tasks if task.name is None and task.like]
    found: list[str] = []
    for name in keys:
        module = str(tasks[name]["module"]) if name in tasks else ""
        foreign = module.partition(".")[0] not in {
            m.partition(".")[0] for m in inventory.project.path_of
        }
        if name not in known and not foreign and not any(fnmatchcase(name, p) for p in patterns):
            found.append(f"{name} is registered, and not in the inventory")
    listed = {n.path for n in inventory.notes if n.code in {"never-loaded", "sometimes-loaded"}}
    for task in inventory.tasks:
        if task.name is not None and task.name not in keys and task.path not in listed:
            found.append(
                f"{task.name} ({task.path}:{task.line}) is in the inventory, and not registered"
            )
    never = {n.path for n in inventory.notes if n.code == "never-loaded"}
    for task in inventory.tasks:
        if task.name in keys and task.path in never:
            found.append(
                f"{task.name} is registered, though {task.path} was said never to be loaded"
            )
    return found
