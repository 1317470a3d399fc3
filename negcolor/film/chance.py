"""Drawing at random from bounds and shares, eagerly and in a graph alike."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

Range = tuple[float, float]
"""Bounds of an even distribution."""


def between(fraction: tf.Tensor, bounds: tuple[ArrayLike, ArrayLike]) -> tf.Tensor:
    """The value at a fraction in [0, 1] of the way between two bounds; all shapes broadcast."""
    low, high = np.asarray(bounds, np.float32)
    return low + fraction * (high - low)


def pick(draw: tf.Tensor, shares: Sequence[float]) -> tf.Tensor:
    """Index, () int32, of the share that a draw from [0, 1) falls into; the shares sum to 1."""
    ends = np.cumsum(shares[:-1]).astype(np.float32)
    return tf.reduce_sum(tf.cast(draw >= ends, tf.int32))
