"""Progress as Markdown, for a pull request or a wiki."""

from collections.abc import Iterable, Sequence

from reports.markdown_cells import cell
from reports.progress import NONE, Aim, Progress, percent
from reports.words import plural


def page(
    title: str,
    aims: list[Aim],
    history: list[Progress],
    remarks: Iterable[str] = (),
    waiting: Sequence[str] = (),
) -> str:
    """The figures against their targets, then one row a revision; remarks above them.

    `waiting` are the ids of the decisions that a person has to take.
    """
    lines = [f"# {cell(title)}", ""]
    for remark in remarks:
        lines.extend((cell(remark), ""))
    lines += ["| | now | target | |", "|---|---:|---:|---|"]
    lines.extend(
        f"| {cell(aim.label)} | {aim.now} | {aim.target} | {_state(aim)} |" for aim in aims
    )
    if waiting:
        what = plural(len(waiting), "decision waits", "decisions wait")
        lines.extend(("", f"## {len(waiting)} {what} for you", ""))
        lines.extend(f"- {cell(item)}" for item in waiting)
        lines.extend(("", "What each of them asks: `migrate plan`."))
    if history:
        lines.extend(
            (
                "",
                "## Over time",
                "",
                "| commit | date | step | shared_task | god-file lines | defined twice | names with () | orphans |",
                "|---|---|---|---:|---:|---:|---:|---:|",
            )
        )
    for item in history:
        metrics = item.metrics
        cells = (
            f"`{item.revision[:10]}`",
            item.date.strftime("%Y-%m-%d"),
            cell(item.step or ""),
            percent(metrics),
            f"{metrics.god_file_lines:,}",
            str(metrics.duplicated_names),
            str(metrics.names_with_parentheses),
            str(metrics.orphaned_beat_entries),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _state(aim: Aim) -> str:
    if aim.target == NONE:
        return NONE
    return "reached" if aim.reached else "open"
