"""Import roots of an exported project, found here by its import lines alone, whatever a plan says."""

import os
import re
import sys

LINE = re.compile(rb"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import|import[ \t]+([\w.]+))", re.MULTILINE)
SHIPPED = set(sys.stdlib_module_names) | {"celery", "django", "kombu", "flask"}


def python_files(top):
    """Each Python file's path below a folder, slashes between."""
    for parent, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(".py"):
                yield os.path.relpath(os.path.join(parent, name), top).replace(os.sep, "/")


def imported(top, paths):
    """How often each dotted name of two words or more is imported by code that is no test."""
    found = {}
    for path in paths:
        if "test" in path.rpartition("/")[2]:
            continue
        place = os.path.join(top, path)
        if not os.path.isfile(place):
            continue  # A link that leads nowhere.
        with open(place, "rb") as stream:
            data = stream.read()
        for pair in LINE.findall(data):
            name = (pair[0] or pair[1]).decode("ascii", "replace")
            if "." in name.strip(".") and not name.startswith("."):
                if name.partition(".")[0] not in SHIPPED:
                    found[name] = found.get(name, 0) + 1
    return found


def find_roots(top):
    """The folders that answer the project's imports, the one that answers most first, then the top.

    Also how often each name is imported. A set cover: each root answers imports that no root before
    it does.
    """
    paths = list(python_files(top))
    places, folders = set(), set()
    for path in paths:
        places.add(path[:-3])
        folder = path.rpartition("/")[0]
        while folder:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    names = imported(top, paths)
    answers = {}
    for name in names:
        tail = name.replace(".", "/")
        for place in places | folders if len(names) < 50 else _ending(places, folders, tail):
            if place == tail or place.endswith("/" + tail):
                answers.setdefault(place[: -len(tail)].rstrip("/"), set()).add(name)
    chosen, left = [], set().union(*answers.values()) if answers else set()
    while left:
        best = min(answers, key=lambda root: (-len(answers[root] & left), len(root), root))
        chosen.append(best)
        left -= answers[best]
    return [*chosen, *([] if "" in chosen else [""])], names


_ends = {}


def _ending(places, folders, tail):
    """The files and folders whose last word is that of a tail."""
    if not _ends:
        for place in places | folders:
            _ends.setdefault(place.rpartition("/")[2], []).append(place)
    return _ends.get(tail.rpartition("/")[2], [])


def module_of(path, roots, names):
    """The name that a file's module is imported by: as its neighbours are, most of them."""
    inner = path[: -len("/__init__.py")] if path.endswith("/__init__.py") else path[:-3]

    def weight(root):
        dotted = inner[len(root) :].lstrip("/").replace("/", ".")
        package = dotted.rpartition(".")[0] or dotted
        return sum(n for name, n in names.items() if name == dotted or name.startswith(package))

    around = [root for root in roots if not root or inner.startswith(root + "/")]
    best = max(around, key=lambda root: (weight(root), -around.index(root)))
    return inner[len(best) :].lstrip("/").replace("/", ".")
