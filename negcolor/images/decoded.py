"""The result of a decoder, and limits that are checked before memory is taken."""

import os
from typing import BinaryIO, NamedTuple

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.images.exif import Tags

MAX_PIXELS = 500_000_000
"""An 8 × 10 inch sheet at 2400 dpi has 460 million pixels; more is a damaged or hostile header."""
DEFLATE_RATIO = 1032
"""The most that deflate (PNG, TIFF) can shrink: 258 bytes to 2 bits."""


class Decoded(NamedTuple):
    """A decoded file.

    pixels: (H, W, C) uint8 or uint16 with C = 1 (gray), 3 (rgb) or 4 (cmyk); 0 is black or no ink.
    space: "gray", "rgb" or "cmyk".
    profile: the embedded ICC profile or None.
    orientation: EXIF orientation 1–8, or any other number for none.
    tags: EXIF, as far as it is there and undamaged.
    resolution: pixels per inch along the stored rows and columns, or None.
    """

    pixels: np.ndarray
    space: str
    profile: bytes | None = None
    orientation: int = 1
    tags: Tags = Tags({}, {}, {})
    resolution: tuple[float, float] | None = None


def check_size(width: int, height: int) -> None:
    """Refuses more than `MAX_PIXELS`."""
    if width * height > MAX_PIXELS:
        raise NegcolorError(
            f"claims {width} × {height} pixels, more than {MAX_PIXELS // 10**6} million: "
            "scan it at a lower resolution or cut it into parts"
        )


def check_ratio(file: BinaryIO, size: int, ratio: int) -> None:
    """Refuses `size` pixels or bytes where a file is too short for them, before memory is taken."""
    if size > ratio * file.seek(0, os.SEEK_END) + 2**20:
        raise ValueError("it is too short for the size it claims")


def grey_or_rgb(
    pixels: np.ndarray,
    profile: bytes | None,
    orientation: int,
    tags: Tags,
    resolution: tuple[float, float] | None,
) -> Decoded:
    """Grey or RGB by the number of channels; what lies behind the colors is dropped."""
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    colors, space = (1, "gray") if pixels.shape[2] < 3 else (3, "rgb")
    return Decoded(pixels[..., :colors], space, profile, orientation, tags, resolution)
