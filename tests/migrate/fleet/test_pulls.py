"""Pull requests: the user's words with placeholders filled, each result once, never by default."""

from collections.abc import Sequence
from pathlib import Path

from migrate.fleet.campaign import Campaign, job_of
from migrate.fleet.processes import run_command
from migrate.fleet.pulls import open_one
from migrate.fleet.values import Outcome, Repository

REPOSITORY = Repository("shop", "https://git.example.com/a; touch x", "main")


def made(campaign: Campaign, steps: tuple[str, ...] = ("beat",)) -> Outcome:
    job = job_of(REPOSITORY, "2" * 40)
    campaign.keep_job(job)
    return Outcome("shop", job.key, "done", head="3" * 40, made=steps)


def test_each_placeholder_is_one_word_and_a_result_is_sent_once(campaign: Campaign) -> None:
    ran: list[list[str]] = []

    def run(words: Sequence[str], folder: Path) -> tuple[int, str]:
        ran.append(list(words))
        assert folder.name == "repository.git"
        return 0, "https://git.example.com/pulls/1"

    commands = (
        ("git", "push", "{source}", "{branch}:refs/heads/{branch}"),
        ("gh", "--title={title}", "--base", "{revision}"),
    )
    outcome = made(campaign)
    assert open_one(campaign, REPOSITORY, outcome, commands, run) == ""
    assert ran == [
        ["git", "push", "https://git.example.com/a; touch x", "migrate/head:refs/heads/migrate/head"],
        ["gh", "--title=Migrate Celery tasks: beat", "--base", "main"],
    ]  # fmt: skip
    assert open_one(campaign, REPOSITORY, outcome, commands, run) is None
    assert len(ran) == 2


def test_one_that_failed_is_told_and_tried_again(campaign: Campaign) -> None:
    outcome = made(campaign)
    said = open_one(
        campaign, REPOSITORY, outcome, (("gh",),), lambda words, folder: (1, "no login")
    )
    assert said == "shop: 'gh' ended with 1: no login"
    assert open_one(campaign, REPOSITORY, outcome, (("gh",),), lambda words, folder: (0, "")) == ""


def test_without_a_commit_there_is_nothing_to_ask_for(campaign: Campaign) -> None:
    assert open_one(campaign, REPOSITORY, made(campaign, ()), (("gh",),)) is None


def test_commands_that_are_missing_fail_or_hang(tmp_path: Path) -> None:
    assert run_command(["no-such-command"], tmp_path)[0] == 127
    assert run_command(["sh", "-c", "echo one; echo two >&2; exit 3"], tmp_path) == (3, "one\ntwo")
    assert run_command(["sleep", "9"], tmp_path, 0.1)[0] == 124
