"""Writes the published JSON Schemas anew: python -m tests.migrate.write_schemas."""

from pathlib import Path

from migrate.shapes.published import SHAPES, schema

FOLDER = Path(__file__).parents[2] / "migrate" / "schemas"

if __name__ == "__main__":
    for name in SHAPES:
        (FOLDER / f"{name}.json").write_bytes(schema(name))
