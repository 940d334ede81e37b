"""Run in a process of its own: one codemod of the user's over some files, JSON in and out.

Usage: codemod.py FOLDER, with the job on stdin. The folder holds the codemod's own file.
"""

import ast
import base64
import importlib
import importlib.util
import io
import json
import sys
import tokenize
from pathlib import Path

BOM = b"\xef\xbb\xbf"


def main():
    """Prints the outcome of every file behind a mark."""
    folder = Path(sys.argv[1])
    job = json.load(sys.stdin)
    shown, sys.stdout = sys.stdout, sys.stderr
    run = {"libcst": libcst_runner, "bowler": bowler_runner}[job["tool"]]
    transform = run(job, folder)
    found = {}
    for path, text in job["files"].items():
        found[path] = outcome(transform, path, base64.b64decode(text))
    shown.write("\n@@" + json.dumps(found))


def outcome(transform, path, data):
    """What the codemod makes of one file; whatever it raises is its failure on this file."""
    try:
        after, warnings = in_text(transform, path, data)
    except Exception as error:
        return {"failure": "%s: %s" % (type(error).__name__, error)}
    found = {"warnings": warnings}
    if after != data:
        try:
            ast.parse(after)
        except (SyntaxError, ValueError) as error:
            return {"failure": "its result does not parse: %s" % error}
        found["after"] = base64.b64encode(after).decode()
    return found


def in_text(transform, path, data):
    """The transformed bytes: mark, encoding, line ends and the last newline as they were."""
    mark = BOM if data.startswith(BOM) else b""
    body = data[len(mark) :]
    encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0].replace("-sig", "")
    text = body.decode(encoding)
    windows = "\r\n" in text
    plain = text.replace("\r\n", "\n") if windows else text
    ended = plain.endswith("\n") or not plain
    after, warnings = transform(path, plain if ended else plain + "\n")
    if not ended and after.endswith("\n"):
        after = after[:-1]
    if windows:
        after = after.replace("\n", "\r\n")
    return mark + after.encode(encoding), warnings


def load(job, folder):
    """The object that the configuration names."""
    target = job["target"]
    if not target.endswith(".py"):
        return getattr(importlib.import_module(target), job["name"])
    path = folder / target
    sys.path[:0] = [str(path.parent), str(folder)]
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return getattr(module, job["name"])


def libcst_runner(job, folder):
    """Runs a LibCST codemod command, made again for each file."""
    from libcst.codemod import CodemodContext, TransformFailure, TransformSkip, transform_module

    command = load(job, folder)

    def transform(path, text):
        context = CodemodContext(filename=path)
        result = transform_module(command(context, **job["parameters"]), text)
        if isinstance(result, TransformSkip):
            return text, [*result.warning_messages, result.skip_description]
        if isinstance(result, TransformFailure):
            raise result.error
        return result.code, list(result.warning_messages)

    return transform


def bowler_runner(job, folder):
    """Runs a Bowler query in memory, without its own prompts, processes and writing."""
    from bowler import Query
    from bowler.tool import BowlerTool

    def refuse(self, *args, **kwargs):
        raise SystemExit(
            "the file runs a query when it is imported: give the query, don't execute it"
        )

    for name in ("execute", "diff", "write", "idiff"):
        setattr(Query, name, refuse)
    query = load(job, folder)
    if not isinstance(query, Query):
        query = query(**job["parameters"])
    if query.paths != ["."]:
        raise SystemExit(
            "the query names paths of its own: say them in the configuration, paths = [...]"
        )
    tool = BowlerTool(query.compile(), interactive=False, write=False, silent=True, in_process=True)

    def transform(path, text):
        tree = tool.refactor_string(text, path)
        if tree is None:
            raise ValueError("Bowler's parser can't read it (newer syntax than it knows)")
        return str(tree), []

    return transform


if __name__ == "__main__":
    main()
