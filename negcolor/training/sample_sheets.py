"""Sample pictures of a training: negative | results | truth, a row per test picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from negcolor.images.color import from_unit, to_unit
from negcolor.images.resize import fit

if TYPE_CHECKING:
    from negcolor.training.negative_task import TestPicture

ROWS = 4
HEIGHT = 256  # pixels of a row


def sample_sheet(
    pictures: Sequence[TestPicture], convert: Callable[[np.ndarray], list[np.ndarray]]
) -> np.ndarray:
    """A sheet of the first test pictures.

    Each row shows the negative, what is made of it, and the truth where there is one.

    Args:
        pictures: as many as `ROWS` of them are shown.
        convert: negative -> pictures of its size, all (h, w, 3) float32 in [0, 1].

    Returns:
        (H, W, 3) uint8 sRGB, white where a row is shorter than the widest.
    """
    rows = []
    for picture in pictures[:ROWS]:
        height, width = picture.negative.shape[:2]
        long_side = HEIGHT if height >= width else round(HEIGHT * width / height)
        negative = fit(to_unit(picture.negative), long_side)
        tiles = [negative, *convert(negative)]
        if picture.truth is not None:
            tiles.append(fit(to_unit(picture.truth), long_side))
        rows.append(np.concatenate(tiles, axis=1))
    sheet = np.ones((sum(r.shape[0] for r in rows), max(r.shape[1] for r in rows), 3), np.float32)
    top = 0
    for row in rows:
        sheet[top : top + row.shape[0], : row.shape[1]] = row
        top += row.shape[0]
    return from_unit(sheet, "uint8")
