"""Small additions to files that stand: an element of a list, a keyword of a call, a line."""

import ast
import re

from codemods.inventory.expressions import keyword, text_of
from codemods.layout.layout import Layout
from codemods.source.elements import after
from codemods.source.import_lines import import_text
from codemods.source.import_order import add_names, new_statement
from codemods.source.own_layout import layout_of
from codemods.source.text import Source, Span

APP = "target_runtime"
TASK_CLS = "target_runtime.tasks.base:RuntimeTask"
HAS_APP = re.compile(rb"""^[^#\n]*(["'])target_runtime(\.apps\.\w+)?\1""", re.MULTILINE)
"""The runtime among the installed apps, however it came there."""
REMARK = "# noqa: F401"


def with_app(data: bytes) -> bytes | None:
    """Settings whose literal `INSTALLED_APPS` holds the runtime; `None` if there is no such list."""
    source = Source(data)
    bound = [
        node
        for node in source.tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and any(isinstance(t, ast.Name) and t.id == "INSTALLED_APPS" for t in _targets(node))
    ]
    # The last one is in force.
    value = bound[-1].value if bound else None
    if not isinstance(value, ast.List | ast.Tuple):
        return None
    if HAS_APP.search(source.data):
        return data
    return source.edited([_appended(source, value)]) if value.elts else None


def _appended(source: Source, holder: ast.List | ast.Tuple) -> Span:
    """The runtime's app behind the last element, in its quotes; before one whose comment may say that it is the last."""
    last = holder.elts[-1]
    quote = source.text(last)[-1]
    text = f"{quote}{APP}{quote}" if quote in "\"'" else f'"{APP}"'
    line = last.lineno
    indent = source.lines[line - 1][: last.col_offset]
    remark = source.lines[(last.end_lineno or line) - 1][last.end_col_offset :].strip(b" \t,\r\n")
    while line - 1 > holder.lineno and source.lines[line - 2].lstrip().startswith(b"#"):
        line -= 1
    is_remarked = line != last.lineno or remark.startswith(b"#")
    if len(holder.elts) > 1 and not indent.strip() and is_remarked:
        at = source.starts[line - 1]
        return Span(at, at, f"{indent.decode()}{text},\n")
    return after(source, holder, last, [text])


def with_task_class(data: bytes, app: str) -> bytes | None:
    """The Celery app of this name made with the runtime's task class; `None` if it can't be, or has its own."""
    source = Source(data)
    made = _assigned(source, app)
    if made is None or not isinstance(made.value, ast.Call):
        return None
    call = made.value
    if any(item.arg is None for item in call.keywords):
        return None
    given = keyword(call, "task_cls")
    if given is not None:
        ours = text_of(given) == TASK_CLS or ast.unparse(given).endswith("TASK_CLS")
        return data if ours else None
    return source.edited([new_keyword(source, call, f'task_cls="{TASK_CLS}"')])


def with_defaults(data: bytes, app: str, module: str) -> bytes | None:
    """The app's module with the queues and safe defaults beneath its own settings."""
    source = Source(data)
    made = _assigned(source, app)
    if made is None:
        return None
    call = f"{app}.add_defaults(lambda: in_force({app}))"
    if call.encode() in source.data or b"safe_defaults" in source.data:
        return data
    # Below the line that makes the app, whose comment stays with it; before what reads its settings.
    end = source.data.find(b"\n", source.end(made))
    rest = source.data[source.end(made) : end if end >= 0 else None]
    if rest.lstrip().startswith(b";"):
        return None
    at = len(source.data) if end < 0 else end - source.data[:end].endswith(b"\r")
    lines = ["", f"from {module} import in_force  # noqa: E402", "", call]
    return source.edited([Span(at, at, "\n" + "\n".join(lines))])


def _assigned(source: Source, name: str) -> ast.Assign | ast.AnnAssign | None:
    """The one statement at the top of a module that binds this name for good; `None` if there are more."""
    found: list[ast.Assign | ast.AnnAssign] = []
    for node in source.tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            found.extend(node for t in _targets(node) if isinstance(t, ast.Name) and t.id == name)
        elif isinstance(node, ast.Delete) and name in {ast.unparse(t) for t in node.targets}:
            return None
    return found[0] if len(found) == 1 else None


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def new_keyword(source: Source, call: ast.Call, text: str) -> Span:
    """A keyword behind the last argument of a call."""
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    if not given:
        at = source.end(call) - 1
        return Span(at, at, text)
    return after(source, call, max(given, key=lambda item: (item.lineno, item.col_offset)), [text])


def _a_line_each(source: Source, call: ast.Call, text: str) -> Span:
    """A call on one line with one argument more, each on a line of its own."""
    given: list[ast.expr] = [*call.args, *(item.value for item in call.keywords)]
    starts = [source.start(item) for item in call.args]
    starts += [source.offset(item.lineno, item.col_offset) for item in call.keywords]
    ends = map(source.end, given)
    texts = [source.data[start:end].decode() for start, end in zip(starts, ends, strict=True)]
    inner = "".join(f"    {one},\n" for one in [*texts, text])
    return source.replace(call, f"{source.text(call.func)}(\n{inner})")


def with_names(data: bytes, module: str, names: list[str], layout: Layout) -> bytes:
    """A module of the project's own that also hands on the names it lacks."""
    source = Source(data)
    text = import_text(module, names, layout_of(source, layout), REMARK)
    return source.edited([new_statement(source, text, module, layout)])


def with_base(
    data: bytes,
    function: str,
    index: int,
    base: str,
    module: str,
    layout: Layout,
) -> bytes | None:
    """A task's decorator with `base=`, and the import of the class; `None` if it can't be edited."""
    source = Source(data)
    width = layout_of(source, layout).width
    named = [
        node
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function
    ]
    if len(named) != 1:
        return None
    decorator = named[0].decorator_list[index]
    if isinstance(decorator, ast.Call):
        if any(item.arg is None for item in decorator.keywords) or keyword(decorator, "base"):
            return None
        span = new_keyword(source, decorator, f"base={base}")
        ends = decorator.end_col_offset or 0
        if decorator.lineno == decorator.end_lineno and ends + len(span.text) > width:
            span = _a_line_each(source, decorator, f"base={base}")
    else:
        span = source.replace(decorator, f"{source.text(decorator)}(base={base})")
    return add_names(source.edited([span]), module, [base], layout)
