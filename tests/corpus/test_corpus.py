"""Two real projects, installed, booted, read and migrated; `make corpus` does all of them."""

import subprocess
from pathlib import Path

import pytest

from tests.corpus.boot import Booted, Recipe, Unavailable, recipes
from tests.corpus.duplicates import check_duplicates
from tests.corpus.run import check

CI = [recipe for recipe in recipes() if recipe.ci]


@pytest.mark.corpus
@pytest.mark.parametrize("recipe", CI, ids=[recipe.name for recipe in CI])
def test_the_inventory_is_the_registry_and_stays_it(recipe: Recipe) -> None:
    try:
        line, wrong = check(recipe)
    except Unavailable as error:
        pytest.skip(f"{recipe.name}: {error}")
    assert wrong == [], line


@pytest.mark.corpus
@pytest.mark.parametrize("recipe", CI, ids=[recipe.name for recipe in CI])
def test_copies_of_tasks_are_merged_or_refused(recipe: Recipe, tmp_path: Path) -> None:
    try:
        project = Booted(recipe).prepare()
    except Unavailable as error:
        pytest.skip(f"{recipe.name}: {error}")
    copy = tmp_path / "copy"
    subprocess.run(["git", "clone", "-q", "--shared", project.source, copy], check=True)
    assert check_duplicates(project, copy) == []


def test_two_projects_run_here() -> None:
    assert len(CI) == 2
