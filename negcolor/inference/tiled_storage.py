"""Feature maps that outlive a sweep over an image: in memory, or on disk where they do not fit."""

from __future__ import annotations

import math
import shutil
import tempfile

import numpy as np

from negcolor.errors import NegcolorError


def temporary_folder() -> str:
    """Where feature maps are kept on disk: $TMPDIR, or /var/tmp (/tmp often is memory)."""
    folder = tempfile.gettempdir()
    return "/var/tmp" if folder == "/tmp" else folder


def check_room(size: int) -> None:
    """Raises a NegcolorError unless there is room for `size` bytes of feature maps on disk."""
    free = shutil.disk_usage(temporary_folder()).free
    if free < size:
        raise _no_room(f"needs {size / 1e9:.1f} GB, has {free / 1e9:.1f} GB")


def _no_room(reason: str) -> NegcolorError:
    return NegcolorError(
        f"feature maps cannot be kept in {temporary_folder()} ({reason}): set TMPDIR to a folder "
        "with more room, give more --memory, or choose --method guided."
    )


class MemoryMap:
    """(H, W, C) float32 in memory, written and read in bands of rows."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self._array: np.ndarray = np.empty(shape, "float32")

    def write(self, start: int, rows: np.ndarray) -> None:
        """Stores rows (h, W, C) from row `start` on."""
        self._array[start : start + len(rows)] = rows

    def read(self, start: int, stop: int) -> np.ndarray:
        """The rows [start, stop) as (stop - start, W, C)."""
        return self._array[start:stop]

    def close(self) -> None:
        """Frees the memory."""
        self._array = np.empty(0, "float32")


class DiskMap:
    """The same on disk, in a file without a name: it vanishes with the process, killed or not."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        _, *self._row = shape
        self._row_bytes = math.prod(self._row) * 4
        try:
            self._file = tempfile.TemporaryFile(dir=temporary_folder())  # noqa: SIM115 (`close`)
        except OSError as error:
            raise _no_room(str(error.strerror)) from error

    def write(self, start: int, rows: np.ndarray) -> None:
        """Stores rows (h, W, C) from row `start` on.

        Raises:
            NegcolorError: the disk is full.
        """
        try:
            self._file.seek(start * self._row_bytes)
            self._file.write(np.ascontiguousarray(rows).data.cast("B"))
            self._file.flush()
        except OSError as error:
            raise _no_room(str(error.strerror)) from error

    def read(self, start: int, stop: int) -> np.ndarray:
        """The rows [start, stop) as (stop - start, W, C)."""
        rows = np.empty((stop - start, *self._row), "float32")
        self._file.seek(start * self._row_bytes)
        self._file.readinto(rows.data.cast("B"))
        return rows

    def close(self) -> None:
        """Frees the disk."""
        self._file.close()


FeatureMap = MemoryMap | DiskMap
