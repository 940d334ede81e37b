"""The findings of `migrate check` as a person reads them: by rule, and what can be done about them."""

from collections.abc import Iterator, Sequence

from codemods.notes.codes import code_of
from codemods.notes.visible import visible
from codemods.rules.table import BY_CODE, UNUSED
from codemods.rules.values import Finding
from reports.notes import counted
from reports.words import plural


def line_of(item: Finding) -> str:
    """One finding as compilers write theirs."""
    return visible(f"{item.path}:{item.line}: {item.code} {item.message}")


def by_rule(findings: Sequence[Finding]) -> str:
    """The findings under their rules, in the order of the codes."""
    codes = sorted({item.code for item in findings})
    return "\n\n".join("\n".join(_block(code, findings)) for code in codes)


def _block(code: str, findings: Sequence[Finding]) -> Iterator[str]:
    own = [item for item in findings if item.code == code]
    name = BY_CODE[code].name
    yield f"{code} {name}: {counted(code_of(name), own)}"
    for item in own:
        yield visible(f"  {item.path}:{item.line}: {item.message}")


def ways(findings: Sequence[Finding], *, fixed: bool) -> Iterator[str]:
    """What mends findings: the steps of a migration, `--fix`."""
    with_step = sum(bool(BY_CODE[item.code].step) for item in findings)
    if with_step:
        of_them = f"{with_step} of them" if with_step < len(findings) else "them"
        these = of_them if len(findings) > 1 else "it"
        yield f"a migration has steps for {these}: migrate plan says what it would mend"
    unused = sum(item.code == UNUSED for item in findings)
    if unused and not fixed:
        yield f"{unused} {plural(unused, 'is a remark', 'are remarks')} to be taken out: migrate check --fix"


def mended(before: Sequence[Finding], after: Sequence[Finding], files: int) -> str:
    """What `--fix` did."""
    count = len(before) - len(after)
    if not files:
        return "nothing was mended: --fix takes out remarks that ignore nothing (CEL902), the rest is for a migration: migrate plan"
    return f"{count} {plural(count, 'finding')} mended in {files} {plural(files, 'file')}: remarks that ignored nothing are out"
