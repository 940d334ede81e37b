"""The folder of a campaign: whose it is, what its keys tell apart, what a strange message can name."""

from pathlib import Path

import pytest

from migrate.errors import SafetyError, UsageError
from migrate.fleet.campaign import Campaign, job_of
from migrate.fleet.values import Outcome, Repository, Standing


def test_a_key_tells_commit_settings_and_way_apart() -> None:
    plain = Repository("x", "/x")
    keys = {
        job_of(repository, commit, dry=dry).key
        for repository in (
            plain,
            Repository("x", "/x", settings={"a": 1}),
            Repository("x", "/x", accept=True),
        )
        for commit in ("1" * 40, "2" * 40)
        for dry in (False, True)
    }
    assert len(keys) == 12
    assert job_of(plain, "1" * 40).key in keys


def test_a_folder_of_another_campaign_or_of_no_campaign_is_refused(
    campaign: Campaign, tmp_path: Path
) -> None:
    first = campaign.about()
    assert campaign.begin("test") == first
    with pytest.raises(UsageError, match="is the folder of campaign 'test'"):
        campaign.begin("other")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    with pytest.raises(UsageError, match="holds no campaign"):
        Campaign(tmp_path / "mine").begin("test")


@pytest.mark.parametrize(
    ("name", "key"), [("../x", "a" * 40), ("x", "../" + "a" * 37), ("", "a" * 40), ("x", "")]
)
def test_a_strange_message_names_no_file(campaign: Campaign, name: str, key: str) -> None:
    with pytest.raises(UsageError):
        campaign.job(name, key)


def test_a_message_for_what_was_never_asked(campaign: Campaign) -> None:
    job = job_of(Repository("x", "/x"), "")
    with pytest.raises(UsageError, match="never asked for"):
        campaign.job("x", job.key)
    campaign.keep_job(job)
    assert campaign.job("x", job.key) == job


def test_torn_files_are_as_if_they_were_not_there(campaign: Campaign) -> None:
    job = job_of(Repository("x", "/x"), "")
    campaign.keep_job(job)
    for name in ("outcome.json", "standing.json"):
        (campaign.place("x", job.key) / name).write_bytes(b'{"name": ')
    assert campaign.outcome("x", job.key) is None
    assert campaign.standing("x", job.key) is None
    with (campaign.folder / "journal.jsonl").open("ab") as stream:
        stream.write(b'{"at": "\n')
    campaign.note("sent", "x")
    assert [event.event for event in campaign.journal()] == ["sent"]


def test_a_link_in_the_folder_is_not_followed(campaign: Campaign, tmp_path: Path) -> None:
    job = job_of(Repository("x", "/x"), "")
    campaign.keep_job(job)
    (tmp_path / "mine").write_text("{}")
    (campaign.place("x", job.key) / "standing.json").symlink_to(tmp_path / "mine")
    with pytest.raises(SafetyError):
        campaign.stand("x", Standing(job.key))
    assert (tmp_path / "mine").read_text() == "{}"


def test_the_last_outcome_of_several_keys(campaign: Campaign) -> None:
    repository = Repository("x", "/x")
    for number, ended in (("1", "2026-01-02"), ("2", "2026-01-03"), ("3", "2026-01-01")):
        job = job_of(repository, number * 40)
        campaign.keep_job(job)
        campaign.keep_outcome(Outcome("x", job.key, "done", commit=job.commit, ended=ended))
    last = campaign.last_outcome("x")
    assert last is not None
    assert last.commit == "2" * 40
    assert campaign.last_outcome("y") is None
