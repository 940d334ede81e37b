"""A commit of a person's own carried over to another parent, without a checkout."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import git

from codemods.snapshot import Entry
from migrate.git.objects import Objects

AUTHOR = "%an%x00%ae%x00%aI"


class Picking(Objects):
    """A repository whose commits can be made again elsewhere."""

    def commit_again(self, commit: str, tree: str, parent: str) -> str:
        """A commit's author, date and message with another tree, on another parent."""
        fields = str(self._git.log("-1", "--no-show-signature", f"--format={AUTHOR}", commit))
        name, email, date = fields.split("\0")
        with self._git.custom_environment(
            GIT_AUTHOR_NAME=name, GIT_AUTHOR_EMAIL=email, GIT_AUTHOR_DATE=date
        ):
            message = str(self._git.log("-1", "--no-show-signature", "--format=%B", commit))
            return self.commit_tree(tree, parent, message.rstrip("\n") + "\n")

    def picked(self, commit: str, onto: str, since: str = "") -> tuple[str, list[str]]:
        """The tree of a commit's changes on another one, and the files whose changes don't fit.

        With `since` the changes are those of all commits after that one.
        """
        with tempfile.TemporaryDirectory(prefix="migrate-") as folder:
            env = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            self._git.read_tree(
                "-i", "-m", "--aggressive", since or f"{commit}^", onto, commit, env=env
            )
            unmerged: dict[str, dict[str, Entry]] = {}
            for line in str(self._git.ls_files("--unmerged", "-z", env=env)).split("\0"):
                if line:
                    head, _, path = line.partition("\t")
                    mode, blob, stage = head.split(" ")
                    unmerged.setdefault(path, {})[stage] = Entry(mode, blob)
            conflicts, lines = list[str](), list[str]()
            for path, sides in unmerged.items():
                merged = self._merged(Path(folder), sides)
                if merged is None:
                    conflicts.append(path)
                else:
                    lines.append(f"{sides['2'].mode} {merged}\t{path}")
            if conflicts:
                return "", conflicts
            information = Path(folder, "information")
            information.write_bytes(b"".join(os.fsencode(line) + b"\0" for line in lines))
            with information.open("rb") as stream:
                self._git.update_index("-z", "--index-info", istream=stream, env=env)
            return str(self._git.write_tree("--missing-ok", env=env)), []

    def _merged(self, folder: Path, sides: Mapping[str, Entry]) -> str | None:
        """The blob of a file that both sides changed; `None` where they changed the same lines."""
        if sides.keys() != {"1", "2", "3"} or len({side.mode for side in sides.values()}) > 1:
            return None
        texts = self.read_blobs([side.id for side in sides.values()])
        for stage, side in sides.items():
            (folder / stage).write_bytes(texts[side.id])
        names = [str(folder / stage) for stage in ("2", "1", "3")]
        try:
            text: bytes = self._git.merge_file(
                "-p", "-q", *names, stdout_as_string=False, strip_newline_in_stdout=False
            )
        except git.GitCommandError:
            return None
        return self.write_blobs(folder, [text])[0]
