"""A first configuration: it changes nothing as written, is valid when taken in, and overwrites nothing."""

import tomllib
from pathlib import Path

import pytest

from codemods.settings import Settings
from codemods.split import Cluster
from migrate.config import parse_settings
from migrate.errors import UsageError
from migrate.first_settings import Entry, check_free, domains, settings_text
from tests.command import Terminal, make_repository
from tests.migrate.test_json import FILES, valid

BASED = "from shop.celery import app\n\n\nclass Own(app.Task):\n    pass\n\n\n@app.task(base=Own)\ndef two():\n    pass\n"
SHOP = FILES | {"shop/base.py": BASED, "conftest.py": "import pytest\n"}


@pytest.fixture
def shop(here: Path) -> Path:
    return make_repository(here, SHOP)


def taken_in(text: str) -> str:
    """The settings with every remark taken in, as a person would who agrees with all of them."""
    lines = [line for line in text.splitlines() if not line.startswith("## ")]
    head = [line for line in lines if line.startswith("[tool.migrate]")]
    return "\n".join([*head, *(line[2:] for line in lines[lines.index("") :] if line[:2] == "# ")])


def settings_of(text: str) -> Settings:
    """The settings of a text with all its remarks taken in."""
    table = tomllib.loads(taken_in(text))
    inner = table.get("tool", {}).get("migrate", table)
    return parse_settings(inner, text, "migrate.toml")


def test_it_changes_nothing_and_is_valid_when_taken_in(shop: Path, migrate: Terminal) -> None:
    before = migrate("plan", "--json").json
    said = migrate("init").out
    assert said.startswith("migrate.toml has what was found")
    text = (shop / "migrate.toml").read_text()
    assert tomllib.loads(text) == {}
    assert migrate("plan", "--json").json == before
    found = settings_of(text)
    assert found.app == "shop.celery:app"
    assert found.import_roots == ("",)
    assert found.test_command == "pytest -q"
    assert [item.path for item in found.exceptions] == ["shop/base.py"]
    again = migrate("init", code=2).err
    assert "'migrate.toml' is there already. Nothing was written" in again
    assert (shop / "migrate.toml").read_text() == text
    assert valid("init", migrate("init", "--dry-run", "--json").json)["text"] == text


def test_it_goes_behind_what_pyproject_has(shop: Path, migrate: Terminal) -> None:
    old = "[project]\nname = 'shop'\n"
    (shop / "pyproject.toml").write_text(old)
    assert migrate("init", "--json").json["path"] == "pyproject.toml"
    text = (shop / "pyproject.toml").read_text()
    assert text.startswith(old + "\n[tool.migrate]\n#")
    assert settings_of(text.removeprefix(old + "\n")).app == "shop.celery:app"
    assert "has [tool.migrate] already" in migrate("init", code=2).err


def test_it_writes_behind_no_link(shop: Path, migrate: Terminal, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text("")
    (shop / "pyproject.toml").symlink_to(elsewhere)
    assert "symbolic link" in migrate("init", code=3).err
    assert elsewhere.read_text() == ""


def test_a_broken_file_is_told() -> None:
    with pytest.raises(UsageError, match="is not TOML"):
        check_free("[tool", own=False)


@pytest.mark.parametrize("inside", [True, False])
def test_text_of_a_repository_is_no_toml_of_ours(inside: bool) -> None:
    odd = 'a"b\n]\n[evil]\x1b/mail"x\n_tasks.py'
    made = list(domains([Cluster("god.py\nx = 1", odd, (("t", "w"),), ())]))
    text = settings_text(
        [*made, Entry("why\nexclude = ['x']", ("exclude = []",))], inside_pyproject=inside
    )
    assert tomllib.loads(text) == ({"tool": {"migrate": {}}} if inside else {})
    assert "\x1b" not in text
    table = tomllib.loads(taken_in(text))
    inner = table["tool"]["migrate"] if inside else table
    (domain,) = inner["domains"].values()
    assert domain["file"] == odd


def test_a_target_without_tasks_is_no_domain() -> None:
    assert list(domains([Cluster("god.py", "task_helpers.py", (), ("help",))])) == []
