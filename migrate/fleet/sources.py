"""The commit that each repository of a manifest stands at, asked of several at once and in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from glob import glob
from pathlib import Path

from migrate.errors import UsageError
from migrate.fleet.campaign import job_of
from migrate.fleet.values import Job, Repository
from migrate.git.cloning import is_remote, tip_of

AT_ONCE = 8


def jobs_of(
    repositories: Iterable[Repository],
    *,
    dry: bool = False,
    tip: Callable[[str, str], str] = tip_of,
) -> Iterator[Job]:
    """The jobs in the manifest's order; a few commits are asked for ahead of what is taken."""
    ahead: deque[tuple[Repository, Future[str]]] = deque()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for repository in repositories:
            ahead.append((repository, pool.submit(tip, repository.source, repository.revision)))
            if len(ahead) > AT_ONCE:
                yield _job(*ahead.popleft(), dry=dry)
        while ahead:
            yield _job(*ahead.popleft(), dry=dry)


def _job(repository: Repository, commit: "Future[str]", *, dry: bool) -> Job:
    return job_of(repository, commit.result(), dry=dry)


def found_sources(words: Iterable[str], beside: Path) -> list[str]:
    """The repositories that folders, globs and URLs stand for. Raises `UsageError` where there are none.

    A folder that is no repository stands for those right inside of it.
    """
    found: list[str] = []
    for word in words:
        if is_remote(word):
            found.append(word)
            continue
        # A pattern may begin anywhere, which Path.glob does not take.
        places = sorted(map(Path, glob(str(Path(word).expanduser())))) or [Path(word)]  # noqa: PTH207
        several = [
            place
            for outer in places
            for place in ([outer] if is_repository(outer) else _inside(outer))
        ]
        found += [_relative(place, beside) for place in several]
    if not found:
        raise UsageError(
            f"there is no git repository in {', '.join(words) or 'nothing'}. Name folders: migrate fleet MANIFEST --init DIR..."
        )
    return list(dict.fromkeys(found))


def is_repository(folder: Path) -> bool:
    """Whether a folder is a repository, with a work tree or bare."""
    return (folder / ".git").exists() or (
        (folder / "HEAD").is_file() and (folder / "objects").is_dir()
    )


def _inside(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [place for place in sorted(folder.iterdir()) if place.is_dir() and is_repository(place)]


def _relative(place: Path, beside: Path) -> str:
    whole, start = place.resolve(), beside.resolve()
    return str(whole.relative_to(start)) if whole.is_relative_to(start) else str(whole)
