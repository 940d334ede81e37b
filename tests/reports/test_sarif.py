"""Findings as SARIF and as GitHub's annotations: what is in them, and what can't get into them."""

import json

import pytest

from codemods.rules.table import TABLE
from codemods.rules.values import Finding
from reports.annotations import annotations
from reports.sarif import sarif

ONE = Finding("shop/a b.py", 3, "CEL101", "send is bound", "send")


def results(*findings: Finding) -> list[dict[str, object]]:
    return list(sarif(findings, TABLE, "1.0")["runs"][0]["results"])


def test_a_run_has_its_rules_and_its_results() -> None:
    made = json.loads(json.dumps(sarif([ONE], TABLE, "1.0", [("x.py", 0, "not read")])))
    run = made["runs"][0]
    assert made["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [r.code for r in TABLE]
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "CEL101"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "shop/a%20b.py", "uriBaseId": "SRCROOT"}
    assert place["region"] == {"startLine": 3}
    told = run["invocations"][0]["toolExecutionNotifications"][0]
    assert "region" not in told["locations"][0]["physicalLocation"]


def test_a_fingerprint_stays_while_lines_move_and_tells_equal_ones_apart() -> None:
    moved = Finding(ONE.path, 90, ONE.code, ONE.message, ONE.subject)
    first, again = results(ONE)[0], results(moved)[0]
    assert first["partialFingerprints"] == again["partialFingerprints"]
    both = results(ONE, moved)
    assert both[0]["partialFingerprints"] != both[1]["partialFingerprints"]
    other = Finding(ONE.path, 3, ONE.code, ONE.message, "late")
    assert results(other)[0]["partialFingerprints"] != first["partialFingerprints"]


@pytest.mark.parametrize("text", ["\udcff", "a\x1b[31m", "\u202e", "a\nb"])
def test_what_names_hold_is_made_visible(text: str) -> None:
    bad = Finding(f"{text}.py", 1, "CEL101", text, text)
    said = json.dumps(results(bad), ensure_ascii=False)
    assert said.isprintable()
    assert annotations([bad]).count("\n") == 1


def test_an_annotation_can_not_be_ended_by_a_name() -> None:
    bad = Finding("a,line=9::b.py", 0, "CEL101", "x\n::error::y %0A", "s")
    assert annotations([bad]) == (
        "::warning file=a%2Cline=9%3A%3Ab.py,line=1,title=CEL101::x\\x0a::error::y %250A\n"
    )
    assert annotations([]) == ""
