"""The folders that a project's imports start from, found by what its own imports need to resolve."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from codemods.inventory.standard import MODULES
from codemods.inventory.testing import is_test
from codemods.inventory.values import FileFacts

SHIPPED = MODULES | {"celery", "django", "kombu", "billiard", "flask"}
"""Top names that belong to Python and to what these projects stand on, whatever folders are called."""


class Root(Struct, frozen=True):
    """A folder that imports start from, and why.

    `needed` imports start at it; `twice` reach modules below it by a longer name.
    """

    path: str
    reason: str
    needed: int = 0
    twice: int = 0


def find_roots(
    known: Mapping[str, FileFacts],
    app_paths: Iterable[str],
    named: Mapping[str, str] | None = None,
) -> tuple[Root, ...]:
    """The import roots, deepest first; `""` is the repository itself.

    `named` are folders that configuration or code puts on the path, each with where it says so. A
    folder counts where more imports of the project need it than go around it; where none do either,
    a `manage.py`, the top package of a Celery app or such a word decides.
    """
    votes = Votes(known)
    reasons: dict[str, str] = {}
    for path in app_paths:
        if any(votes.is_needed(root) and path.startswith(f"{root}/") for root in votes.needed):
            continue
        reasons.setdefault(
            _above(known, path.rpartition("/")[0]), "the Celery app's package is here"
        )
    for folder, where in (named or {}).items():
        if votes.is_needed(folder) or not is_package(known, folder):
            reasons.setdefault(folder, where)
    for path in known:
        if is_manage(path):
            folder = path.removesuffix("manage.py").rstrip("/")
            reasons.setdefault(folder, "manage.py is here")
            if votes.against[folder]:
                reasons.setdefault(_above(known, folder), "the package around manage.py is here")
    found = [Root("", "the repository itself")]
    for folder in sorted({*reasons, *votes.needed} - {""}):
        needed, against = votes.needed[folder], votes.against[folder]
        if votes.is_needed(folder):
            count = f"{needed} imports start here" if needed > 1 else "an import starts here"
            why = f"{count}: {votes.example[folder]}"
            found.append(Root(folder, why, needed, against))
        elif folder in reasons and not against and votes.speaks_of_tasks(folder):
            found.append(Root(folder, reasons[folder]))
    return tuple(sorted(found, key=lambda r: (-r.path.count("/") - bool(r.path), r.path)))


class Votes:
    """For each folder how many imports need it as a root, and how many reach below it otherwise."""

    def __init__(self, known: Mapping[str, FileFacts]) -> None:
        self.known = known
        self.needed: Counter[str] = Counter()
        self.against: Counter[str] = Counter()
        self.example: dict[str, str] = {}
        self.folders: set[str] = set()
        self.holders: dict[str, set[str]] = {}
        self._asked: dict[tuple[str, str, str, bool], bool] = {}
        for path in known:
            self._place(path)
        imports = {
            item: count
            for item, count in self._imports().items()
            if item[1].partition(".")[0] not in SHIPPED
        }
        libraries = self._libraries(imports)
        for (folder, dotted, name), count in imports.items():
            self._vote(folder, dotted, name, count, libraries)
        # A repository's own folder is where imports start unless something says otherwise.
        self.needed.pop("", None)

    def speaks_of_tasks(self, folder: str) -> bool:
        """Whether any file below a folder may have to do with tasks."""
        inside = f"{folder}/" if folder else ""
        return any(facts.full and path.startswith(inside) for path, facts in self.known.items())

    def is_needed(self, root: str) -> bool:
        """Whether more imports need a root than go around it."""
        return self.needed[root] > self.against[root]

    def _place(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        if name != "__init__.py":
            self.holders.setdefault(name.removesuffix(".py"), set()).add(folder)
        while folder and folder not in self.folders:
            self.folders.add(folder)
            above, _, name = folder.rpartition("/")
            self.holders.setdefault(name, set()).add(above)
            folder = above

    def _imports(self) -> Counter[tuple[str, str, str]]:
        """The absolute imports of the code that is no test, by the folder they stand in."""
        found: Counter[tuple[str, str, str]] = Counter()
        for path, facts in self.known.items():
            if is_test(path):
                continue
            folder = path.rpartition("/")[0]
            names: dict[str, str] = {}
            for item in facts.imports:
                if not item.module.startswith("/") and item.module:
                    names.setdefault(item.module, item.name or "")
            found.update((folder, module, name) for module, name in names.items())
        return found

    def _libraries(self, imports: Mapping[tuple[str, str, str], int]) -> set[str]:
        """The top names of which imports want more that no folder of that name has than what one has."""
        had, lacking = Counter[str](), Counter[str]()
        for (folder, dotted, name), count in imports.items():
            top = dotted.partition(".")[0]
            holders = self.holders.get(top, ())
            if any(self._known_answers(root, folder, dotted, name) for root in holders):
                had[top] += count
            elif holders and (name not in {"", "*"} or "." in dotted):
                lacking[top] += count
        return {top for top, count in lacking.items() if count > had[top]}

    def _vote(self, folder: str, dotted: str, name: str, count: int, libraries: set[str]) -> None:
        top = dotted.partition(".")[0]
        candidates = [
            root
            for root in self.holders.get(top, ())
            # What code needs that is no test stands in no folder of tests.
            if (_is_within(folder, root) or not is_test(f"{root}/{top}.py"))
            and not (top in libraries and root)
            and self._known_answers(root, folder, dotted, name)
        ]
        around = [root for root in candidates if _is_within(folder, root)]
        chosen = max(around, key=len) if around else None
        if chosen is None and len(candidates) == 1:
            chosen = candidates[0]
        if chosen is None:
            return
        self.needed[chosen] += count
        self.example.setdefault(chosen, f"import {dotted}")
        target = f"{chosen}/{dotted.replace('.', '/')}".lstrip("/")
        inner = target.rpartition("/")[0]
        while len(inner) > len(chosen):
            self.against[inner] += count
            inner = inner.rpartition("/")[0]

    def _known_answers(self, root: str, folder: str, dotted: str, name: str) -> bool:
        """The same for every folder that is not the root itself, so it is asked once."""
        asked = (root, dotted, name, folder == root)
        if asked not in self._asked:
            self._asked[asked] = self._answers(root, folder, dotted, name)
        return self._asked[asked]

    def _answers(self, root: str, folder: str, dotted: str, name: str) -> bool:
        """Whether a folder has this module with this name in it, and no mere namesake of a library."""
        place = f"{root}/{dotted.replace('.', '/')}".lstrip("/")
        facts = self.known.get(f"{place}.py") or self.known.get(f"{place}/__init__.py")
        if facts is None and place not in self.folders:
            return False
        if "." not in dotted and folder == root and f"{root}/__init__.py" in self.known:
            # Inside a package a plain name is the library, whatever file lies beside it.
            return False
        if name in {"", "*"}:
            # `import redis` beside a folder of that name is most likely the library.
            return "." in dotted or folder == root
        if f"{place}/{name}.py" in self.known or f"{place}/{name}" in self.folders:
            return True
        if facts is None:
            return False
        if "." not in dotted and self._wraps_a_library(facts, dotted, place):
            return False
        return name in facts.bindings or bool(facts.stars) or "__getattr__" in facts.bindings

    def _wraps_a_library(self, facts: FileFacts, top: str, place: str) -> bool:
        """Whether a module imports a library of its own name; a package's own modules are none."""
        for item in facts.imports:
            first, _, rest = item.module.partition(".")
            below = f"{place}/{rest.replace('.', '/')}"
            if first == top and not (
                rest and (f"{below}.py" in self.known or below in self.folders)
            ):
                return True
        return False


def _is_within(folder: str, root: str) -> bool:
    return not root or folder == root or folder.startswith(root + "/")


def _above(known: Mapping[str, FileFacts], folder: str) -> str:
    """The folder that holds the outermost package around a folder; itself where it is in none."""
    while folder and f"{folder}/__init__.py" in known:
        folder = folder.rpartition("/")[0]
    return folder


def is_package(known: Mapping[str, FileFacts], folder: str) -> bool:
    """Whether a module in a folder imports another relatively, which needs the folder as a package."""
    own = "/" + folder.replace("/", ".")
    return any(
        path.rpartition("/")[0] == folder
        and any(f"{item.module}.".startswith(f"{own}.") for item in facts.imports)
        for path, facts in known.items()
    )


def is_manage(path: str) -> bool:
    """Whether this is a file named `manage.py`, which is started from its own folder."""
    return path == "manage.py" or path.endswith("/manage.py")


PATHS = (
    (re.compile(rb"^\s*pythonpath\s*=\s*(.+)$", re.MULTILINE), "pythonpath"),
    (re.compile(rb"^\s*where\s*=\s*(.+)$", re.MULTILINE), "where"),
    (re.compile(rb"^.*package[_-]dir.*$", re.MULTILINE), "package_dir"),
    (re.compile(rb"^\s*packages\s*=.*from\s*=\s*(.+)$", re.MULTILINE), "packages"),
    (re.compile(rb"PYTHONPATH[=:\s]+([^\s;&]+)"), "PYTHONPATH"),
    (re.compile(rb"^\s*WORKDIR\s+(\S+)$", re.MULTILINE), "WORKDIR"),
)
"""Where configuration puts folders on the path."""


CONFIGURING = re.compile(
    r"(^|/)(pyproject\.toml|setup\.(py|cfg)|pytest\.ini|tox\.ini|Makefile|Procfile"
    r"|[^/]*Dockerfile[^/]*|(docker-)?compose[^/]*\.ya?ml|[^/]*\.service)$"
)
"""Files that may put folders on the path."""


def named_folders(
    texts: Mapping[str, bytes], edits: Mapping[str, tuple[str, ...]], folders: set[str]
) -> dict[str, str]:
    """The folders of the project that code or configuration puts on the path, and where it does.

    `texts` are configuration files, `edits` the words of each file's changes of `sys.path`.
    """
    found: dict[str, str] = {}
    for path, words in edits.items():
        for word in words:
            _match([word], path.rpartition("/")[0], folders, f"sys.path in {path}", found)
    for path, data in texts.items():
        for pattern, what in PATHS:
            for text in pattern.findall(data):
                words = tuple(re.findall(r"[\w./-]+", text.decode("utf-8", "replace")))
                for word in words:
                    _match([word], path.rpartition("/")[0], folders, f"{what} in {path}", found)
    return found


def _match(
    words: list[str], near: str, folders: set[str], where: str, found: dict[str, str]
) -> None:
    parts = [part for part in "/".join(words).split("/") if part not in {"", ".", ".."}]
    for cut in range(len(parts)):
        tail = "/".join(parts[cut:])
        fits = sorted(f for f in folders if f == tail or f.endswith("/" + tail))
        close = [f for f in fits if _is_within(f, near)] or fits
        if len(close) == 1:
            found.setdefault(close[0], where)
            return
