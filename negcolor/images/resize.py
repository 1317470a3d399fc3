"""Resample images by Pillow, in bands of rows: its filters neither alias nor shift."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from negcolor.images.color import to_unit

ROWS = 128  # of the result that are computed at once


def downscale_to(image: np.ndarray, long_side: int) -> np.ndarray:
    """Reduces an image so that its long side is at most `long_side` pixels, anti-aliased.

    Args:
        image: (H, W, 3) uint8, uint16 or floating point, of any size.

    Returns:
        (h, w, 3) float32 by `color.to_unit`, averages of the encoded values; smaller images
        come back in their own size.
    """
    height, width = image.shape[:2]
    scale = max(height, width) / long_side
    if scale <= 1.0:
        return to_unit(image)
    shape = max(1, round(height / scale)), max(1, round(width / scale))
    reduced = np.empty((*shape, 3), "float32")
    step = height / shape[0]
    for start in range(0, shape[0], ROWS):
        stop = min(start + ROWS, shape[0])
        first = max(0, math.floor((start - 1) * step))  # the filter reaches one row further
        last = min(height, math.ceil((stop + 1) * step))
        band = to_unit(image[first:last])
        box = (0, start * step - first, width, min(stop * step, height) - first)
        for channel in range(3):
            plane = Image.fromarray(np.ascontiguousarray(band[..., channel]))
            size = shape[1], stop - start
            reduced[start:stop, :, channel] = plane.resize(size, Image.Resampling.BILINEAR, box)
    return reduced


class Enlarged:
    """A small plane as if it were enlarged, bilinearly; rows are computed when asked for."""

    def __init__(self, plane: np.ndarray, shape: tuple[int, int]) -> None:
        """Takes (h, w) floating point and the (H, W) of the enlargement."""
        self._image = Image.fromarray(np.ascontiguousarray(plane, dtype="float32"))
        self._shape = shape

    def rows(self, start: int, stop: int) -> np.ndarray:
        """The rows [start, stop), (stop - start, W) float32."""
        height, width = self._shape
        step = self._image.height / height
        box = (0, start * step, self._image.width, min(stop * step, self._image.height))
        size = width, stop - start
        return np.asarray(self._image.resize(size, Image.Resampling.BILINEAR, box))


def resized(plane: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """(H, W) float32 in another size (h, w), each axis anti-aliased or enlarged bilinearly."""
    return np.asarray(Image.fromarray(plane).resize(shape[::-1], Image.Resampling.BILINEAR))
