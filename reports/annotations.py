"""Findings as commands of GitHub's workflows, which show them beside the lines of a pull request."""

from collections.abc import Iterable

from codemods.notes.visible import visible
from codemods.rules.values import Finding


def annotations(findings: Iterable[Finding]) -> str:
    """A line a finding; nothing in a path or a message can end it or begin another command."""
    return "".join(
        f"::warning file={_property(item.path)},line={max(item.line, 1)},title={item.code}::{_data(item.message)}\n"
        for item in findings
    )


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
