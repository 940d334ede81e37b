"""How a cold plan grows with the files of a tree, and with the tasks of one god file.

python -m tests.benchmarks.growth [MOST_FILES]

Writes docs/benchmarks/growth.svg and growth-god.svg, and prints the figures as they come.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pygal

from tests.benchmarks.run import forget, migrate
from tests.benchmarks.trees import committed, god_tree, write_modules

FILES = (1_000, 3_000, 10_000, 30_000, 100_000)
TASKS = (100, 200, 400, 900, 1_800)
PAGES = Path(__file__).parents[2] / "docs" / "benchmarks"

Points = list[tuple[float, float]]


def seconds(folder: Path) -> float:
    """The seconds of a cold plan."""
    forget(folder)
    started = time.perf_counter()
    migrate(folder, "plan")()
    return time.perf_counter() - started


def measured(sizes: Iterable[int], made: Callable[[Path, int], Path], unit: str) -> Points:
    """Size and seconds of a plan of each tree."""
    found: Points = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="growth-") as scratch:
            folder = made(Path(scratch, "tree"), size)
            found.append((size, seconds(folder)))
        took = found[-1][1]
        sys.stdout.write(f"{size:>8,} {unit}  {took:>7.2f} s  {1000 * took / size:>6.2f} ms each\n")
        sys.stdout.flush()
    return found


def modules(folder: Path, count: int) -> Path:
    """A repository of so many small modules, of which each may hold tasks."""
    folder.mkdir()
    write_modules(folder, count)
    return committed(folder)


def drawn(points: Points, title: str, unit: str, path: Path) -> None:
    """Draws the points, and the line that a plan would follow that grew as its input does."""
    chart = pygal.XY(
        title=title,
        x_title=unit,
        y_title="seconds",
        width=720,
        height=400,
        js=[],
        show_x_guides=True,
        legend_at_bottom=True,
        no_prefix=True,
        disable_xml_declaration=True,
    )
    chart.add("measured", points)
    last, took = points[-1]
    chart.add(
        "in proportion to the largest", [(0, 0), (last, took)], stroke_style={"dasharray": "6, 6"}
    )
    path.write_text(chart.render(is_unicode=True) + "\n")


def main() -> None:
    """Measures and draws both."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else FILES[-1]
    files = measured([size for size in FILES if size <= most], modules, "files")
    drawn(files, "A cold plan by the files of a tree", "Python files", PAGES / "growth.svg")
    tasks = measured(TASKS, god_tree, "tasks")
    drawn(tasks, "A cold plan by the tasks of one file", "tasks", PAGES / "growth-god.svg")


if __name__ == "__main__":
    main()
