"""An answer told of a newer commit, where that changes nothing which it was worked out from.

It is known what was looked at in the files: contents, texts that were looked for in all of them, and
facts. Where a commit changes none of these but lines that the answer does not tell, the answer stays,
with the ids of that commit and of the trees that are planned on top of it.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from codemods.inventory.load import readable
from codemods.inventory.same import moved_lines
from codemods.snapshot import REGULAR, Search, Snapshot
from migrate.answers.ground import Ground, ground
from migrate.answers.kept import Answer, Basis, keep, last
from migrate.answers.question import Question
from migrate.config import read_settings
from migrate.errors import MigrateError
from migrate.git.checkout import Repository
from migrate.reading import FactReader
from migrate.writing import write_own

PLAN = ("plan.toml", "plan.lock")
AFTERWARDS = (("status", ()), ("status", ("--json",)))
"""What a long plan has answered ahead, and a renewed one tells of the newer commit too."""


def renewed(asked: Question, on: Ground, stood: str, told: Answer) -> Answer | None:
    """An answer that hung on an earlier ground, told of this one; `None` where it has to be worked out."""
    around, commit, plan, _ = stood.split(" ")
    if (around, plan) != (on.around, on.plan) or told.basis is None:
        return None
    if told.basis.commit != commit:
        # A migration that has begun goes on from its own branch.
        return None
    try:
        with Repository(asked.folder) as repository:
            return _told_again(repository, asked, on, commit, told)
    except (MigrateError, OSError):
        # Whoever works it out says what is wrong.
        return None


def _told_again(
    repository: Repository, asked: Question, on: Ground, commit: str, told: Answer
) -> Answer | None:
    """The answer with the ids of the newer commit; the plan's files get them too."""
    assert told.basis is not None
    before, after = map(repository.snapshot, map(repository.resolve, (commit, on.commit)))
    moved = _moved(repository, before, after, told.basis)
    if moved is None:
        return None
    files = _plan_files(on, commit) if "--check" not in asked.words else {}
    later = {question: _answered(question, commit) for question in _afterwards(asked)}
    texts = [told.out, told.err, *(data.decode() for data in files.values())]
    texts.extend(text for answer in later.values() if answer for text in (answer.out, answer.err))
    if any(_is_named(path, texts) for path in moved):
        return None
    trees = repository.same_on(on.commit, commit, told.basis.trees)
    if trees is None:
        return None
    ids = {commit: on.commit, **dict(zip(told.basis.trees, trees, strict=True))}
    ids[f"at {commit[:7]} on"] = f"at {on.commit[:7]} on"
    if any(commit[:7] in _with(text, ids) for text in texts):
        return None
    written = {name: _with(data.decode(), ids).encode() for name, data in files.items()}
    if written:
        write_own(on.own, {".gitignore": b"*\n", **written}, on.own.parent)
    found = _renamed(told, ids)
    _keep(asked, on, found)
    for question, answer in later.items():
        if answer is not None:
            _keep(question, on, _renamed(answer, ids))
    return found


def _moved(
    repository: Repository, before: Snapshot, after: Snapshot, basis: Basis
) -> list[str] | None:
    """The files in which only lines of facts are others; `None` where more is, which an answer hangs on."""
    old, new = before.entries, after.entries
    if old.keys() != new.keys():
        return None
    paths = [path for path, entry in new.items() if entry != old[path]]
    if any(new[path].mode != old[path].mode or new[path].mode not in REGULAR for path in paths):
        return None
    contents = after.contents(paths)
    searches = [Search(_bytes(texts), _bytes(patterns)) for texts, patterns in basis.searches]
    if set(paths) & set(basis.paths) or any(
        search.finds(data) for data in contents.values() for search in searches
    ):
        return None
    settings = read_settings(after, repository.work_tree)
    wanted = sorted(set(paths) & set(readable(after, settings)))
    reader = FactReader(repository.common_dir, limits=settings.limits)
    try:
        return _otherwise_same(reader, before, after, wanted, basis)
    finally:
        reader.close()


def _otherwise_same(
    reader: FactReader, before: Snapshot, after: Snapshot, paths: list[str], basis: Basis
) -> list[str] | None:
    """Those of some files whose facts have other lines; `None` where one has other facts."""
    found = set[str]()
    for words in basis.words:
        old, new = (reader.read(side, paths, _bytes(words)) for side in (before, after))
        for path in paths:
            lines = moved_lines(old[path], new[path])
            if lines is None or old[path].error is not None:
                return None
            if any(one != other for one, other in lines.items()):
                found.add(path)
    return sorted(found)


def _bytes(texts: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(text.encode("latin-1") for text in texts)


def _plan_files(on: Ground, commit: str) -> dict[str, bytes]:
    """The files of a plan that was made of a commit."""
    paths = [on.own / name for name in PLAN]
    if any(path.is_symlink() or not path.is_file() for path in paths):
        return {}
    found = {path.name: path.read_bytes() for path in paths}
    return found if all(commit.encode() in data for data in found.values()) else {}


def _afterwards(asked: Question) -> list[Question]:
    return [Question(verb, asked.folder, words) for verb, words in AFTERWARDS]


def _answered(question: Question, commit: str) -> Answer | None:
    """What is kept for a question on an earlier commit, where all else is as it was."""
    on = ground(question)
    found = last(question, on) if on is not None else None
    if on is None or found is None:
        return None
    around, known, plan, _ = found[0].split(" ")
    return found[1] if (around, known, plan) == (on.around, commit, on.plan) else None


def _is_named(path: str, texts: list[str]) -> bool:
    """Whether a file's name stands in a text, which may tell its lines; broken by a terminal's width or not."""
    name = path.rpartition("/")[2]
    return not path.isascii() or any(name in "".join(text.split()) for text in texts)


def _with(text: str, ids: Mapping[str, str]) -> str:
    for old, new in ids.items():
        text = text.replace(old, new)
    return text


def _renamed(told: Answer, ids: Mapping[str, str]) -> Answer:
    assert told.basis is not None
    trees = [ids.get(tree, tree) for tree in told.basis.trees]
    return Answer(
        _with(told.out, ids),
        _with(told.err, ids),
        told.code,
        _with(told.notes, ids),
        told.basis._replace(commit=ids.get(told.basis.commit, ""), trees=trees),
    )


def _keep(asked: Question, before: Ground, told: Answer) -> None:
    """Keeps an answer on the ground as it is now, unless that moved meanwhile."""
    with suppress(OSError):
        now = ground(asked)
        if now is not None and now.commit == before.commit:
            keep(asked, now, told)
