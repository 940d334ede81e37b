"""What a manifest says, and what is said of one that is wrong."""

import tomllib
from pathlib import Path

import pytest

from migrate.errors import UsageError
from migrate.fleet.manifest import Manifest, manifest_of, named, read_manifest, written_manifest
from migrate.fleet.pulls import check_words

HERE = Path("/work-of/a-team/fleet.toml")


def read(text: str) -> Manifest:
    return manifest_of(tomllib.loads(text), text, HERE)


def test_a_repository_takes_what_it_does_not_say_from_the_defaults() -> None:
    text = """
name = "spring"
pull_request = ["gh", "pr", "create"]
[defaults]
accept = true
seconds = 60
settings = { god_files = ["a.py"], load_app = true }
[[repositories]]
source = "../shop"
settings = { load_app = false }
[[repositories]]
name = "far"
source = "https://git.example.com/team/far.git"
revision = "main"
accept = false
"""
    found = read(text)
    shop, far = found.repositories
    assert (found.name, found.pull_request) == ("spring", (("gh", "pr", "create"),))
    assert (shop.name, shop.source, shop.accept) == ("shop", "/work-of/shop", True)
    assert shop.settings == {"god_files": ["a.py"], "load_app": False}
    assert (far.source, far.revision, far.accept) == (
        "https://git.example.com/team/far.git",
        "main",
        False,
    )
    assert far.seconds == 60
    assert not far.runs_code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[repositories]]\nsorce = 'x'\n", ':2: unknown key "sorce"; did you mean "source"?'),
        ("[[repositories]]\nname = 'x'\n", ":1: it has no \"source\""),
        ("[defaults]\naccept = 3\n[[repositories]]\nsource='x'\n", ":2: accept must be true or false, and is a whole number"),
        ("[[repositories]]\nsource='x'\n\n[[repositories]]\nsource='y/x'\n", ':4: two repositories are named "x"'),
        ("[[repositories]]\nsource='x'\nname='../up'\n", ':1: name "../up" names a folder'),
        ("[[repositories]]\nsource='x'\nname='.git'\n", ':1: name ".git" names a folder'),
        ("[[repositories]]\nsource='ext::sh -c id'\n", "is no URL that is fetched from"),
        ("[[repositories]]\nsource='--upload-pack=id'\n", "is neither a folder nor a URL"),
        ("[[repositories]]\nsource='x'\nrevision='--all'\n", "is no revision"),
        ("[[repositories]]\nsource='x'\nrevision=\"a\\u001b[2J\"\n", "is no revision"),
        ("[[repositories]]\nsource='x'\nprove=['bot']\n", 'prove has no "bot". The levels are: static, stub, boot'),
        ("[[repositories]]\nsource='x'\nprove=['boot']\n", "add python"),
        ("[[repositories]]\nsource='x'\nsteps=['splt']\n", 'there is no step "splt"'),
        ("[[repositories]]\nsource='x'\nseconds=0\n", "seconds must be 1 to 86400"),
        ("[[repositories]]\nsource='x'\n[repositories.settings]\ngod_fils=[]\n", ':4: unknown key "god_fils"; did you mean "god_files"?'),
        ("name='a b'\n[[repositories]]\nsource='x'\n", ":1: name must be 1 to 40 letters"),
        ("repositories = []\n", "it lists no repositories"),
        ("[[repositories]]\nsource='x'\n[more]\n", ':3: unknown key "more"'),
    ],
)  # fmt: skip
def test_a_wrong_manifest_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        read(text)
    assert f"{HERE}" in str(error.value)
    assert said in str(error.value)


def test_a_manifest_that_is_not_there_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Write one: migrate fleet .* --init DIR"):
        read_manifest(tmp_path / "none.toml")
    (tmp_path / "x.toml").write_bytes(b"[[\n")
    with pytest.raises(UsageError, match="is not TOML"):
        read_manifest(tmp_path / "x.toml")
    (tmp_path / "x.toml").write_bytes(b"name = '\xff'\n")
    with pytest.raises(UsageError, match="is not UTF-8"):
        read_manifest(tmp_path / "x.toml")


def test_folders_of_one_name_are_told_apart() -> None:
    assert list(named(["/a/x/repo", "/a/y/repo", "z.git", "git@host.com:team/w.git", "/b/x/repo"])) == [
        "x-repo", "y-repo", "z", "w", "x-repo-2",
    ]  # fmt: skip
    assert list(named(["/a/.git", "/a/ü \x1b[2J"])) == ["repository", "2J"]


def test_what_is_written_can_be_read() -> None:
    sources = ["../shop", "/a/b'\"\\", "https://git.example.com/far.git"]
    found = read(written_manifest(sources))
    assert [item.name for item in found.repositories] == ["shop", "b-", "far"]
    assert not any(item.accept for item in found.repositories)


def test_an_unknown_placeholder() -> None:
    with pytest.raises(UsageError, match=r"pull_request has no \{nme\}"):
        check_words((("gh", "{nme}"),))
