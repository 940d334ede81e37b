"""Clones of our own of what others have, and the patches of what was committed there.

A clone is bare: no file of a repository is ever written out, and nothing of its configuration comes along.
"""

import os
import re
import shutil
import tempfile
from pathlib import Path

import git

from migrate.errors import UnreachableError
from migrate.git.errors import first_line
from migrate.git.local_variables import LOCAL_VARIABLES
from migrate.git.opened import Calls
from migrate.git.trusted import OFF

ID = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
REMOTE = re.compile(r"\w[\w+.-]*://|[\w.-]+@[\w.-]+:")
ASKED = 60
"""Seconds in which a source says what its branches are."""
SECRETS = re.compile(r"(\w://)[^/@\s]+@")
OWN = ("refs/heads/migrate", "refs/heads/migrate/")
ENVIRONMENT = {
    # Nobody is there to answer a question, and no other transport runs a program.
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
    "GIT_LFS_SKIP_SMUDGE": "1",
}


def is_remote(source: str) -> bool:
    """Whether a source is a URL rather than a folder."""
    return REMOTE.match(source) is not None


def without_secrets(text: str) -> str:
    """A text without the users and tokens of its URLs: reports are passed around."""
    return SECRETS.sub(r"\1", text)


def tip_of(source: str, revision: str) -> str:
    """The commit that a branch or tag of a source names now; `""` where it can't be asked."""
    if ID.fullmatch(revision):
        return revision
    wanted = ("HEAD",) if revision == "HEAD" else _names(revision)
    try:
        listed = str(
            _calls(Path("/")).ls_remote("--quiet", "--", source, *wanted, kill_after_timeout=ASKED)
        )
    except git.GitError:
        return ""
    found: dict[str, str] = {}
    for line in listed.splitlines():
        commit, _, name = line.partition("\t")
        found[name] = commit
    return next((found[name] for name in wanted if name in found), "")


def _names(revision: str) -> tuple[str, ...]:
    """The full names that a branch or tag may have, that of an annotated tag's commit first."""
    tag = f"refs/tags/{revision}"
    return (f"refs/heads/{revision}", tag + "^{}", tag, revision)


def clone(source: str, revision: str, commit: str, folder: Path) -> str:
    """Makes a bare clone in a folder that is not there; the commit that it is of.

    A clone of a URL has the one commit alone. Raises `UnreachableError` with what git said.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".clone-", dir=folder.parent))
    made = scratch / "repository.git"
    try:
        _cloned(source, revision, made)
        found = _commit(made, source, revision, commit)
        _forget_own(made)
        made.rename(folder)
    except git.GitCommandError as error:
        raise UnreachableError(
            without_secrets(
                f"'{revision}' of '{source}' can't be cloned: {first_line(error)}. Check source and revision in the manifest"
            )
        ) from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return found


def _cloned(source: str, revision: str, folder: Path) -> None:
    words = ["--bare", "--quiet", "--template="]
    if is_remote(source) and not ID.fullmatch(revision):
        words += ["--depth=1", "--single-branch", "--no-tags"]
        if revision != "HEAD":
            words.append(f"--branch={revision}")
    _calls(folder.parent).clone(*words, "--", source, str(folder))


def _commit(folder: Path, source: str, revision: str, commit: str) -> str:
    """The commit that was asked for, fetched where the branch has moved on meanwhile."""
    calls = _calls(folder)
    if not commit:
        return str(calls.rev_parse("--verify", "--quiet", revision + "^{commit}"))
    try:
        return str(calls.rev_parse("--verify", "--quiet", commit + "^{commit}"))
    except git.GitCommandError:
        calls.fetch("--quiet", "--depth=1", "--no-tags", "--", source, commit)
        return str(calls.rev_parse("--verify", commit + "^{commit}"))


def _forget_own(folder: Path) -> None:
    """Takes away branches that a migration elsewhere has made: this one begins at the commit."""
    calls = _calls(folder)
    for ref in str(calls.for_each_ref("--format=%(refname)", *OWN)).splitlines():
        calls.update_ref("-d", ref)


def write_patches(clone_of: Path, base: str, head: str, folder: Path) -> int:
    """Writes the commits after `base` as patch files that `git am` takes; how many there are."""
    shutil.rmtree(folder, ignore_errors=True)
    options = ("--quiet", "--no-signature", "--binary", "--full-index", "--no-thread")
    plain = (
        "--no-cover-letter",
        "--no-attach",
        "--no-ext-diff",
        "--no-textconv",
        "--subject-prefix=PATCH",
    )
    _calls(clone_of).format_patch(
        *options, *plain, f"--output-directory={folder}", f"{base}..{head}"
    )
    return len(list(folder.glob("*.patch")))


def _calls(folder: Path) -> git.Git:
    for name in LOCAL_VARIABLES:
        os.environ.pop(name, None)
    calls = Calls(str(folder))
    calls.set_persistent_git_options(c=list(OFF))
    calls.update_environment(**ENVIRONMENT)
    return calls
