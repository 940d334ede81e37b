"""Which word of several a group is named by: the thing that most of its tasks name, as they write it."""

import pytest

from codemods.domains.files import helpers_of
from codemods.domains.words import is_state, singular
from tests.codemods.domains.told import God, task

OTHERS = ["post_parcel", "track_parcel", "weigh_parcel"]


def named(*names: str) -> str:
    """The name of the group that these tasks make beside others."""
    files = God(*map(task, (*names, *OTHERS))).files
    (found,) = (name for name, group in files.items() if set(names) <= set(group))
    return found


@pytest.mark.parametrize(
    ("names", "name"),
    [
        # What is done, or how a thing is, gives way to the thing, wherever it stands.
        (("berth_warn", "berth_expire"), "berth"),
        (("tanker_create", "tanker_delayed_submit"), "tanker"),
        (("scrub_unloaded_tanker", "flag_unloaded_tanker"), "tanker"),
        (("run_radar_started_handler", "run_radar_finished_handler"), "radar"),
        # One word that most have comes before the guide's word for several.
        (("make_crew_export", "make_bill_export", "mail_export"), "export"),
        (("reindex_fish", "reindex_rope", "reindex_net"), "reindex"),
        (("send_mail", "retry_smtp", "count_bounces"), "email"),
        # What a thing is written in is not the thing.
        (("export_csv", "retry_export_csv"), "export"),
        # The word before it belongs to it if it is always there.
        (("run_night_watch", "run_night_watch_again"), "night_watch"),
        # The form is the names' own.
        (("sum_buoy_stats", "keep_buoy_stats"), "buoy_stats"),
        (("sum_losses", "keep_losses"), "losses"),
        (("sum_loss", "keep_losses"), "loss"),
    ],
)
def test_names(names: tuple[str, ...], name: str) -> None:
    assert named(*names) == name


def test_a_word_of_the_folder_comes_before_how_things_are() -> None:
    assert named("drop_stale_shop", "close_ended_shop", "hide_unpaid_shop") == "shop"


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("losses", "loss"),
        ("statuses", "status"),
        ("boxes", "box"),
        ("branches", "branch"),
        ("caches", "cache"),
        ("houses", "house"),
        ("causes", "cause"),
        ("stats", "stat"),
        ("entries", "entry"),
        ("status", "status"),
    ],
)
def test_the_singular(word: str, found: str) -> None:
    assert singular(word) == found


@pytest.mark.parametrize(
    ("word", "state"),
    [("unprocessed", True), ("ended", True), ("pending", True), ("feed", False), ("bed", False)],
)
def test_words_of_states(word: str, state: bool) -> None:
    assert is_state(word) is state


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("shop/tasks.py", "task_helpers.py"),
        ("shop/celery_tasks.py", "celery_task_helpers.py"),
        ("shop/tasks/__init__.py", "task_helpers.py"),
        ("shop/streams.py", "streams_helpers.py"),
    ],
)
def test_the_file_for_helpers(path: str, name: str) -> None:
    assert helpers_of(path) == name
