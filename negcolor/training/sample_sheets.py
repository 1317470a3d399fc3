"""Sheets of sample images, which a training writes after each round."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from negcolor.images.color import from_unit, to_unit
from negcolor.images.lab import denormalize_lab, lab_to_image
from negcolor.images.resize import downscale_to
from negcolor.training.task import TestImage

ROWS = 4  # of negatives
HEIGHT = 256  # pixels of a row of negatives
SIDE = 128  # least pixels of a grey image; smaller ones are shown larger


def negative_sheet(
    images: Sequence[TestImage], convert: Callable[[np.ndarray], list[np.ndarray]]
) -> np.ndarray:
    """The first test images: negative | results | truth, a row per image.

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


def grey_sheet(truth: np.ndarray, colors: np.ndarray) -> np.ndarray:
    """Grey images: grey | result | truth, a row per image; two rows stand side by side.

    Args:
        truth: normalized Lab, (N, S, S, 3), N from 1 on.
        colors: a* and b* made for its L*, (N, S, S, 2).

    Returns:
        (H, W, 3) uint8 sRGB.
    """
    light = truth[..., :1]
    versions = [np.zeros_like(colors), colors, truth[..., 1:]]
    tiles = [
        lab_to_image(denormalize_lab(np.concatenate([light, ab], axis=-1)))[0] for ab in versions
    ]
    rows = [np.concatenate(row, axis=1) for row in zip(*tiles, strict=True)]
    if len(rows) % 2 and len(rows) > 1:
        rows.append(np.ones_like(rows[0]))
    pairs = [np.concatenate(rows[i : i + 2], axis=1) for i in range(0, len(rows), 2)]
    sheet = np.concatenate(pairs, axis=0)
    enlarged = -(-SIDE // truth.shape[1])
    return from_unit(sheet.repeat(enlarged, axis=0).repeat(enlarged, axis=1), "uint8")
