"""The work tree: whether it may follow, and making it follow."""

import os
from pathlib import Path

import git

from migrate.errors import SafetyError
from migrate.git.errors import said
from migrate.git.locks import in_the_way
from migrate.git.objects import Objects
from migrate.writing import write_own


class Repository(Objects):
    """One git repository, bare or with a work tree. Use it as a context manager."""

    def checked_out_elsewhere(self, ref: str) -> str | None:
        """The other work tree in which a branch is checked out."""
        found: str = self._git.for_each_ref("--format=%(worktreepath)", ref)
        if not found or (self.work_tree and Path(found).resolve() == self.work_tree.resolve()):
            return None
        return found

    def is_clean(self) -> bool:
        """Whether tracked files are as committed."""
        return not self._git.status(
            "--porcelain", "--untracked-files=no", "--ignore-submodules=all"
        )

    def check_in_the_way(self, old: str, new: str) -> None:
        """Raises `SafetyError` if a file that git does not track stands where a commit adds one."""
        before = self.snapshot(old).entries
        for path in self.snapshot(new).entries:
            if path not in before and self.work_tree and os.path.lexists(self.work_tree / path):
                raise SafetyError(
                    f"'{path}' stands in the checkout, git does not track it, and the next commit adds a file of that name. Move it away, then run again"
                )

    @property
    def was_moving(self) -> bool:
        """Whether a run was killed while the checkout followed."""
        return self._mark.exists()

    def restore(self, commit: str) -> None:
        """Makes index and files those of a commit again, after a run that was killed in between."""
        other = self._mark.read_text().strip()
        if self.tip(other) is not None:
            self._git.read_tree("-m", "-u", other, commit)
        self._mark.unlink(missing_ok=True)

    def move_checkout(self, old: str, new: str) -> None:
        """Makes the checked-out files those of another commit, keeping what git does not track."""
        write_own(self._mark.parent, {self._mark.name: new.encode()}, self.common_dir)
        try:
            with self._locking():
                self._git.read_tree("-m", "-u", old, new)
        except git.GitCommandError as error:
            self._mark.unlink()
            why = in_the_way(error) or f"{said(error)}. Mend that, then run again"
            raise SafetyError(
                f"no branch has moved, since the checkout can't follow: {why}"
            ) from None

    def switch(self, branch: str) -> None:
        """Checks a branch out. Raises `SafetyError` if files of the user's own are in the way."""
        if self.work_tree is None:
            return
        tip = self.tip(f"refs/heads/{branch}")
        if tip is not None:
            self.check_in_the_way("HEAD", tip)
        try:
            self._git.checkout("--quiet", branch)
            # What the configuration includes may depend on the branch.
            self._mind()
        except git.GitCommandError as error:
            why = in_the_way(error) or f"{said(error)}. Commit or stash"
            raise SafetyError(
                f"the steps are applied, but git can't switch to {branch}: {why}, then: git switch {branch}"
            ) from None
