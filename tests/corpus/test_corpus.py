"""Two real projects, installed, booted, read and migrated; `make corpus` does all of them."""

import pytest

from tests.corpus.boot import Recipe, Unavailable, recipes
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


def test_two_projects_run_here() -> None:
    assert len(CI) == 2
