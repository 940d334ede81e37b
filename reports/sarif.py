"""Findings as SARIF 2.1.0 (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/), which code hosts show beside the code."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from codemods.notes.codes import code_of
from codemods.notes.visible import visible
from codemods.rules.values import Finding, Rule

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVEL = "warning"
ROOT = "SRCROOT"


def sarif(
    findings: Iterable[Finding],
    rules: Sequence[Rule],
    version: str,
    unread: Iterable[tuple[str, int, str]] = (),
) -> dict[str, Any]:
    """One run: the rules, a result a finding, and the files that could not be read.

    Addresses are relative to the project's root. Fingerprints stay while lines move.
    """
    places = {rule.code: index for index, rule in enumerate(rules)}
    seen: Counter[tuple[str, str, str]] = Counter()
    results = []
    for item in findings:
        seen[item.key] += 1
        results.append(_result(item, places[item.code], seen[item.key]))
    driver = {
        "name": "celery-converge",
        "semanticVersion": version,
        "rules": [_rule(rule) for rule in rules],
    }
    told = [
        {"level": "note", "message": {"text": visible(text)}, "locations": [_place(path, line)]}
        for path, line, text in unread
    ]
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the project."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": told}],
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    row = code_of(rule.name)
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": f"{row.one} {row.seen}"},
        "fullDescription": {"text": row.means},
        "help": {"text": f"To do: {row.do}.\n\nBefore:\n{rule.bad}\n\nAfter:\n{rule.good}"},
        "defaultConfiguration": {"level": LEVEL, "enabled": rule.on},
    }


def _result(item: Finding, index: int, count: int) -> dict[str, Any]:
    digest = hashlib.sha256("\0".join((*item.key, str(count))).encode("utf-8", "surrogateescape"))
    return {
        "ruleId": item.code,
        "ruleIndex": index,
        "level": LEVEL,
        "message": {"text": visible(item.message)},
        "locations": [_place(item.path, item.line)],
        "partialFingerprints": {"celeryConverge/v1": digest.hexdigest()},
    }


def _place(path: str, line: int) -> dict[str, Any]:
    address = quote(path.encode("utf-8", "surrogateescape"))
    place: dict[str, Any] = {"artifactLocation": {"uri": address, "uriBaseId": ROOT}}
    if line > 0:
        place["region"] = {"startLine": line}
    return {"physicalLocation": place}
