"""What acts on other modules at import is loaded by all who loaded it, or the check says who does not."""

import pytest

from codemods.inventory.load import load
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from codemods.values import Change, Decisions, Edit, Rewrite
from migrate.pipeline import run_step
from migrate.proof.acting import acting_loaded
from migrate.steps import Step

ACTING = 'import letters\n\nletters.key = "k"\n'
JOB = "\n\ndef job():\n    return 1\n"
FILES = {
    "letters.py": "key = ''\n",
    "post/__init__.py": "",
    "post/tasks.py": ACTING + JOB,
    "post/web.py": "from post.tasks import job\n",
    "post/late.py": "def view():\n    from post.tasks import job\n\n    return job\n",
}
WEB, LATE = "from post.jobs import job\n", FILES["post/late.py"].replace(".tasks", ".jobs")
OLD = ACTING + "\nfrom post.jobs import job\n"


def found(changes: dict[str, str]) -> list[str]:
    """What the check says of these new texts of files."""
    snapshot = snapshot_of({path: text.encode() for path, text in FILES.items()})
    made = tuple(
        Change(path, FILES[path].encode() if path in FILES else None, text.encode())
        for path, text in sorted(changes.items())
    )
    edits = tuple(Edit(path, 1, "changed") for path in changes)
    step = Step(
        name="change",
        number=1,
        does="",
        about="",
        decide=lambda inventory: Decisions(),
        rewrite=lambda now, inventory, decisions: Rewrite(made, edits),
        kinds=(),
    )
    return acting_loaded(run_step(step, snapshot, load(snapshot, Settings()), load))


@pytest.mark.parametrize(("path", "text"), [("post/web.py", WEB), ("post/late.py", LATE)])
def test_an_importer_that_no_longer_loads_it_is_told(path: str, text: str) -> None:
    module = path.removesuffix(".py").replace("/", ".")
    told = [f"{module} no longer loads what line 3 of post.tasks does"]
    assert found({path: text, "post/jobs.py": JOB, "post/tasks.py": OLD}) == told


@pytest.mark.parametrize("head", ["from post import keys\n", "import post.keys\n"])
def test_one_that_loads_it_from_elsewhere_is_not(head: str) -> None:
    old = "from post import keys\n\nfrom post.jobs import job\n"
    files = {"post/web.py": WEB, "post/late.py": LATE, "post/keys.py": ACTING}
    assert found({**files, "post/jobs.py": head + JOB, "post/tasks.py": old}) == []


def test_a_file_of_which_nothing_acts_loads_nothing() -> None:
    assert found({"letters.py": "key = 'b'\n", "post/web.py": "import letters\n"}) == []


def test_what_an_importer_does_itself_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FILES, "post/web.py", ACTING + "\nfrom post.tasks import job\n")
    monkeypatch.setitem(FILES, "post/tasks.py", "import post.web" + JOB)
    monkeypatch.setitem(FILES, "post/other.py", "from post.tasks import job\n")
    monkeypatch.setitem(FILES, "post/late.py", "")
    changes = {
        "post/web.py": ACTING + "\nfrom post.jobs import job\n",
        "post/other.py": "from post.jobs import job\n",
        "post/tasks.py": "import post.web\nfrom post.jobs import job\n",
        "post/jobs.py": JOB,
    }
    assert found(changes) == []
