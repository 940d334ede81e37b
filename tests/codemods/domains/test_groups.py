"""Groups large enough for a file: what small ones join, what stays, and what banners and verbs tell."""

import pytest

from codemods.domains.groups import STAYS
from tests.codemods.domains.told import God, task

LONG = "    x = 1\n" * 160
FLEET = [f"{verb}_truck" for verb in ("wash", "fuel", "tow", "lend")]
HARBOUR = [f"{verb}_crane" for verb in ("oil", "lift", "swing", "rent")]


def long(name: str) -> str:
    """A task with a long body."""
    return task(name).replace("    pass\n", LONG)


def banner(words: str) -> str:
    return f"\n\n# ---------- {words} ----------\n"


def test_a_banner_ends_where_tasks_of_a_matter_of_their_own_begin() -> None:
    captains = ["warn_ageing_captains", "retire_ageing_captains", "greet_captains"]
    god = God(
        *map(task, (*FLEET, *HARBOUR)),
        banner("Ballast pumping"),
        *map(task, ("pump_ballast", *captains)),
    )
    assert god.files["ballast"] == ["pump_ballast"]
    assert god.files["captains"] == captains


def test_a_banner_holds_what_says_something_else_alone() -> None:
    god = God(
        *map(task, FLEET),
        banner("Ballast"),
        *map(task, ("pump_ballast", "weigh_anchor", "polish_bell")),
    )
    assert god.files["ballast"] == ["pump_ballast", "weigh_anchor", "polish_bell"]


def test_a_banner_that_only_says_tasks_is_none() -> None:
    god = God(*map(task, FLEET), banner("TASKS"), *map(task, HARBOUR), task("whistle"))
    assert god.files == {"truck": FLEET, "crane": HARBOUR, STAYS: ["whistle"]}


def test_a_lone_task_keeps_the_file_of_its_banner() -> None:
    god = God(
        *map(task, FLEET), banner("Ballast"), task("pump_ballast"), banner("Port"), task("moor")
    )
    assert god.files["ballast"] == ["pump_ballast"]
    assert god.files[STAYS] == ["moor"]


def test_a_long_task_has_a_file_of_its_own() -> None:
    god = God(*map(task, FLEET), long("weld_hull"), task("whistle"))
    assert god.files["hull"] == ["weld_hull"]


@pytest.mark.parametrize("verb", ["get", "update", "check"])
def test_a_common_verb_alone_makes_no_group(verb: str) -> None:
    getters = [f"{verb}_{noun}" for noun in ("moss", "quartz", "fjord", "lemon")]
    god = God(*map(task, (*FLEET, *HARBOUR, *getters)))
    assert god.files[STAYS] == getters


def test_what_half_the_file_ends_with_makes_no_group() -> None:
    names = [f"{word}_clerk" for word in (*FLEET, *HARBOUR, "moss", "quartz", "fjord")]
    god = God(*map(task, names))
    assert god.files[STAYS] == ["moss_clerk", "quartz_clerk", "fjord_clerk"]


def test_what_is_read_alike_brings_no_small_group_to_another() -> None:
    god = God(
        *(task(name, "mailing.post") for name in FLEET),
        *(task(name, "ledger.book") for name in HARBOUR),
        task("whistle", "mailing.post"),
    )
    assert god.files["truck"] == FLEET
    assert god.files[STAYS] == ["whistle"]


def test_a_small_group_joins_one_whose_thing_it_names() -> None:
    god = God(*map(task, (*FLEET, *HARBOUR, "sketch_crane_roof")))
    assert "sketch_crane_roof" in god.files["crane"]


def test_a_step_goes_with_the_tasks_that_start_it() -> None:
    first, *others = FLEET
    god = God(task(first, "grease"), *map(task, (*others, *HARBOUR)), task("grease"))
    assert "grease" in god.files["truck"]


def test_what_many_start_belongs_to_none_of_them() -> None:
    fleet = [task(name, "log_row") for name in FLEET]
    harbour = [task(name, "log_row") for name in HARBOUR]
    files = God(*fleet, *harbour, task("log_row")).files
    assert FLEET in files.values() or HARBOUR in files.values()


def test_what_a_task_that_goes_needs_does_not_stay() -> None:
    starters = [task(FLEET[0], "whistle"), task(HARBOUR[0], "whistle")]
    rest = map(task, (*FLEET[1:], *HARBOUR[1:]))
    god = God(*starters, *rest, task("whistle"))
    assert STAYS not in god.files


def test_the_rest_of_a_file_is_small() -> None:
    strangers = [f"{noun}" for noun in ("moss", "quartz", "fjord", "lemon", "anvil", "sonnet")]
    body = "    x = 1\n" * 70
    parts = (task(name).replace("    pass\n", body) for name in strangers)
    god = God(*map(task, (*FLEET, *HARBOUR)), *parts)
    assert 0 < len(god.files[STAYS]) < 5


def test_two_words_written_as_one_are_the_two() -> None:
    god = God(*map(task, ("sort_mail_box", "empty_mail_box", "paint_mailbox", *HARBOUR)))
    assert ["sort_mail_box", "empty_mail_box", "paint_mailbox"] in god.files.values()


def test_one_verb_that_all_share_keeps_them_together() -> None:
    names = [f"analyze_{word}" for word in ("moss", "quartz", "fjord", "lemon")]
    lands = [f"analyze_{word}_acre" for word in ("wet", "dry", "steep")]
    god = God(*map(task, (*names, *lands, *HARBOUR)))
    assert set(god.files) == {"analyze", "crane"}


def test_what_lacks_the_word_of_its_group_and_is_as_like_others_stands_apart() -> None:
    koji = (
        "run_koji_build",
        *(f"{verb}_downstream_koji_build" for verb in ("run", "report", "retry")),
    )
    farm = ("run_downstream_farm", "run_farm", "check_farm")
    apart = ("propose_downstream", "sync_from_downstream")
    god = God(*map(task, (*koji, *farm, *apart, "pull_upstream")))
    assert god.files["koji"] == [*koji]
    assert god.files["downstream"] == [*apart]


def test_a_task_that_is_started_elsewhere_goes_to_the_group_that_its_own_name_names() -> None:
    videos = (task("upload_video", "start_transcript"), task("update_video"), task("tag_video"))
    verbs = ("start", "update", "send", "missing")
    god = God(*videos, *(task(f"{verb}_transcript") for verb in verbs))
    assert "start_transcript" in god.files["transcript"]
    assert god.files["video"] == ["upload_video", "update_video", "tag_video"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("share_link_bundle", "share_link_bundle"),
        ("letter_older_than_retention", "retention"),
        ("parcel_still_late", "parcel"),
    ],
)
def test_a_file_is_named_by_the_words_that_always_stand_together_and_tell_something(
    words: str, name: str
) -> None:
    names = [f"{verb}_{words}" for verb in ("build", "clean", "weigh")]
    others = [f"{verb}_crate" for verb in ("post", "track", "stamp")]
    assert God(*map(task, (*names, *others))).files[name] == names
