"""Sample images of a training: negative | results | truth, a row per test image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from negcolor.images.color import from_unit, to_unit
from negcolor.images.resize import downscale_to

if TYPE_CHECKING:
    from negcolor.training.negative_task import TestImage

ROWS = 4
HEIGHT = 256  # pixels of a row


def sample_sheet(
    images: Sequence[TestImage], convert: Callable[[np.ndarray], list[np.ndarray]]
) -> np.ndarray:
    """A sheet of the first test images.

    Each row shows the negative, what is made of it, and the truth where there is one.

    Args:
        images: as many as `ROWS` of them are shown.
        convert: negative -> images of its size, all (h, w, 3) float32 in [0, 1].

    Returns:
        (H, W, 3) uint8 sRGB, white where a row is shorter than the widest.
    """
    rows = []
    for image in images[:ROWS]:
        height, width = image.negative.shape[:2]
        long_side = HEIGHT if height >= width else round(HEIGHT * width / height)
        negative = downscale_to(to_unit(image.negative), long_side)
        tiles = [negative, *convert(negative)]
        if image.truth is not None:
            tiles.append(downscale_to(to_unit(image.truth), long_side))
        rows.append(np.concatenate(tiles, axis=1))
    sheet = np.ones((sum(r.shape[0] for r in rows), max(r.shape[1] for r in rows), 3), np.float32)
    top = 0
    for row in rows:
        sheet[top : top + row.shape[0], : row.shape[1]] = row
        top += row.shape[0]
    return from_unit(sheet, "uint8")
