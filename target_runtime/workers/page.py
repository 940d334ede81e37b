"""The monitor's page: a row a queue, late ones marked, for a terminal of 80 columns."""

from collections.abc import Sequence

from target_runtime.workers.watch import Row

CLEAR = "\x1b[H\x1b[2J"
RED, GREEN, DIM, PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[2m", "\x1b[0m"
HEAD = f"{'queue':<15}{'depth':>6}{'oldest':>9}{'SLA':>7}  {'':<10}{'run/s':>7}{'workers':>8}{'failed':>8}{'dupl.':>7}"
WIDTH = 10


def page(rows: Sequence[Row], at: str, *, colour: bool) -> str:
    """The page as text; a queue whose oldest message is over its SLA bears `LATE`."""
    lines = [f"{at}", HEAD]
    for row in rows:
        paint = RED if row.is_late else GREEN if row.workers else DIM
        oldest = "-" if row.oldest is None else f"{row.oldest:.1f} s"
        sla = "-" if row.sla is None else f"{row.sla:g} s"
        rate = "-" if row.rate is None else f"{row.rate:.1f}"
        bar = _bar(row) or ("" if row.workers else "no worker")
        line = f"{row.queue:<15}{row.depth:>6}{oldest:>9}{sla:>7}  {bar:<10}{rate:>7}{row.workers:>8}{row.failures:>8}{row.duplicates:>7}"
        lines.append(f"{paint}{line}{PLAIN}" if colour else line)
    return "\n".join(lines) + "\n"


def _bar(row: Row) -> str:
    """How much of the SLA the oldest message has used up."""
    if row.oldest is None or row.sla is None:
        return ""
    if row.is_late:
        return "█████ LATE"
    part = row.oldest / row.sla
    return "█" * round(part * WIDTH) + "░" * (WIDTH - round(part * WIDTH))
