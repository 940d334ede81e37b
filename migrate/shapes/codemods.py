"""The repository's own codemods: `migrate trust` and `migrate new-codemod`."""

from msgspec import Struct, field

from migrate.shapes import FORMAT


class TrustedOut(Struct, frozen=True):
    """One codemod of a repository's own, the files that it is made of, and whether it may run."""

    name: str
    target: str
    files: list[str]
    digest: str
    trusted: bool


class TrustOut(Struct, frozen=True):
    """`migrate trust --json`; `folder` is where the user's consent is kept."""

    revision: str
    folder: str
    codemods: list[TrustedOut] = field(default_factory=list)
    format: int = FORMAT


class NewCodemodOut(Struct, frozen=True):
    """`migrate new-codemod --json`: its files, its lines of configuration, and what runs its test."""

    name: str
    files: list[str]
    configuration: str
    test: str
    format: int = FORMAT
