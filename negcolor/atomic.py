"""Files and folders that appear complete or not at all, whatever happens to the writing process."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def atomic_write(path: Path, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """Opens a file to write (and read), which gets its name when the block ends well.

    Until then the file has no name on Linux (O_TMPFILE), and the system removes it however the
    process ends. On file systems without such files it has a hidden name in the same folder,
    which is removed unless the process is killed. Missing parent folders are made. To replace a
    file, the complete new one is renamed onto it.

    Args:
        overwrite: replace an existing file.

    Raises:
        FileExistsError: the file exists and is not to be replaced, also if it appears meanwhile.
        OSError: the file cannot be written.
    """
    if not overwrite and os.path.lexists(path):  # before the work of encoding
        raise FileExistsError(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    nameless = _open_nameless(path)
    if nameless is None:
        with _named(path, overwrite) as file:
            yield file
        return
    with nameless:
        yield nameless
        _save(nameless)
        try:
            _link(nameless, path, overwrite)
        except FileExistsError:
            raise
        except OSError:  # no /proc, or a file system that names no nameless files
            nameless.seek(0)
            with _named(path, overwrite) as file:
                shutil.copyfileobj(nameless, file, 2**20)


def _open_nameless(path: Path) -> BinaryIO | None:
    def opener(*_: object) -> int:
        return os.open(path.parent, os.O_TMPFILE | os.O_RDWR, 0o666)

    try:
        return open(path, "w+b", opener=opener)  # tifffile wants the attribute `name`
    except (AttributeError, OSError):  # not Linux, or not this file system
        return None


def _link(file: BinaryIO, path: Path, overwrite: bool) -> None:
    # Python follows the link in /proc only where it calls linkat, that is, for a given folder.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        source = f"/proc/self/fd/{file.fileno()}"
        try:
            os.link(source, path.name, dst_dir_fd=folder, follow_symlinks=True)
        except FileExistsError:
            if not overwrite:
                raise
            hidden = _hidden_name(path)
            try:
                os.link(source, hidden.name, dst_dir_fd=folder, follow_symlinks=True)
                os.replace(hidden, path)
            finally:
                hidden.unlink(missing_ok=True)
    finally:
        os.close(folder)


@contextmanager
def _named(path: Path, overwrite: bool) -> Iterator[BinaryIO]:
    hidden = _hidden_name(path)
    try:
        with hidden.open("x+b") as file:
            yield file
            _save(file)
        if overwrite:
            os.replace(hidden, path)
        else:
            _rename_to_new(hidden, path)
    finally:
        hidden.unlink(missing_ok=True)


def _hidden_name(path: Path) -> Path:
    return path.with_name(f".negcolor-{uuid.uuid4().hex}.tmp")


def _save(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _rename_to_new(hidden: Path, path: Path) -> None:
    """A rename that raises FileExistsError where a rename would replace."""
    try:
        os.link(hidden, path)
    except FileExistsError:
        raise
    except OSError:  # exFAT and some network shares have no hard links
        path.open("xb").close()  # claims the name
        try:
            os.replace(hidden, path)
        except BaseException:
            path.unlink()
            raise


@contextmanager
def atomic_directory(folder: Path) -> Iterator[Path]:
    """A new folder to fill, which takes its name when the block ends well, or disappears.

    Raises:
        OSError: it cannot be made; or there is such a folder by now and it is not empty.
    """
    beside = folder.with_name(f".negcolor-{uuid.uuid4().hex}.tmp")
    try:
        beside.mkdir(parents=True)
        yield beside
        os.rename(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
