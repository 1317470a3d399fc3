"""Reduce pictures without changing their proportions."""

from __future__ import annotations

import numpy as np
from skimage.transform import resize


def fit(picture: np.ndarray, long_side: int) -> np.ndarray:
    """Reduces a picture so that its long side is at most `long_side` pixels, anti-aliased.

    Args:
        picture: (H, W, 3) floating point.

    Returns:
        (h, w, 3) float32; smaller pictures come back in their own size.
    """
    height, width = picture.shape[:2]
    scale = long_side / max(height, width)
    if scale >= 1.0:
        return np.asarray(picture, "float32")
    shape = (max(1, round(height * scale)), max(1, round(width * scale)))
    return resize(picture, shape, order=1, anti_aliasing=True).astype("float32")
