"""What starting costs: `migrate --help` reads no verb, and nothing that only they need."""

import subprocess
import sys

HEAVY = ("codemods.inventory", "git", "libcst", "celery", "django", "sqlite3", "migrate.pipeline")


def loaded(*words: str) -> set[str]:
    """The modules that a process has loaded once it has run these words."""
    code = f"import sys; sys.argv = ['migrate', *{words!r}]; from migrate.__main__ import run; run(); print('@@', *sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("@@")[2].split())


def test_help_loads_no_verb() -> None:
    found = loaded("--help")
    assert not [name for name in HEAVY if name in found]
    assert not [name for name in found if name.startswith("migrate.drain")]


def test_a_verb_loads_no_other() -> None:
    found = loaded("trust", "--help")
    assert "migrate.cli.trust" in found
    assert "migrate.cli.drain" not in found
    assert "migrate.cli.apply" not in found
