"""Drawing at random from bounds and shares, eagerly and in a graph alike."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

Range = tuple[float, float]
"""Bounds of an even distribution."""

ChannelRange = tuple[Sequence[float], Sequence[float]]
"""The same for each of several channels."""


def between(fraction: tf.Tensor, bounds: Range | ChannelRange) -> tf.Tensor:
    """Linear interpolation: the value at a fraction in [0, 1] of the way between two bounds.

    Args:
        fraction: float32 of any shape.
        bounds: () or (channels,) each; shapes broadcast.
    """
    low, high = (
        bound if isinstance(bound, float) else np.asarray(bound, np.float32) for bound in bounds
    )
    return low + fraction * (high - low)


def choose(draw: tf.Tensor, shares: Sequence[float]) -> tf.Tensor:
    """Index, () int32, of the share that a draw from [0, 1) falls into; the shares sum to 1."""
    ends = np.cumsum(shares[:-1]).astype(np.float32)
    return tf.reduce_sum(tf.cast(draw >= ends, tf.int32))
