"""A campaign as Markdown and as one HTML page that reads itself anew while it goes on.

Names, messages and paths are other people's: every one is made visible and escaped.
"""

import re
from html import escape
from string import Template

from codemods.notes.visible import visible
from migrate.fleet.figures import FleetOut
from migrate.fleet.values import Outcome
from reports.words import plural

REFRESH = 5
"""Seconds after which a page that is not over reads itself anew."""
MARKS = re.compile(r"([\\`*_{}\[\]()#+!|<>&~@:])")
LONGEST = 300
PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8">$refresh
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>$title</title>
<style>
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #8884; vertical-align: top }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
.bar { display: flex; height: 1rem; border-radius: .3rem; overflow: hidden; background: #8883 }
.done { background: #2a7 } .nothing { background: #7a9 } .waits { background: #c90 } .failed { background: #c33 }
b.done, b.nothing, b.waits, b.failed { color: #fff; padding: 0 .4rem; border-radius: .3rem; font-weight: 600 }
code { overflow-wrap: anywhere }
</style></head><body>
<h1>$title</h1>
<p>$line</p>
<div class="bar" role="img" aria-label="$line">$bar</div>
$running
<h2>By cause</h2>
$causes
<h2>Repositories</h2>
$rows
</body></html>
""")
STATES = ("done", "nothing", "waits", "failed")


def summary(found: FleetOut) -> str:
    """How far the campaign is, in one line."""
    parts = [
        f"{found.ended} of {found.total} {plural(found.total, 'repository')} ended",
        f"{found.done} done",
        f"{found.nothing} with nothing to do",
        f"{found.waits} {'waits' if found.waits == 1 else 'wait'} for people",
        f"{found.failed} failed",
    ]
    made = f"{found.commits} {plural(found.commits, 'commit')}, {found.patches} {plural(found.patches, 'patch', 'patches')}"
    share = f"shared_task {found.shared_task_before:g} % to {found.shared_task_after:g} % of {found.tasks} {plural(found.tasks, 'task')}"
    return ", ".join(parts) + f"; {made}; {share}"


def markdown(found: FleetOut) -> str:
    """The report as Markdown."""
    lines = [f"# Campaign {_plain(found.name)}", "", f"{_plain(summary(found))}.", ""]
    if found.causes:
        lines += ["| state | cause | repositories | what to do |", "|---|---|---:|---|"]
        for item in found.causes:
            names = ", ".join(map(_plain, item.repositories[:5]))
            more = f" and {item.count - 5} more" if item.count > 5 else ""
            cells = (item.state, _plain(item.cause), f"{item.count}", _plain(item.do))
            lines.append(f"| {' | '.join(cells)} |")
            lines.append(f"| | {names}{more}: {_plain(item.message)} | | |")
        lines.append("")
    lines += [
        "| repository | state | commits | files | shared\\_task | s | |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    lines += [_line(one) for one in found.repositories]
    return "\n".join(lines) + "\n"


def _line(one: Outcome) -> str:
    share = f"{one.before:.1f} to {one.after:.1f} %" if one.tasks else ""
    what = f"{one.cause}: {one.message}" if one.cause else ""
    figures = f"{one.commits} | {one.files} | {share} | {one.seconds:.1f}"
    return f"| {_plain(one.name)} | {one.state} | {figures} | {_plain(what)} |"


def page(found: FleetOut) -> str:
    """The report as one page without anything from elsewhere; no script is in it, and none could run."""
    total = max(found.total, 1)
    bar = "".join(
        f'<span class="{state}" style="width:{100 * getattr(found, state) / total:.2f}%"></span>'
        for state in STATES
    )
    running = f"<p>Running now: {_text(', '.join(found.running))}</p>" if found.running else ""
    refresh = "" if found.is_over else f'\n<meta http-equiv="refresh" content="{REFRESH}">'
    return PAGE.substitute(
        title=_text(f"Campaign {found.name}"),
        line=_text(summary(found)),
        refresh=refresh,
        bar=bar,
        running=running,
        causes=_causes(found) or "<p>Nothing failed, and nothing waits.</p>",
        rows=_rows(found),
    )


def _causes(found: FleetOut) -> str:
    rows = [
        f'<tr><td><b class="{item.state}">{item.state}</b></td><td>{_text(item.cause)}</td>'
        f'<td class="n">{item.count}</td><td>{_text(item.do)}</td>'
        f"<td><details><summary>{_text(_short(item.message))}</summary>{_text(', '.join(item.repositories))}</details></td></tr>"
        for item in found.causes
    ]
    head = '<tr><th></th><th>cause</th><th class="n">repositories</th><th>what to do</th><th>said of the first</th></tr>'
    return f"<table>{head}{''.join(rows)}</table>" if rows else ""


def _rows(found: FleetOut) -> str:
    head = '<tr><th>repository</th><th></th><th class="n">commits</th><th class="n">files</th><th class="n">shared_task</th><th class="n">s</th><th></th></tr>'
    return f"<table>{head}{''.join(map(_row, found.repositories))}</table>"


def _row(one: Outcome) -> str:
    share = f"{one.before:.1f} → {one.after:.1f} %" if one.tasks else ""
    what = f"{one.cause}: {one.message}" if one.cause else ""
    return (
        f'<tr><td>{_text(one.name)}<br><small><code>{_text(one.folder)}</code></small></td><td><b class="{_text(one.state)}">{_text(one.state)}</b></td>'
        f'<td class="n">{one.commits}</td><td class="n">{one.files}</td><td class="n">{share}</td>'
        f'<td class="n">{one.seconds:.1f}</td><td>{_text(_short(what))}</td></tr>'
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _text(text: str) -> str:
    return escape(visible(text), quote=True)


def _plain(text: str) -> str:
    """Text in a cell of Markdown, where none of it means anything."""
    return MARKS.sub(r"\\\1", visible(_short(text)))
