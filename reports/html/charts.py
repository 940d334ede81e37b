"""Charts as inline SVG, in the colours of the page, each with its figures in a table behind it."""

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element

from msgspec import Struct

from reports.html.elements import el, table
from reports.progress import Metrics, Progress

WIDTH, HEIGHT = 320, 132
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 10, 22


class Measure(Struct, frozen=True):
    """A figure that burns down, or up, over the commits; `of` reads it."""

    title: str
    of: Callable[[Metrics], float]
    unit: str = ""

    def text(self, value: float) -> str:
        """A value of it, in words."""
        return f"{value:,.1f} {self.unit}" if self.unit else f"{value:,.0f}"


MEASURES = (
    Measure("shared_task", lambda found: found.shared_task_percent, "%"),
    Measure("god-file lines", lambda found: found.god_file_lines),
    Measure("names defined twice", lambda found: found.duplicated_names),
    Measure("names with ()", lambda found: found.names_with_parentheses),
    Measure("beat entries pointing at nothing", lambda found: found.orphaned_beat_entries),
    Measure("aliases of old names", lambda found: found.aliases),
)


def chart(measure: Measure, points: Sequence[Progress], short: dict[str, str]) -> Element:
    """One figure over the commits: a stepped line, and its table."""
    values = [measure.of(point.metrics) for point in points]
    first, last = measure.text(values[0]), measure.text(values[-1])
    rows = [
        (short[point.revision], point.date.strftime("%Y-%m-%d"), point.step or "", measure.text(v))
        for point, v in zip(points, values, strict=True)
    ]
    said = f"{measure.title}: from {first} to {last} over {len(points)} commits"
    figures = table(f"{measure.title}, by commit", ("commit", "date", "step", "value"), rows, {3})
    return el(
        "figure",
        el(
            "figcaption",
            el("strong", measure.title),
            el("span", f"{first} → {last}", class_="change"),
        ),
        _drawn(values, measure, said, points),
        el("details", el("summary", "Figures"), figures),
        class_="card",
    )


def _drawn(
    values: Sequence[float], measure: Measure, said: str, points: Sequence[Progress]
) -> Element:
    top = 100.0 if measure.unit else max(1.0, *values)
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    steps = max(len(values) - 1, 1)
    xs = [LEFT + wide * place / steps for place in range(len(values))]
    ys = [TOP + high * (1 - value / top) for value in values]
    base = TOP + high
    line = f"M{xs[0]:.1f},{ys[0]:.1f}" + "".join(
        f"H{x:.1f}V{y:.1f}" for x, y in zip(xs[1:], ys[1:], strict=True)
    )
    made = el(
        "svg",
        *(_grid(TOP + high * part, _label(measure, top * (1 - part))) for part in (0, 0.5, 1)),
        el("path", d=f"{line}V{base}H{xs[0]:.1f}Z", class_="area"),
        el("path", d=line, class_="line"),
        el("circle", cx=f"{xs[-1]:.1f}", cy=f"{ys[-1]:.1f}", r="3.5", class_="dot"),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=said,
    )
    ends = [(LEFT, "start", points[0]), (WIDTH - RIGHT, "end", points[-1])]
    for x, anchor, point in ends[: len(values)]:
        label = point.date.strftime("%Y-%m-%d")
        made.append(el("text", label, x=str(x), y=str(HEIGHT - 6), text_anchor=anchor))
    return made


def _label(measure: Measure, value: float) -> str:
    """A value at the side of a chart; none where a count would not be whole."""
    if measure.unit:
        return f"{value:.0f} {measure.unit}"
    return measure.text(value) if value == int(value) else ""


def _grid(y: float, label: str) -> Element:
    return el(
        "g",
        el("line", x1=str(LEFT), x2=str(WIDTH - RIGHT), y1=f"{y:.1f}", y2=f"{y:.1f}"),
        el("text", label, x=str(LEFT - 6), y=f"{y + 3.5:.1f}", text_anchor="end"),
        class_="grid",
    )
