"""Files written so that a reader sees the whole or nothing, and what is said when a disk is full."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# SQLite calls it an I/O error where the system refuses a write for another reason than a full disk: a quota, or a limit
# on the size of files. The lower eight bits are the kind of error, the others say where.
SQLITE_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC}


class DiskFullError(Exception):
    """There was no room for what was to be written. The message says where, what is still there and what to do."""


@contextmanager
def told_when_full(path: Path, again: str) -> Iterator[None]:
    """Raise DiskFullError instead of what Python or SQLite raise when there is no room for `path`.

    `again` is the command that goes on once there is room. What was there before stays; who writes sees to that.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise DiskFullError(_message(path, again, error)) from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode not in SQLITE_FULL:
            raise
        raise DiskFullError(_message(path, again, error)) from error


def _message(path: Path, again: str, error: Exception) -> str:
    had = f", the {path.stat().st_size / 1e6:,.1f} MB there before are as they were" if path.is_file() else ""
    free = {folder: shutil.disk_usage(folder).free / 1e6 for folder in (str(path.parent), gettempdir())}
    told = ", ".join(f"{megabytes:,.1f} MB free in {folder}" for folder, megabytes in free.items())
    return (
        f"{path}: no room to write it ({error}): nothing was changed{had}. {told}. Make room for two more files of its "
        f"size (old weeks in {path.parent / 'releases'} may go) and say `{again}` again"
    )


def leftover_name(path: Path) -> Path:
    """The name of a file while it is written, beside `path`; it tells which process writes it."""
    return path.with_name(f".{path.name}.{os.getpid()}.new")


def remove_leftovers(folder: Path, names: str) -> None:
    """Delete what killed processes left behind of files of these names (a glob); what others still write stays."""
    for leftover in folder.glob(f".{names}.*.new*"):
        try:
            os.kill(int(leftover.suffixes[-2].removeprefix(".")), 0)
        except (ProcessLookupError, ValueError):
            leftover.unlink(missing_ok=True)
        except PermissionError:
            continue  # somebody else's process, alive


def flush(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk itself, or the power could take them."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
