"""Where the tasks of a god file go: by whom they start, what they read, banners, queues and names."""

import pytest

from codemods.domains.choice import Domains
from codemods.domains.groups import STAYS
from codemods.domains.naming import Names
from codemods.settings import Domain, Settings
from codemods.split.packages import new_files
from tests.codemods.domains.told import GOD, God, task, words


def test_tasks_that_share_the_words_of_their_names() -> None:
    god = God(*map(task, ("sync_ledger", "close_ledger", "post_parcel", "track_parcel")))
    assert god.files == {
        "ledger": ["sync_ledger", "close_ledger"],
        "parcel": ["post_parcel", "track_parcel"],
    }


def test_a_task_goes_with_the_one_that_starts_it() -> None:
    god = God(
        task("harvest", "vacuum_north", "glean_south"),
        task("vacuum_north"),
        task("glean_south"),
        task("send_parcel"),
        task("track_parcel"),
    )
    assert god.files["parcel"] == ["send_parcel", "track_parcel"]
    assert god.files["harvest"] == ["harvest", "vacuum_north", "glean_south"]
    assert god.chosen["vacuum_north"].because == "started by: harvest"
    assert god.chosen["harvest"].because == "starts: vacuum_north, glean_south"


def test_tasks_that_start_each_other_in_a_circle_stand_together() -> None:
    god = God(
        task("send_parcel", "close_ledger"),
        task("close_ledger", "send_parcel"),
        task("track_parcel"),
        task("sync_ledger"),
    )
    (together,) = [names for names in god.files.values() if "send_parcel" in names]
    assert "close_ledger" in together


def test_sections_tell_tasks_apart() -> None:
    banner = "\n\n# ---------- {} ----------\n"
    god = God(
        banner.format("Parcels"),
        task("weigh"),
        task("label"),
        banner.format("Books"),
        task("audit_all"),
        task("balance"),
        task("carry"),
    )
    assert god.files == {"parcel": ["weigh", "label"], "book": ["audit_all", "balance", "carry"]}
    assert god.chosen["weigh"].because == "section: parcel"


def test_what_is_read_of_the_project_ties_tasks_and_names_nothing() -> None:
    god = God(
        task("weigh", "mailing.post"),
        task("label", "mailing.post"),
        task("audit", "ledger.book"),
        task("balance", "ledger.book"),
        task("sweep_floor"),
        task("sweep_roof"),
    )
    found = god.files
    assert ["sweep_floor", "sweep_roof"] in found.values()
    assert not {"mailing", "ledger", "post"} & found.keys()


def test_words_behind_for_or_of_count_less() -> None:
    god = God(
        *map(task, ("bill_parcels_for_client", "weigh_parcels", "greet_client", "drop_client"))
    )
    assert "bill_parcels_for_client" in god.files["parcels"]


def test_words_of_the_file_and_its_folders_name_no_group() -> None:
    god = God(
        *map(task, ("open_shop_gate", "shut_shop_gate", "paint_shop_wall", "clean_shop_wall"))
    )
    assert set(god.files) == {"gate", "wall"}


def test_the_guides_domains_name_what_their_words_stand_for() -> None:
    god = God(*map(task, ("send_mail", "retry_smtp", "weigh_parcel", "track_parcel")))
    assert god.files["email"] == ["send_mail", "retry_smtp"]


def test_two_words_name_a_group_better_than_one() -> None:
    god = God(
        *map(task, ("open_cloud_account", "shut_cloud_account", "weigh_parcel", "track_parcel"))
    )
    assert set(god.files) <= {"cloud_account", "user", "parcel"}


def test_the_users_words_win_over_all() -> None:
    god = God(
        task("post_parcel"),
        task("track_parcel"),
        task("weigh", "ledger.book"),
        settings=words(goods="parcel", money="ledger"),
    )
    assert god.files == {"goods": ["post_parcel", "track_parcel"], "money": ["weigh"]}


def test_the_users_names_win_over_words() -> None:
    domains = {"own": Domain(tasks=("track_*",)), "goods": Domain(words=("parcel",))}
    god = God(
        task("post_parcel"),
        task("track_parcel"),
        settings=Settings(god_files=(GOD,), domains=domains),
    )
    assert god.files == {"own": ["track_parcel"], "goods": ["post_parcel"]}
    assert god.chosen["track_parcel"].because == "it is named in [tool.migrate]"


LEDGER = {"shop/background/ledger_tasks.py": "from celery import shared_task\n"}


def test_a_file_that_is_there_takes_what_is_named_like_it() -> None:
    god = God(task("close_ledger"), task("post_parcel"), task("track_parcel"), others=LEDGER)
    assert god.files["ledger"] == ["close_ledger"]


def test_a_file_that_is_there_takes_nothing_for_what_a_body_reads() -> None:
    god = God(
        task("weigh", "ledger.book"), task("post_parcel"), task("track_parcel"), others=LEDGER
    )
    assert "ledger" not in god.files


@pytest.mark.parametrize(
    ("name", "task_name", "takes"),
    [
        ("letters_pdf", "check_letters", False),
        ("letters_pdf", "make_pdf_of_letter", True),
        ("process_receipts", "process_job", False),
        ("process_receipts", "count_receipts", True),
        ("service_callback", "check_services", False),
        ("service_callback", "retry_callback", True),
        ("reporting", "weekly_report", True),
        ("nightly", "check_letters_nightly", False),
        ("research_mode", "weekly_research_mail", False),
        ("report", "export_all", True),
        ("publish", "publish_site", True),
        ("process", "process_job", False),
    ],
)
def test_a_file_that_is_there_takes_what_has_all_words_that_tell_what_it_is_about(
    name: str, task_name: str, takes: bool
) -> None:
    others = {f"shop/background/{name}_tasks.py": "from celery import shared_task\n"}
    god = God(task(task_name), task("post_parcel"), task("track_parcel"), others=others)
    home = god.domains.file_of(god.chosen[task_name].domain)
    assert (home == f"shop/background/{name}_tasks.py") is takes


def test_a_file_that_can_take_nothing_is_no_ones_and_its_name_is_given_to_no_other() -> None:
    names = ("close_ledger", "open_ledger", "count_ledger")
    god = God(*map(task, names), task("post_parcel"), task("track_parcel"), others=LEDGER)
    closed = Domains(
        god.inventory,
        god.module,
        new_files(god.inventory, god.module),
        ["shop/background/ledger_tasks.py"],
    )
    homes = {choice.domain for name, choice in closed.choose(god.tasks).items() if name in names}
    assert homes.isdisjoint({"ledger"})
    assert closed.open_files() == []


def test_one_that_is_like_no_other_stays() -> None:
    names = [
        f"{verb}_{noun}" for noun in ("parcel", "gate", "wall") for verb in ("open", "shut", "mend")
    ]
    god = God(*map(task, (*names, "zigzag")))
    assert god.files[STAYS] == ["zigzag"]
    assert god.domains.file_of(STAYS) == GOD
    assert god.chosen["zigzag"].because == "nothing in it is like another task"


def test_small_groups_stay_where_the_file_needs_no_more_parts() -> None:
    names = [f"{verb}_parcel" for verb in ("open", "shut", "mend", "sell")]
    god = God(*map(task, (*names, "zig_gate", "fold_gate", "jump")))
    assert god.files == {"parcel": names, "gate": ["zig_gate", "fold_gate"], STAYS: ["jump"]}
    walls = [f"{verb}_wall" for verb in ("paint", "raze", "tar")]
    god = God(*map(task, (*names, *walls, "zig_gate", "fold_gate", "jump")))
    assert god.files["wall"] == walls
    assert god.files["gate"] == ["zig_gate", "fold_gate"]
    trees = [f"{verb}_tree" for verb in ("plant", "fell", "saw")]
    god = God(*map(task, (*names, *walls, *trees, "zig_gate", "fold_gate", "jump")))
    assert god.files[STAYS] == ["zig_gate", "fold_gate", "jump"]


def test_lone_tasks_that_do_the_same_stand_together() -> None:
    names = [f"{verb}_parcel" for verb in ("open", "shut", "mend", "sell")]
    god = God(*map(task, (*names, "prune_audit", "cleanup_files", "vacuum_shelf")))
    assert god.files["maintenance"] == ["prune_audit", "cleanup_files", "vacuum_shelf"]


def test_a_large_matter_goes_on_in_another_file() -> None:
    long = "    x = 1\n" * 60
    parts = [task(f"send_parcel_{n}").replace("    pass\n", long) for n in range(12)]
    found = God(*parts, task("open_gate"), task("shut_gate")).files
    assert sorted(found) == ["gate", "parcel", "parcel_2"]
    assert max(map(len, found.values())) < 10
    assert len(found["parcel"]) + len(found["parcel_2"]) == 12


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ([f"send_parcel_{n}" for n in range(10)], "is about one thing: 10 of the 10 tasks"),
        (["post_mail", "smtp_retry", "mail_all", "bounce", "weigh"], "4 of the 5 tasks"),
        (["zig", "fold", "jump", "swim", "whirl"], "nothing tells 5 of the 5 tasks"),
        (["open_gate", "shut_gate", "post_parcel", "track_parcel"], ""),
    ],
)
def test_what_is_better_left_in_one(names: list[str], why: str) -> None:
    god = God(*map(task, names))
    found = god.domains.matter(god.tasks)
    assert why in found if why else not found


def test_helpers_that_one_task_alone_reads_count_with_it() -> None:
    long = "    x = 1\n" * 600
    parts = [
        f"\n\ndef helper_{n}():\n{long}" + task(f"{verb}_files", f"helper_{n}")
        for n, verb in enumerate(("sync", "update"))
    ]
    found = God(*parts, task("open_gate"), task("shut_gate"), task("paint_gate")).files
    assert ["sync_files", "update_files"] not in found.values()
    assert sum(map(len, found.values())) == 5


def test_a_word_of_a_state_names_no_file_where_a_thing_does() -> None:
    god = God(*map(task, ("mark_crate_hidden", "keep_crate_hidden", "close_ledger", "sync_ledger")))
    assert sorted(god.files) == ["crate", "ledger"]


def test_a_shortened_word_is_no_file_beside_the_whole_one() -> None:
    god = God(task("warm_doc_rows"))
    assert Names(god.told, set(), {"document"}).give(["doc", "row"]) == "rows"
    assert Names(god.told, set(), {"doc"}).give(["document", "row"]) == "rows"
    assert Names(god.told, set(), {"user"}).give(["user_access"]) == "user_access"
