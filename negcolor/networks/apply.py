"""A generator's one pass over a whole image of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negcolor.images.color import from_network, to_network

if TYPE_CHECKING:
    import keras

MULTIPLE = 4  # the encoder halves the image twice
SMALLEST = 8  # below it, the bottleneck is too small to be padded by reflection


def reflect_indices(side: int) -> np.ndarray:
    """Which of an image's rows, or columns, stand in the image that a generator is given.

    That has a side of a multiple of 4 from 8 on; it is padded by reflection at the bottom, or the
    right, without repeating the border.

    Returns:
        (padded side,) int.
    """
    period = max(1, 2 * (side - 1))
    position = np.arange(max(SMALLEST, -(-side // MULTIPLE) * MULTIPLE)) % period
    return np.minimum(position, period - position)


def apply_generator(generator: keras.Model, image: np.ndarray) -> np.ndarray:
    """One pass over the whole image, in float32.

    Args:
        generator: (1, H, W, 3) -> (1, H, W, 3) in [-1, 1], H and W multiples of 4 from 8 on.
        image: (H, W, 3) floating point in [0, 1], of any size.

    Returns:
        (H, W, 3) float32 in [0, 1]. The image is padded by reflection at the bottom and the
        right for the pass.
    """
    height, width = image.shape[:2]
    padded = to_network(image)[reflect_indices(height)[:, None], reflect_indices(width)]
    # Compiled, Keras frees each layer's output once it is used; a plain call keeps them all.
    result = generator.predict_on_batch(padded[None])[0, :height, :width]
    return np.asarray(from_network(result), "float32")
