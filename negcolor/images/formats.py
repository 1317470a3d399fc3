"""The image formats: by what they are known, how deep they are, who decodes and encodes them.

Messages of the errors raised here lack their subject, the file, which `io.read_scan` puts in front.
"""

import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from io import BufferedReader
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.images import raw
from negcolor.images.decoded import Decoded
from negcolor.images.exif import read_tags
from negcolor.images.metadata import Metadata

# What they log and Pillow warns about odd files would reach the terminal; what matters raises.
for name in ("tifffile", "imagecodecs"):
    logging.getLogger(name).setLevel(logging.CRITICAL)
warnings.filterwarnings("ignore", module=r"PIL\.TiffImagePlugin")  # Pillow's reader of EXIF


@dataclass(frozen=True)
class Format:
    """A format that is read and written.

    Attributes:
        title: its name in sentences.
        signatures: with one of which its files begin.
        suffixes: in lower case; the first is the usual one.
        bit_depths: per channel, of the files that are written; rising.
        module: has the functions `decode` and `encode`; it is imported when one of them is called.
    """

    title: str
    signatures: tuple[bytes, ...]
    suffixes: tuple[str, ...]
    bit_depths: tuple[int, ...]
    module: str

    def decode(self, file: BufferedReader) -> Decoded:
        """What a file stores; errors as of the function `decode`."""
        return import_module(self.module).decode(file)

    def encode(self, file: BinaryIO, pixels: np.ndarray, metadata: Metadata) -> None:
        """Writes an image into an empty file.

        Args:
            file: open for writing and reading, at its beginning.
            pixels: (H, W, 3), sRGB-encoded, of a dtype that `nearest_dtype` returns.
            metadata: to be stored with it.

        Raises:
            OSError: the file cannot be written.
            RuntimeError: imagecodecs cannot encode the image.
        """
        import_module(self.module).encode(file, pixels, metadata)

    def nearest_dtype(self, dtype: np.dtype) -> np.dtype:
        """`dtype`, uint8 or uint16, if the format holds it, else the deepest that it holds."""
        bits = 8 * dtype.itemsize
        return np.dtype(f"uint{bits if bits in self.bit_depths else self.bit_depths[-1]}")


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "png": Format("PNG", (b"\x89PNG\r\n\x1a\n",), (".png",), (8, 16), "negcolor.images.png"),
        "tiff": Format(
            "TIFF",
            (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),  # + for BigTIFF
            (".tif", ".tiff"),
            (8, 16),
            "negcolor.images.tiff",
        ),
        "jpeg": Format("JPEG", (b"\xff\xd8\xff",), (".jpg", ".jpeg"), (8,), "negcolor.images.jpeg"),
    }
)
"""Every format that is read and written, by its name on the command line."""

SUFFIXES = {suffix: format for format in FORMATS.values() for suffix in format.suffixes}
"""The formats by the suffixes, in lower case, of their files."""

READ_SUFFIXES = SUFFIXES.keys() | raw.RAW_SUFFIXES
"""Suffixes, in lower case, of the files that are read."""

_TITLES = [format.title for format in FORMATS.values()]
WRITTEN = f"{', '.join(_TITLES[:-1])} or {_TITLES[-1]}"
"""The formats that are read and written, for sentences."""
READ = f"{', '.join(_TITLES)} or raw"
"""The formats that are read, for sentences."""


def decode(path: Path, file: BufferedReader) -> Decoded:
    """Decodes a file by its signature; its name counts only among the kinds of TIFF.

    Args:
        path: of the file.
        file: the same, open for reading.

    Returns:
        What it stores, before color management and rotation.

    Raises:
        NegcolorError: no such format, too large, or a variety that is not read.
        Exception: whatever the decoders raise for a damaged file.
    """
    start = file.read(16)
    known = (format for format in FORMATS.values() if start.startswith(format.signatures))
    found = next(known, None)
    # Most raw files are TIFFs; the others have signatures of their own.
    if found in (None, FORMATS["tiff"]) and raw.is_raw(path, file):
        return Decoded(raw.develop(path), "rgb", tags=read_tags(file))
    if found is None:
        raise NegcolorError(f"is not a {READ} picture: convert it to one of these")
    return found.decode(file)
