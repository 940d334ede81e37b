"""Results of the demo's steps, spoilt in one place each: the proofs refuse them."""

import os
from itertools import islice
from pathlib import Path

import pytest

import migrate.demo
from codemods.snapshot import snapshot_of
from tests.mutants.spoiling import runs_of, spoil

COUNT = int(os.environ.get("SOAK_SPOILT", "0"))


@pytest.mark.skipif(not COUNT, reason="set SOAK_SPOILT to how many results are to be spoilt")
def test_no_spoilt_result_slips() -> None:
    root = Path(migrate.demo.__file__).parent / "legacy_project"
    files = {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
    made = list(islice(spoil(runs_of(snapshot_of(files)), seed=1), COUNT))
    slipped = [item for item in made if not item.findings]
    assert not slipped, "\n".join(f"{s.step}: {s.kind}: {s.where}" for s in slipped)
