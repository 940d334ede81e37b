"""The starts of a day as a picture: in the terminal, and as SVG."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

from target_runtime.schedules.entries import Entry

SHADES = " ░▒▓█"
COLUMNS = 12
"""Five minutes each."""


def by_minute(load: Mapping[datetime, Sequence[Entry]]) -> Counter[tuple[int, int]]:
    """The most entries that start in each minute of the day, by hour and minute."""
    found: Counter[tuple[int, int]] = Counter()
    for moment, started in load.items():
        place = (moment.hour, moment.minute)
        found[place] = max(found[place], len(started))
    return found


def drawn(load: Mapping[datetime, Sequence[Entry]]) -> str:
    """24 lines of an hour each: a shade and the worst minute's count for each five minutes."""
    counts = by_minute(load)
    most = max(counts.values(), default=0)
    lines = ["      " + "".join(f":{minute:02d} " for minute in range(0, 60, 5))]
    for hour in range(24):
        cells = []
        for column in range(COLUMNS):
            count = max(counts[hour, column * 5 + minute] for minute in range(5))
            cells.append(f"{_shade(count, most) * 2}{count or '':<2}")
        lines.append(f"{hour:02d}:00 " + "".join(cells).rstrip())
    lines.append(f"most in one minute: {most}")
    return "\n".join(lines)


def _shade(count: int, most: int) -> str:
    if not count:
        return "·"
    return SHADES[max(1, round(count / most * (len(SHADES) - 1)))]


def svg(load: Mapping[datetime, Sequence[Entry]], title: str) -> str:
    """The same as a page of its own: a square a minute, its tasks as the tooltip."""
    counts = by_minute(load)
    most = max(counts.values(), default=1)
    names: dict[tuple[int, int], set[str]] = {}
    for moment, started in load.items():
        names.setdefault((moment.hour, moment.minute), set()).update(e.task for e in started)
    size, left, top = 14, 48, 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + 60 * size + 16} {top + 24 * size + 40}" font-family="system-ui, sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{left}" y="18" font-size="14" fill="#1f2933">{escape(title)}</text>',
    ]
    for minute in range(0, 60, 5):
        parts.append(
            f'<text x="{left + minute * size}" y="{top - 6}" fill="#52606d">:{minute:02d}</text>'
        )
    for hour in range(24):
        y = top + hour * size
        parts.append(f'<text x="8" y="{y + 11}" fill="#52606d">{hour:02d}:00</text>')
        for minute in range(60):
            count = counts[hour, minute]
            tip = escape(
                f"{hour:02d}:{minute:02d}  {count}: {', '.join(sorted(names.get((hour, minute), ())))}"
            )
            inner = f"<title>{tip}</title>" if count else ""
            parts.append(
                f'<rect x="{left + minute * size}" y="{y}" width="{size - 1}" height="{size - 1}" fill="{_colour(count, most)}">{inner}</rect>'
            )
    y = top + 24 * size + 12
    parts.append(f'<text x="{left}" y="{y + 10}" fill="#52606d">starts in a minute:</text>')
    for place, count in enumerate(range(most + 1) if most < 12 else (0, 1, most // 2, most)):
        x = left + 110 + place * 40
        parts.append(
            f'<rect class="legend" x="{x}" y="{y}" width="{size - 1}" height="{size - 1}" fill="{_colour(count, most)}"/>'
            f'<text x="{x + size + 3}" y="{y + 10}" fill="#52606d">{count}</text>'
        )
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _colour(count: int, most: int) -> str:
    """Grey for nothing, then from pale yellow to dark red (readable in grey as well)."""
    if not count:
        return "#eef1f4"
    part = (count - 1) / max(most - 1, 1)
    return f"#{int(255 - 105 * part):02x}{int(232 - 214 * part):02x}{int(150 - 130 * part):02x}"
