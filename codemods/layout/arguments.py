"""What formatters, sorters and linters are told where they are run: in pre-commit, CI and scripts."""

import re
import shlex
from collections.abc import Iterator, Mapping

from codemods.layout.configured import Table
from codemods.snapshot import Snapshot

RUNS = re.compile(
    r"(^|/)(Makefile|[^/]+\.mk|justfile|tox\.ini|noxfile\.py|[^/]+\.sh|azure-pipelines\.ya?ml"
    r"|\.(travis|gitlab-ci)\.ya?ml|\.circleci/config\.yml|\.github/workflows/[^/]+)$"
    r"|^(scripts|script|bin|ci|\.ci)/[^/.]+$"
)
HOOKS = ".pre-commit-config.yaml"
HOOK = re.compile(
    r"^\s*-\s*id:\s*['\"]?([\w-]+)['\"]?\s*$((?:(?!^\s*-\s*(?:id|repo):).*\n?)*)", re.M
)
ARGUMENTS = re.compile(r"^\s*args:\s*(\[[^\]]*\]|(?:\n\s*-\s.*)+)", re.M)
ITEM = re.compile(r"""['"]([^'"]*)['"]|([^\s,\[\]'"]+)""")
COMMAND = re.compile(
    r"(?P<before>^[\s@]*|^[\s-]*(?:\w+\s*[:=]\s*)|^\s*-\s+|[;&|(]\s*|[\"'`]|-m\s+|\brun\s+(?:--?[\w-]+\s+|web\s+)*|\bexec\s+)"
    r"(?P<tool>black|isort|flake8|ruff(?=\s+format\b))[ \t]+(?P<words>[^\n;&|\"'`#]+)",
    re.M,
)
SAYING = re.compile(r"\b(?:echo|printf|install|name:)[^;&|]*$")
SHORT = {
    ("black", "l"): "line-length", ("black", "S"): "skip-string-normalization",
    ("isort", "l"): "line_length", ("isort", "w"): "line_length", ("isort", "line-width"): "line_length",
    ("isort", "m"): "multi_line_output", ("isort", "multi-line"): "multi_line_output",
    ("isort", "tc"): "include_trailing_comma", ("isort", "trailing-comma"): "include_trailing_comma",
    ("isort", "sl"): "force_single_line", ("isort", "force-single-line-imports"): "force_single_line",
    ("isort", "ca"): "combine_as_imports", ("isort", "combine-as"): "combine_as_imports",
    ("isort", "fss"): "force_sort_within_sections",
}  # fmt: skip
"""Options that have another name in the tool's file."""
SWITCHES = frozenset(
    {"skip-string-normalization", "include_trailing_comma", "force_single_line", "exit-zero"}
    | {"combine_as_imports", "force_sort_within_sections"}
)
"""Options without a value."""
UNRUN = frozenset({"exit-zero", "version", "help", "V", "h"})
"""Options with which a tool holds nobody to anything."""


def arguments_of(files: Snapshot) -> Mapping[str, Table]:
    """The options of each tool that something runs, in the words of its file; the first one counts.

    A tool that is run without options has an empty table, one that holds nobody to anything none.
    """
    found: dict[str, dict[str, str]] = {}
    paths = sorted(path for path in files.files if path == HOOKS or RUNS.search(path))
    texts = files.read_many(paths)
    for path in sorted(texts, key=lambda path: path != HOOKS):
        text = texts[path].decode("utf-8", "replace")
        for tool, given in _hooks(text) if path == HOOKS else _commands(text):
            options = dict(_options(tool, given))
            if not UNRUN & options.keys():
                found[tool] = options | found.get(tool, {})
    return found


def _hooks(text: str) -> Iterator[tuple[str, list[str]]]:
    """The tools that pre-commit runs, with their arguments."""
    for hook in HOOK.finditer(text):
        tool = "ruff" if hook[1] == "ruff-format" else hook[1]
        if hook[1] in {"black", "isort", "flake8", "ruff-format"}:
            given = ARGUMENTS.search(hook[2])
            words = re.sub(r"(?m)^\s*-\s", " ", given[1]) if given is not None else ""
            yield tool, [first or second for first, second in ITEM.findall(words)]


def _commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """The tools that lines of a script run on something, with their arguments."""
    whole = re.sub(r"\\\r?\n\s*", " ", text)
    for found in COMMAND.finditer(whole):
        start = found.start("tool")
        line = whole[whole.rfind("\n", 0, start) + 1 : start]
        if line.lstrip().startswith("#") or SAYING.search(line):
            continue
        try:
            yield found["tool"], shlex.split(found["words"])
        except ValueError:
            continue


def _options(tool: str, given: list[str]) -> Iterator[tuple[str, str]]:
    """The options among arguments; a value stands behind `=` or follows."""
    for index, word in enumerate(given):
        name, _, value = word.lstrip("-").partition("=")
        if not word.startswith("-") or not name:
            continue
        known = SHORT.get((tool, name), name.replace("-", "_") if tool == "isort" else name)
        following = given[index + 1] if index + 1 < len(given) else ""
        yield known, "true" if known in SWITCHES else value or following
