"""Files and folders that appear complete or not at all, whatever happens to the writing process.

Until it is complete, a file or folder has a hidden name beside its own, `.negcolor-…`. A process
that is killed leaves that behind: `remove_leftovers` is for the next one.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PREFIX = ".negcolor-"


@contextmanager
def atomic_path(path: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Gives a file its name when the block ends well; missing parent folders are made.

    Args:
        path: the file.
        overwrite: replace an existing file.

    Yields:
        The hidden path to write the file at, with the same suffix.

    Raises:
        FileExistsError: the file exists and is not to be replaced, also if it appears meanwhile.
        OSError: the file cannot be written.
    """
    if not overwrite and os.path.lexists(path):  # before the work of encoding
        raise FileExistsError(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    hidden = _hidden_name(path, path.suffix)
    try:
        yield hidden
        with hidden.open("rb") as file:
            os.fsync(file.fileno())
        if overwrite:
            os.replace(hidden, path)
        else:
            _rename_to_new(hidden, path)
    finally:
        hidden.unlink(missing_ok=True)


@contextmanager
def atomic_write(path: Path, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """Opens a file to write (and read) that appears when the block ends well, see `atomic_path`."""
    with atomic_path(path, overwrite=overwrite) as hidden, hidden.open("x+b") as file:
        yield file


def atomic_write_text(path: Path, text: str) -> None:
    """Writes or replaces a text file in UTF-8: there is the old or the new text at any time."""
    with atomic_write(path, overwrite=True) as file:
        file.write(text.encode())


@contextmanager
def atomic_directory(folder: Path) -> Iterator[Path]:
    """A new folder to fill, which takes its name when the block ends well, or disappears.

    Raises:
        OSError: it cannot be made; or there is such a folder by now and it is not empty.
    """
    hidden = _hidden_name(folder)
    try:
        hidden.mkdir(parents=True)
        yield hidden
        os.rename(hidden, folder)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def remove_leftovers(folder: Path, before: float) -> None:
    """Removes what killed processes left half-written in a folder.

    Args:
        folder: where they wrote; it need not exist.
        before: time (seconds since 1970) after which a file may belong to a running process.
    """
    for path in folder.glob(f"{PREFIX}*"):
        with suppress(OSError):  # gone already, or not ours to remove
            if path.stat().st_mtime < before:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _hidden_name(path: Path, suffix: str = "") -> Path:
    return path.with_name(f"{PREFIX}{uuid.uuid4().hex}{suffix}")


def _rename_to_new(hidden: Path, path: Path) -> None:
    """A rename that raises FileExistsError where a rename would replace."""
    try:
        os.link(hidden, path)
    except FileExistsError:
        raise
    except OSError:  # exFAT and some network shares have no hard links
        claim = path.with_name(f"{PREFIX}{path.name}")  # of several writers, one goes on
        with claim.open("xb"):
            try:
                if os.path.lexists(path):
                    raise FileExistsError(path) from None
                os.rename(hidden, path)
            finally:
                claim.unlink()
