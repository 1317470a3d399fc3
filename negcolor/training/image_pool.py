"""The pool of earlier generated pictures that a discriminator learns from."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops


class ImagePool(layers.Layer):
    """Hands back each picture, or with probability one half an earlier one in exchange for it.

    The discriminator so keeps seeing what the generator made some time ago (Shrivastava et al.
    2017, arXiv:1612.07828; Zhu et al. 2017, 50 pictures). Until the pool is full, pictures are
    stored and handed back unchanged. The pictures, their number and the state of the random
    numbers are variables, so that checkpoints hold them.

    Args:
        picture_shape: (H, W, C) of the pictures.
        size: how many pictures the pool holds.
        seed: seed of the exchange.
    """

    def __init__(
        self, picture_shape: tuple[int, int, int], size: int = 50, seed: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs, dtype="float32", trainable=False)
        self.size = size
        self.random = keras.random.SeedGenerator(seed)
        self.pictures = self.add_weight(
            name="pictures", shape=(size, *picture_shape), initializer="zeros"
        )
        self.count = self.add_weight(name="count", shape=(), initializer="zeros", dtype="int32")
        self.built = True

    def call(self, pictures: Any) -> Any:
        """Exchanges a batch (B, H, W, C), B static, float32 in [-1, 1]; returns the same shape."""
        return ops.stack([self._exchange(pictures[i]) for i in range(pictures.shape[0])])

    def _exchange(self, picture: Any) -> Any:
        full = self.count >= self.size
        draw = keras.random.uniform((2,), seed=self.random)
        slot = ops.minimum(ops.cast(draw[0] * self.size, "int32"), self.size - 1)
        slot = ops.where(full, slot, self.count)
        swap = ops.logical_and(full, draw[1] < 0.5)
        earlier = ops.take(self.pictures, slot, axis=0)
        stored = ops.where(ops.logical_or(swap, ops.logical_not(full)), picture, earlier)
        self.pictures.assign(ops.slice_update(self.pictures, (slot, 0, 0, 0), stored[None]))
        self.count.assign(ops.minimum(self.count + 1, self.size))
        return ops.where(swap, earlier, picture)
