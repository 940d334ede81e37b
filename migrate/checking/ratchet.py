"""A file of the findings that are let be: it can lose some, and never gets more by itself."""

from collections import Counter
from collections.abc import Collection, Iterable

import msgspec
from msgspec import Struct

from codemods.rules.values import Finding
from migrate.errors import UsageError

Keys = Counter[tuple[str, str, str]]


class Kept(Struct, frozen=True, forbid_unknown_fields=True):
    """The file: by rule and by path the subjects of what is let be, each as often as it is there."""

    format: int
    findings: dict[str, dict[str, list[str]]]


class Held(Struct, frozen=True):
    """Findings held against the file: those that are new, how many are let be, and the file from now on.

    `gone` counts what the file had and nothing is left of.
    """

    new: list[Finding]
    let_be: int
    gone: int
    data: bytes


def read(data: bytes, name: str) -> Keys:
    """What a file lets be. Raises `UsageError` where it is none."""
    try:
        kept = msgspec.json.decode(data, type=Kept)
    except msgspec.DecodeError as error:
        raise UsageError(
            f"'{name}' is no ratchet file: {error}. Take it from git again, or delete it and run"
            f" migrate check --ratchet {name} to write what is there today"
        ) from None
    return Counter(
        (code, path, subject)
        for code, paths in kept.findings.items()
        for path, subjects in paths.items()
        for subject in subjects
    )


def held(
    findings: Iterable[Finding],
    known: Keys | None,
    codes: Collection[str],
    paths: Collection[str] | None = None,
) -> Held:
    """Findings against what is let be, all of them where there was no file.

    What went along with its task to another file is let be there. What was not looked for stays:
    other rules than `codes`, other files than `paths`.
    """
    found = sorted(findings)
    if known is None:
        return Held([], len(found), 0, _written(Counter(item.key for item in found)))
    left, new = known.copy(), list[Finding]()
    for item in found:
        if left[item.key] > 0:
            left[item.key] -= 1
        else:
            new.append(item)
    gone = Counter(
        {
            key: count
            for key, count in left.items()
            if count > 0 and key[0] in codes and (paths is None or key[1] in paths)
        }
    )
    new, moved = _without_moved(new, gone)
    let_be = len(found) - len(new)
    return Held(new, let_be, gone.total() - moved.total(), _written(known - gone + moved))


def _without_moved(new: list[Finding], gone: Keys) -> tuple[list[Finding], Keys]:
    """The findings that were in no other file before, and the keys of those that were."""
    left = Counter({(code, subject): 0 for code, _, subject in gone})
    for (code, _, subject), count in gone.items():
        left[code, subject] += count
    stay: list[Finding] = []
    moved: Keys = Counter()
    for item in new:
        code, _, subject = item.key
        if subject and left[code, subject] > 0:
            left[code, subject] -= 1
            moved[item.key] += 1
        else:
            stay.append(item)
    return stay, moved


def _written(keys: Keys) -> bytes:
    """The file, one finding a line, so that git can merge what two branches took out."""
    found: dict[str, dict[str, list[str]]] = {}
    for code, path, subject in sorted(keys.elements()):
        found.setdefault(code, {}).setdefault(path, []).append(subject)
    return msgspec.json.format(msgspec.json.encode(Kept(1, found)), indent=2) + b"\n"
