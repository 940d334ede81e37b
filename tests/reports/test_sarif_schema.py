"""SARIF held against the schema of the standard.

`sarif-schema-2.1.0.json` is OASIS's own, unchanged, as the standard publishes it
(https://docs.oasis-open.org/sarif/sarif/v2.1.0/).
"""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from codemods.rules.table import TABLE
from codemods.rules.values import Finding
from reports.sarif import sarif

SCHEMA = json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_bytes())
FINDINGS = [
    Finding("shop/a b.py", 3, "CEL101", "send is bound", "send"),
    Finding("shop/ä%.py", 0, "CEL502", "the whole file", ""),
    Finding("shop/\udcff\n.py", 9, "CEL201", 'x\n::error::"\u202e', "s()"),
]
NOTES = [("x.py", 0, "not read"), ("y.py", 7, "invalid syntax")]


def complaints(log: dict[str, Any]) -> list[str]:
    """What the schema says against a log."""
    validator = jsonschema.Draft7Validator(
        SCHEMA, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER
    )
    return [error.message for error in validator.iter_errors(json.loads(json.dumps(log)))]


@pytest.mark.parametrize("findings", [[], FINDINGS])
def test_a_log_is_as_the_standard_says(findings: list[Finding]) -> None:
    assert complaints(sarif(findings, TABLE, "1.0", NOTES)) == []


def test_the_schema_finds_what_is_wrong() -> None:
    log = sarif(FINDINGS, TABLE, "1.0")
    log["runs"][0]["results"][0]["level"] = "loud"
    log["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["region"] = {"startLine": 0}
    assert len(complaints(log)) == 2
