"""Figures of many commits: what differs between trees, several processes, and runs that are stopped."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrate.contents import content_key, content_keys
from migrate.git.checkout import Repository
from migrate.git.opened import Commit
from migrate.history import Kept, measured
from migrate.measuring import Measurer, Way, _parts, figures
from migrate.project import Project, opened
from tests.command import Terminal, commit_files, git, make_repository
from tests.migrate.test_json import FILES

TASK = "from celery import shared_task\n\n\n@shared_task\ndef task_{0}():\n    return {0}\n"


@pytest.fixture
def shop(here: Path) -> Path:
    """A repository in which files come, go, move and change their kind."""
    make_repository(here, FILES)
    for number in range(4):
        commit_files(here, {f"late/part_{number}.py": TASK.format(number)}, f"Part {number}")
    commit_files(here, {"late/é b\tc.py": "x = 1\n", "notes.txt": "n\n"}, "Odd names")
    git(here, "mv", "late/part_0.py", "moved.py")
    git(here, "commit", "-qm", "Move")
    git(here, "rm", "-q", "late/part_1.py")
    git(here, "commit", "-qm", "Remove")
    (here / "late" / "part_2.py").unlink()
    (here / "late" / "part_2.py").symlink_to("../moved.py")
    git(here, "commit", "-qam", "Link")
    git(here, "commit", "-q", "--allow-empty", "-m", "Nothing")
    commit_files(here, {"notes.txt": "more\n"}, "Only words")
    return here


def trees(folder: Path) -> list[str]:
    return git(folder, "log", "--format=%T", "--reverse").split()


def test_what_differs_between_trees_leads_from_one_to_the_next(shop: Path) -> None:
    found = trees(shop)
    with Repository(shop) as repository:
        entries = repository.snapshot(found[0]).entries
        for tree, changed in zip(found[1:], repository.changes(found), strict=True):
            entries = {path: entry for path, entry in entries.items() if path not in changed}
            entries |= {path: entry for path, entry in changed.items() if entry is not None}
            assert entries == repository.snapshot(tree).entries


def test_contents_are_those_of_each_tree_alone(shop: Path) -> None:
    found = trees(shop)
    with Repository(shop) as repository:
        keys = content_keys(repository, found)
        assert keys == {tree: content_key(repository.snapshot(tree)) for tree in found}
    assert keys[found[-1]] == keys[found[-2]] == keys[found[-3]]
    assert len(set(keys.values())) == len(found) - 2


def test_short_ids_are_gits_own(shop: Path) -> None:
    ids = git(shop, "log", "--format=%H").split()
    with Repository(shop) as repository:
        assert repository.shorts([*ids, ids[0]]) == {one: repository.short(one) for one in ids}


def test_a_tree_after_another_is_measured_as_alone(shop: Path) -> None:
    with opened(shop) as project:
        way = Way(shop, project.settings, [])
        going = Measurer(way, {})
        for tree in [*trees(shop), trees(shop)[1]]:
            assert going.figures(tree) == Measurer(way, {}).figures(tree)


def several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has even a small repository measured by two processes."""
    monkeypatch.setattr("migrate.measuring.POOL_FROM", {"fork": 0, "spawn": 0})
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def test_two_processes_find_what_one_does(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(shop) as project:
        alone = dict(figures(project, [], trees(shop)))
        several(monkeypatch)
        asked = [*dict.fromkeys(trees(shop))]
        monkeypatch.setattr(Project, "load", None)
        assert dict(figures(project, [], asked)) == alone


def test_what_a_process_that_is_killed_has_left_is_measured_here(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(shop) as project:
        alone = dict(figures(project, [], trees(shop)))
        several(monkeypatch)
        some = [*alone.items()][2:4]

        def killed(*_: object) -> Iterator[object]:
            yield from some

        monkeypatch.setattr("migrate.measuring._by_processes", killed)
        assert dict(figures(project, [], [*alone])) == alone


def test_parts_hold_each_tree_once() -> None:
    for total in range(1, 12):
        for count in (1, 2, 3, 4):
            names = [str(number) for number in range(total)]
            parts = _parts(names, count)
            assert len(parts) <= count
            assert sorted(name for part in parts for name in part) == sorted(names)
            assert all(parts)


def forget(folder: Path) -> None:
    """Takes the figures away that earlier runs have kept."""
    for path in (folder / ".git" / "migrate" / "history").iterdir():
        path.unlink()


class StoppedError(Exception):
    """What a test stops a run with."""


def test_a_run_that_is_stopped_goes_on_where_it_was(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []

    def stopping(done: int, total: int) -> None:
        told.append((done, total))
        if done == 3 and len(told) == 4:
            raise StoppedError

    with opened(shop) as project:
        commits: list[Commit] = project.repository.log("HEAD")
        whole = [measured(project, [commit], [], lambda *_: None)[0] for commit in commits]
        forget(shop)
        with pytest.raises(StoppedError):
            measured(project, commits, [], stopping)
        known = Kept(project, [])
        assert sum(known.has(commit.tree) for commit in commits) >= 3
        assert measured(project, commits, [], stopping) == whole
    assert told[4] == (0, told[0][1] - 3)
    # A process that is killed says nothing at its end: what is known is kept while it works.
    monkeypatch.setattr("migrate.history.SECONDS", 0)
    with opened(shop) as project:
        kept = Kept(project, [])
        kept.learn({"a": whole[0].metrics})
        assert Kept(project, []).has("a")


def test_a_report_of_several_processes_says_the_same(
    shop: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = migrate("report", "--history", "--json").json
    forget(shop)
    several(monkeypatch)
    assert migrate("report", "--history", "--json").json == alone
