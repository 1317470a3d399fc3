"""Sample images of a system's training: grey | result | truth, a row per image."""

from __future__ import annotations

import numpy as np

from negcolor.images.color import from_unit
from negcolor.images.lab import denormalize_lab, lab_to_image

SIDE = 128  # least pixels of an image; smaller ones are shown larger


def grey_sheet(truth: np.ndarray, colors: np.ndarray) -> np.ndarray:
    """A sheet of images; two rows stand side by side.

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
