"""The hooks of pre-commit beside those that stand."""

import pytest

from tests.codemods.harness import check_note, run
from tests.codemods.runtime.wanted import only, text


def test_orphans_are_looked_for_only_where_the_project_can() -> None:
    with_manage = {"manage.py": "import sys\n", "shop/settings.py": "INSTALLED_APPS = ['orders']\n"}
    done = run("runtime", with_manage, only("installed-app", "hooks"))
    assert "id: celery-orphans" in text(done, ".pre-commit-config.yaml")
    note = check_note("runtime", {}, "runtime-hooks", only("hooks"))
    assert "celery-orphans is left out" in note.message


def test_a_quoted_key_below_the_hooks_is_seen() -> None:
    before = 'repos:\n  - repo: a\n    hooks:\n      - id: b\n"ci":\n  skip: [b]\n'
    check_note("runtime", {".pre-commit-config.yaml": before}, "runtime-hooks", only("hooks"))


def test_hooks_join_those_that_stand() -> None:
    before = "repos:\n  - repo: https://example.com/black\n    hooks:\n      - id: black\n"
    done = run("runtime", {".pre-commit-config.yaml": before}, only("hooks"))
    found = text(done, ".pre-commit-config.yaml")
    assert found.startswith(before)
    assert "celery-audit" in found


def test_remarks_at_the_end_of_the_hooks_stay_at_the_end() -> None:
    before = "repos:\r\n  - repo: https://example.com/black\r\n    hooks:\r\n      - id: black\r\n\r\n# Tried: semgrep\r\n"
    done = run("runtime", {".pre-commit-config.yaml": before}, only("hooks"))
    found = text(done, ".pre-commit-config.yaml")
    assert "id: black\r\n  - repo: local\r\n" in found
    assert found.endswith("types: [python]\r\n\r\n# Tried: semgrep\r\n")
    assert "\n" not in found.replace("\r\n", "")


def test_hooks_in_another_encoding_keep_their_bytes() -> None:
    before = "repos:\n  - repo: a\n    hooks:\n      - id: b\n        name: 'Pr\xfcfung'\n"
    files = {".pre-commit-config.yaml": before.encode("latin-1")}
    found = run("runtime", files, only("hooks")).snapshot.read(".pre-commit-config.yaml")
    assert found.startswith(before.encode("latin-1"))
    assert b"id: celery-audit" in found


def test_a_remark_of_the_last_hook_stays_with_it() -> None:
    before = "repos:\n  - repo: a\n    hooks:\n      - id: b\n        # keep me\n# the end\n"
    found = text(
        run("runtime", {".pre-commit-config.yaml": before}, only("hooks")),
        ".pre-commit-config.yaml",
    )
    assert "- id: b\n        # keep me\n  - repo: local\n" in found
    assert found.endswith("\n# the end\n")


def test_a_remark_that_names_the_hook_is_not_the_hook() -> None:
    before = "# celery-audit would be nice\nrepos:\n  - repo: a\n    hooks:\n      - id: b\n"
    found = text(
        run("runtime", {".pre-commit-config.yaml": before}, only("hooks")),
        ".pre-commit-config.yaml",
    )
    assert "id: celery-audit" in found


@pytest.mark.parametrize(
    "before",
    [
        "repos: []\nexclude: a\n",
        "default_stages: [commit]\n",
        "repos: [{repo: a, hooks: [{id: b}]}]\n",
        "repos:\n  - repo: a\n    hooks:\n      - id: b\n...\n",
    ],
)
def test_hooks_that_can_t_be_extended_at_the_end_are_a_note(before: str) -> None:
    check_note("runtime", {".pre-commit-config.yaml": before}, "runtime-hooks", only("hooks"))


def test_hooks_take_the_indentation_of_those_that_stand() -> None:
    before = "repos:\n- repo: https://example.com/black\n  hooks:\n  - id: black\n"
    done = run("runtime", {".pre-commit-config.yaml": before}, only("hooks"))
    assert "\n- repo: local\n  hooks:\n    - id: celery-audit\n" in text(
        done, ".pre-commit-config.yaml"
    )
