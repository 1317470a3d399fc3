"""Developing cameras' raw files, by LibRaw."""

import os
import struct
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.images import libraw
from negcolor.images.color import from_unit, linear_to_srgb, to_unit
from negcolor.images.decoded import check_size
from negcolor.images.exif import integer, read_tags

RAW_SUFFIXES = frozenset(
    {
        *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".kdc"),
        *(".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".rwl", ".sr2"),
        *(".srf", ".srw", ".x3f"),
    }
)
"""Suffixes, in lower case, of files that LibRaw reads."""
REDUCED, PHOTOMETRIC, DNG_VERSION = 254, 262, 50706  # tags


def is_raw(path: Path, file: BinaryIO) -> bool:
    """Tells a raw file by its name or, as most are TIFFs, by the first directory.

    It describes a thumbnail, a DNG, or the mosaic of a sensor.
    """
    if path.suffix.lower() in RAW_SUFFIXES:
        return True
    image = read_tags(file).image
    mosaic_or_linear = integer(image, PHOTOMETRIC, 0) in (32803, 34892)
    return bool(integer(image, REDUCED, 0) & 1) or DNG_VERSION in image or mosaic_or_linear


def develop(path: Path) -> np.ndarray:
    """Develops a raw file as it was exposed.

    The camera's white balance, no change of brightness (neither by the histogram nor of the white
    level), linear 16 bits in sRGB primaries, which are then encoded; turned upright by LibRaw.

    Returns:
        (H, W, 3) uint16, sRGB-encoded.

    Raises:
        NegcolorError: rawpy is not installed, LibRaw does not know the file, or it is too large.
        ValueError: the file is damaged.
    """
    if find_spec("rawpy") is None:
        raise NegcolorError("is a raw file, which only rawpy reads: pip install 'negcolor[raw]'")
    with tempfile.TemporaryFile() as printed:
        command = [sys.executable, "-P", libraw.__file__, os.fspath(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=printed) as process:
            assert process.stdout is not None
            try:
                pixels = _receive(process.stdout)
            finally:
                process.kill()  # it has ended by itself, or we do not want it to go on
        printed.seek(0)
        complaint = printed.read().decode(errors="replace").strip()
    if process.returncode == libraw.UNSUPPORTED:
        raise NegcolorError("is no raw file that LibRaw knows: develop it to TIFF")
    # LibRaw goes on with black after this, and says so nowhere else.
    broken = "Unexpected end of file" in complaint or "data corrupted" in complaint
    if pixels is None or broken:
        raise ValueError(complaint.splitlines()[-1] if complaint else "LibRaw crashed")
    encoded = from_unit(linear_to_srgb(to_unit(np.arange(65536, dtype=np.uint16))), "uint16")
    for row in pixels:
        row[:] = encoded[row]
    return pixels if pixels.shape[2] == 3 else np.repeat(pixels[..., :1], 3, axis=2)


def _receive(pipe: IO[bytes]) -> np.ndarray | None:
    """Reads what `libraw.py` writes; None if it ends before."""
    try:
        check_size(*struct.unpack("<2q", pipe.read(16)))
        pixels = np.empty(struct.unpack("<3q", pipe.read(24)), np.uint16)
    except struct.error:
        return None
    missing = pixels.data.cast("B")
    while missing and (count := pipe.readinto(missing)):  # type: ignore[attr-defined]
        missing = missing[count:]
    return None if missing else pixels
