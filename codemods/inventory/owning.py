"""Which app a schedule is of: one beat sends what one app's settings say, and a repository may have several."""

from collections.abc import Iterable
from itertools import takewhile

from codemods.inventory.project import Project
from codemods.inventory.timetable import BeatEntry

Place = tuple[str, str]
"""The file of a schedule, and what holds it there."""


def schedules_by_app(
    project: Project, apps: list[str], main: str, entries: Iterable[BeatEntry]
) -> dict[str, list[Place]]:
    """The schedules of each app by its dotted name; of one that is not here by the package of its tasks.

    What no app is known of is of the `main` one.
    """
    by_place: dict[Place, list[BeatEntry]] = {}
    for entry in entries:
        by_place.setdefault((entry.path, entry.holder), []).append(entry)
    elsewhere = {place: _package(found) for place, found in by_place.items()}
    if all(elsewhere.values()):
        elsewhere = {}
    owners: dict[str, list[Place]] = {}
    for place in by_place:
        owner = elsewhere.get(place) or _owner(project, apps, place[0]) or main
        owners.setdefault(owner, []).append(place)
    return owners


def _package(entries: list[BeatEntry]) -> str:
    """The package, no part of the repository, whose tasks all of these entries run, or `""`."""
    tasks = {entry.task or "" if entry.state == "third-party" else "" for entry in entries}
    tops = {task.partition(".")[0] for task in tasks}
    top = tops.pop() if len(tops) == 1 else ""
    return "" if top == "celery" else top


def _owner(project: Project, apps: list[str], path: str) -> str:
    """The app that a file makes, or imports, or stands nearest to, if that is one alone."""
    files = {app: project.path_of[project.split(app)[0]] for app in apps}
    bindings = project.facts[path].bindings.values()
    named = {project.resolve(item.target) for item in bindings if item.kind == "import"}
    near = {app: len(_shared(path, file)) for app, file in files.items()}
    most = max(near.values(), default=0)
    for fits in (
        [app for app in apps if files[app] == path],
        [app for app in apps if app in named],
        [app for app in apps if most and near[app] == most],
    ):
        if len(fits) == 1:
            return fits[0]
    return ""


def _shared(path: str, other: str) -> list[str]:
    """The folders in which both files are."""
    folders = zip(path.split("/")[:-1], other.split("/")[:-1], strict=False)
    return [one for one, _ in takewhile(lambda pair: pair[0] == pair[1], folders)]
