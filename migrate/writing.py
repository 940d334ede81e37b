"""Every file that the tool writes: whole or not at all, and never behind a symbolic link.

What stands in a repository is data, links too: a folder or a file of ours may be committed as a link
to somewhere else. Folders are therefore opened part by part, and each part must be what it says.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from migrate.errors import LinkError, SafetyError, UsageError

REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than this shell allows (ulimit -f)",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission is denied",
    errno.EPERM: "permission is denied",
    errno.EIO: "the disk fails",
    errno.EMFILE: "too many files are open (ulimit -n)",
}
"""What the machine refuses, which is no fault of the tool."""
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
MORE = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def refused(error: OSError) -> str:
    """A sentence for what the machine refused; `""` where that is not the cause."""
    reason = REASONS.get(error.errno or 0, "")
    if not reason and "No usable temporary directory" in str(error.strerror or error):
        reason = "no folder for temporary files can be written to (TMPDIR)"
    what = f"'{os.fsdecode(error.filename)}': " if isinstance(error.filename, str | bytes) else ""
    return (
        f"{what}{reason}. No branch has moved for it, and nothing half-written is left. Mend that, then run again"
        if reason
        else ""
    )


def write_file(path: Path, data: bytes, below: Path | None) -> None:
    """Writes one file into a folder that is there; nothing inside of `below` may be a link."""
    write_beside(path.parent, {path.name: data}, below)


def write_beside(folder: Path, files: Mapping[str, bytes], below: Path | None) -> None:
    """Writes files into a folder that is there: all of them or none."""
    with _opened(folder, below, make=False) as number:
        _written(number, folder, files)


def write_own(folder: Path, files: Mapping[str, bytes], below: Path) -> None:
    """Writes files into a folder of ours, made if it lacks: all of them or none."""
    with _opened(folder, below, make=True) as number:
        _written(number, folder, files)


def create(path: Path, data: bytes, below: Path) -> None:
    """Makes a file that must not be there yet, in a folder of ours. Raises `FileExistsError`."""
    with _opened(path.parent, below, make=True) as folder:
        _refuse_link(folder, path)
        try:
            _filled(folder, path.name, data, 0o666)
        except FileExistsError:
            raise
        except OSError as error:
            raise _explained(error, path) from None


def append_own(path: Path, line: bytes, below: Path) -> None:
    """Adds one line to a file in a folder of ours; lines of several processes do not mix."""
    with _opened(path.parent, below, make=True) as folder:
        _refuse_link(folder, path)
        try:
            number = os.open(path.name, MORE, 0o666, dir_fd=folder)
            try:
                os.write(number, line + b"\n")
            finally:
                os.close(number)
        except OSError as error:
            raise _explained(error, path) from None


def check_own(folder: Path, names: tuple[str, ...], below: Path, *, make: bool = False) -> None:
    """Raises `SafetyError` if a folder of ours, or one of these files in it, is a link."""
    if not make and not os.path.lexists(folder):
        return
    with _opened(folder, below, make=make) as number:
        for name in names:
            _refuse_link(number, folder / name)


@contextmanager
def _opened(folder: Path, below: Path | None, *, make: bool) -> Iterator[int]:
    """The folder, open, with every part inside of `below` a folder and no link.

    Where the block fails, a folder that was made for it goes again.
    """
    start, parts = _start(folder, below)
    made: list[tuple[int, str]] = []
    numbers: list[int] = []
    try:
        try:
            numbers.append(os.open(start, FOLDER))
            for part in parts:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(part, dir_fd=numbers[-1])
                        made.append((numbers[-1], part))
                numbers.append(os.open(part, FOLDER | os.O_NOFOLLOW, dir_fd=numbers[-1]))
        except OSError as error:
            raise _explained(error, folder) from None
        yield numbers[-1]
    except BaseException:
        for number, part in reversed(made):
            with suppress(OSError):
                os.rmdir(part, dir_fd=number)
        raise
    finally:
        for number in numbers:
            os.close(number)


def _start(folder: Path, below: Path | None) -> tuple[Path, tuple[str, ...]]:
    """The folder that is taken as it is, and the parts below it that a repository can make."""
    whole = Path(os.path.abspath(folder))  # noqa: PTH100 - links are not to be followed here
    for root in (below, below.resolve()) if below is not None else ():
        top = Path(os.path.abspath(root))  # noqa: PTH100
        if whole.is_relative_to(top):
            return top, whole.relative_to(top).parts
    return whole, ()


def _written(folder: int, path: Path, files: Mapping[str, bytes]) -> None:
    ready: dict[str, str] = {}
    try:
        for name, data in files.items():
            mode = _refuse_link(folder, path / name)
            ready[name] = f".{name}.{secrets.token_hex(4)}"
            _filled(folder, ready[name], data, mode)
        for name, temporary in ready.items():
            os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError as error:
        raise _explained(error, path) from None
    finally:
        for temporary in ready.values():
            with suppress(OSError):
                os.unlink(temporary, dir_fd=folder)


def _filled(folder: int, name: str, data: bytes, mode: int) -> None:
    """Makes a file with this content; where that fails, it is gone again."""
    number = os.open(name, NEW, mode, dir_fd=folder)
    try:
        with open(number, "wb") as stream:  # noqa: PTH123 - a number, no path
            stream.write(data)
    except BaseException:
        os.unlink(name, dir_fd=folder)
        raise


def _refuse_link(folder: int, path: Path) -> int:
    """The permissions of the file that is there. Raises `SafetyError` for what is no plain file."""
    try:
        found = os.stat(path.name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return 0o666
    if stat.S_ISLNK(found.st_mode):
        raise _linked(path)
    if stat.S_ISDIR(found.st_mode):
        raise UsageError(f"'{path}' is a folder, and a file is to be written there. Name another")
    if not stat.S_ISREG(found.st_mode):
        raise SafetyError(f"'{path}' is no plain file, so it is not written to. Take it away")
    return stat.S_IMODE(found.st_mode)


def _linked(path: Path) -> LinkError:
    return LinkError(
        f"'{path}' is a symbolic link, so what is written there would land elsewhere: nothing was written. Take the link away, then run again: rm '{path}'"
    )


def _explained(error: OSError, path: Path) -> SafetyError | UsageError:
    """What to say where a file or folder can't be written."""
    if error.errno in {errno.ELOOP, errno.ENOTDIR}:
        link = next((part for part in (path, *path.parents) if part.is_symlink()), None)
        if link is not None:
            return _linked(link)
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return UsageError(
            f"'{path}' can't be written: {error.strerror}. Name a file in a folder that exists: --out FILE"
        )
    reason = REASONS.get(error.errno or 0, error.strerror)
    return SafetyError(
        f"'{path}' can't be written: {reason}. Nothing of it is left there. Mend that, then run again"
    )
