"""Results of the demo's steps, spoilt in one place each: the proofs refuse them.

`SOAK_SPOILT_IN` is the folder of another project whose steps are taken instead.
"""

import os
import subprocess
from itertools import islice
from pathlib import Path

import pytest

import migrate.demo
from codemods.snapshot import snapshot_of
from tests.mutants.spoiling import runs_of, spoil

COUNT = int(os.environ.get("SOAK_SPOILT", "0"))


@pytest.mark.skipif(not COUNT, reason="set SOAK_SPOILT to how many results are to be spoilt")
def test_no_spoilt_result_slips() -> None:
    made = list(islice(spoil(runs_of(snapshot_of(files_of_project())), seed=1), COUNT))
    assert len(made) == COUNT
    slipped = [item for item in made if not item.findings]
    assert not slipped, "\n".join(f"{s.step}: {s.kind}: {s.where}" for s in slipped)


def files_of_project() -> dict[str, bytes]:
    """The demo's files, or those that git has of the project which is asked for."""
    project = os.environ.get("SOAK_SPOILT_IN")
    if project is None:
        root = Path(migrate.demo.__file__).parent / "legacy_project"
        return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
    listed = subprocess.run(
        ["git", "-C", project, "ls-files", "-z"], check=True, capture_output=True, text=True
    ).stdout
    paths = [path for path in listed.split("\0") if path]
    places = {path: Path(project, path) for path in paths}
    return {
        path: place.read_bytes()
        for path, place in places.items()
        if place.is_file() and not place.is_symlink()
    }
