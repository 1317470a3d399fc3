"""The pool of earlier generated images that a discriminator learns from."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops


class ImagePool(layers.Layer):
    """Hands back each image, or with probability one half an earlier one in exchange for it.

    The discriminator so keeps seeing what the generator made some time ago (Shrivastava et al.
    2017, arXiv:1612.07828; Zhu et al. 2017, 50 images). Until the pool is full, images are
    stored and handed back unchanged. The images, their number and the state of the random
    numbers are variables, so that checkpoints hold them.

    Args:
        image_shape: (H, W, C) of the images.
        size: how many images the pool holds.
        seed: seed of the exchange.
    """

    def __init__(
        self, image_shape: tuple[int, int, int], size: int = 50, seed: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs, dtype="float32", trainable=False)
        self.size = size
        self.random = keras.random.SeedGenerator(seed)
        self.images = self.add_weight(
            name="pictures", shape=(size, *image_shape), initializer="zeros"
        )
        self.count = self.add_weight(name="count", shape=(), initializer="zeros", dtype="int32")
        self.built = True

    def call(self, images: Any) -> Any:
        """Exchanges a batch (B, H, W, C), B static, float32 in [-1, 1]; returns the same shape."""
        return ops.stack([self._exchange(images[i]) for i in range(images.shape[0])])

    def _exchange(self, image: Any) -> Any:
        full = self.count >= self.size
        draw = keras.random.uniform((2,), seed=self.random)
        slot = ops.minimum(ops.cast(draw[0] * self.size, "int32"), self.size - 1)
        slot = ops.where(full, slot, self.count)
        swap = ops.logical_and(full, draw[1] < 0.5)
        earlier = ops.take(self.images, slot, axis=0)
        stored = ops.where(ops.logical_or(swap, ops.logical_not(full)), image, earlier)
        self.images.assign(ops.slice_update(self.images, (slot, 0, 0, 0), stored[None]))
        self.count.assign(ops.minimum(self.count + 1, self.size))
        return ops.where(swap, earlier, image)
