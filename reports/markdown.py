"""Progress as Markdown, for a pull request or a wiki."""

from codemods.visible import visible
from reports.progress import Aim, Progress


def page(title: str, aims: list[Aim], history: list[Progress]) -> str:
    """The figures against their targets, then one row a revision."""
    lines = [f"# {visible(title)}", "", "| | now | target | |", "|---|---:|---:|---|"]
    lines.extend(
        f"| {visible(aim.label)} | {aim.now} | {aim.target} | {'reached' if aim.reached else 'open'} |"
        for aim in aims
    )
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
            visible(item.step or ""),
            f"{metrics.shared_task_percent:.1f} %",
            f"{metrics.god_file_lines:,}",
            str(metrics.duplicated_names),
            str(metrics.names_with_parentheses),
            str(metrics.orphaned_beat_entries),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
