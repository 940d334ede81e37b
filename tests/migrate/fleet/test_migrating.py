"""One repository from its source to its patches: nothing of it is run, and nothing is written there."""

from pathlib import Path

import pytest

from migrate.fleet.campaign import job_of
from migrate.fleet.migrating import migrated
from migrate.fleet.values import Job, Repository
from migrate.git.cloning import tip_of
from tests.command import commit_files, git, make_repository
from tests.migrate.fleet.conftest import PLAIN


def job(source: Path | str, revision: str = "HEAD", **words: object) -> Job:
    asked = Repository("it", str(source), revision, **words)  # type: ignore[arg-type]
    return job_of(asked, tip_of(str(source), revision))


def state(folder: Path) -> str:
    return (
        git(folder, "for-each-ref")
        + git(folder, "status", "--porcelain")
        + git(folder, "stash", "list")
    )


def test_results_are_branches_and_patches_and_the_source_stays(
    sources: Path, tmp_path: Path
) -> None:
    before = state(sources / "plain")
    found = migrated(job(sources / "plain"), tmp_path / "it")
    assert (found.state, found.commits, found.patches, found.tasks) == ("done", 1, 1, 1)
    assert (found.before, found.after) == (0.0, 100.0)
    assert state(sources / "plain") == before
    clone = tmp_path / "it" / "repository.git"
    assert git(clone, "rev-parse", "migrate/head") == found.head
    assert "@shared_task" in git(clone, "show", "migrate/head:shop/tasks.py")
    assert git(clone, "rev-parse", "--is-bare-repository") == "true"

    other = tmp_path / "applied"
    git(tmp_path, "clone", "-q", str(sources / "plain"), str(other))
    git(other, "config", "user.name", "x")
    git(other, "config", "user.email", "x@example.com")
    git(other, "am", "-q", *map(str, sorted((tmp_path / "it" / "patches").iterdir())))
    assert git(other, "rev-parse", "HEAD^{tree}") == git(clone, "rev-parse", "migrate/head^{tree}")


def test_what_was_begun_is_gone_on_with(sources: Path, tmp_path: Path) -> None:
    asked = job(sources / "plain")
    first = migrated(asked, tmp_path / "it")
    again = migrated(asked, tmp_path / "it")
    assert (again.head, again.commit) == (first.head, first.commit)
    assert (again.commits, again.files) == (first.commits, first.files) == (1, 1)
    assert (again.patches, again.before, again.after) == (1, 0.0, 100.0)


def test_a_deploy_waits_and_the_one_behind_it_goes_on(sources: Path, tmp_path: Path) -> None:
    found = migrated(job(sources / "gated"), tmp_path / "one")
    assert (found.state, found.cause, found.gate) == ("waits", "deploy 1", 1)
    through = migrated(job(sources / "gated", through_gates=True), tmp_path / "two")
    assert through.state == "done"
    assert through.commits == found.commits + 1


def test_a_codemod_of_its_own_is_not_run(sources: Path, tmp_path: Path) -> None:
    found = migrated(job(sources / "own"), tmp_path / "it")
    assert (found.state, found.cause) == ("waits", "consent")
    assert not Path("/tmp/was-run").exists()


def test_settings_of_the_manifest_win(sources: Path, tmp_path: Path) -> None:
    rules = [{"path": "shop/tasks.py", "reason": "stays"}]
    asked = job(sources / "plain", settings={"exceptions": rules})
    assert migrated(asked, tmp_path / "it").state == "nothing"


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"migrate.toml": "god_fils = []\n"}, "settings"),
        ({"migrate.toml": b"\xff"}, "settings"),
        ({"shop/tasks.py": "x = " + "(" * 400 + ")" * 400}, ""),
        ({"shop/tasks.py": b"\0\xff"}, ""),
    ],
)
def test_a_broken_repository_is_an_outcome(
    change: dict[str, str | bytes], cause: str, tmp_path: Path
) -> None:
    source = make_repository(tmp_path / "source", PLAIN | change)
    assert migrated(job(source), tmp_path / "it").cause == cause


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    found = migrated(job(tmp_path / "none"), tmp_path / "it")
    assert (found.state, found.cause) == ("failed", "clone")
    assert "none" in found.message
    assert not any(tmp_path.rglob(".clone-*"))


def test_a_token_in_a_url_is_told_to_nobody(tmp_path: Path) -> None:
    asked = job("http://me:s3cret@127.0.0.1:9/x.git")
    found = migrated(asked, tmp_path / "it")
    assert found.cause == "clone"
    assert "http://127.0.0.1:9/x.git" in found.message
    assert "s3cret" not in repr(found)


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "empty")
    assert migrated(job(tmp_path / "empty"), tmp_path / "it").cause == "clone"


def test_hooks_filters_and_branches_of_the_source_stay_there(tmp_path: Path) -> None:
    source = make_repository(tmp_path / "source", PLAIN | {".gitattributes": "* filter=evil\n"})
    for name in ("post-checkout", "reference-transaction", "pre-commit"):
        hook = source / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-run\n")
        hook.chmod(0o755)
    config = '[filter "evil"]\n\tclean = touch {0}/was-run\n\tsmudge = touch {0}/was-run\n[uploadpack]\n\tpackObjectsHook = touch {0}/was-run\n'
    with (source / ".git" / "config").open("a") as stream:
        stream.write(config.format(tmp_path))
    (source / ".git" / "refs" / "heads" / "migrate").mkdir()
    head = git(source, "rev-parse", "HEAD")
    (source / ".git" / "refs" / "heads" / "migrate" / "head").write_text(head + "\n")
    (tmp_path / "was-run").unlink(missing_ok=True)
    found = migrated(job(source), tmp_path / "it")
    assert found.state == "done"
    assert not (tmp_path / "was-run").exists()


def test_a_url_is_cloned_without_its_history(tmp_path: Path) -> None:
    source = make_repository(tmp_path / "source", PLAIN)
    commit_files(source, {"README": "more"}, "More")
    url = f"file://{source}"
    asked = job(url, "main")
    found = migrated(asked, tmp_path / "it")
    assert found.state == "done"
    clone = tmp_path / "it" / "repository.git"
    assert git(clone, "rev-list", "--count", asked.commit) == "1"
    # The branch has moved since the commit was asked for: that commit is fetched.
    commit_files(source, {"README": "even more"}, "Even more")
    moved = migrated(asked, tmp_path / "again")
    assert (moved.state, moved.commit) == ("done", asked.commit)


def test_tips_of_branches_tags_and_ids(tmp_path: Path) -> None:
    source = make_repository(tmp_path / "source", {"a": "1"})
    head = git(source, "rev-parse", "HEAD")
    git(source, "tag", "-a", "-m", "x", "v1")
    names = ("HEAD", "main", "v1", "refs/heads/main", head)
    assert [tip_of(str(source), name) for name in names] == [head] * 5
    assert tip_of(str(source), "none") == ""
    assert tip_of(str(tmp_path / "none"), "HEAD") == ""
    assert tip_of("ext::touch " + str(tmp_path / "was-run"), "HEAD") == ""
    assert not (tmp_path / "was-run").exists()
