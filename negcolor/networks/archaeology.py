"""The networks of 004: generator, baseline and discriminator.

They were PyTorch's: every convolution has a border of one row and column of zeros and a bias. With
"same" borders that holds for stride 1 and for the transposed convolutions of kernel 4.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from negcolor.experiments.networks import (
    ArchaeologyCnn,
    ArchaeologyDiscriminator,
    ArchaeologyGenerator,
    check_size,
)
from negcolor.images.lab import AB_SCALE
from negcolor.networks.layers import normalization


class _Blocks:
    """Applies convolutions, each with a normalization and a ReLU, to symbolic tensors."""

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype

    def down(self, x: Any, filters: int, name: str, stride: int = 1) -> Any:
        x = layers.ZeroPadding2D(1, dtype=self.dtype, name=f"{name}_pad")(x)
        x = layers.Conv2D(filters, 3, strides=stride, dtype=self.dtype, name=name)(x)
        return self._norm_relu(x, name)

    def up(self, x: Any, filters: int, name: str) -> Any:
        options = {"strides": 2, "padding": "same", "dtype": self.dtype, "name": name}
        return self._norm_relu(layers.Conv2DTranspose(filters, 4, **options)(x), name)

    def _norm_relu(self, x: Any, name: str) -> Any:
        x = normalization("batch", dtype=self.dtype, name=f"{name}_norm")(x)
        return layers.ReLU(dtype=self.dtype, name=f"{name}_relu")(x)


def build_archaeology_generator(
    config: ArchaeologyGenerator | ArchaeologyCnn, image_size: int, *, dtype: str, name: str
) -> keras.Model:
    """The generator (004, 5.1), which has no skip connections, or the baseline (004, 6).

    Args:
        config: what to build.
        image_size: S, a multiple of `config.multiple`.
        dtype: Keras dtype policy; the output is float32.
        name: the model's name.

    Returns:
        (B, S, S, 1) in [-1, 1] -> (B, S, S, 2) of any value.

    Raises:
        NegcolorError: the size does not fit.
    """
    check_size(config, image_size)
    lightness = keras.Input((image_size, image_size, 1), name="lightness")
    x = layers.Concatenate(dtype=dtype, name="Twice")([lightness] * 2)
    network = _encode_and_decode if isinstance(config, ArchaeologyGenerator) else _baseline
    ab = network(_Blocks(dtype), x, config.filters)
    # The networks give CIELAB's units, as there; scaled, a new network's results are nearly grey.
    output = layers.Rescaling(1.0 / AB_SCALE, dtype="float32", name="Output")(ab)
    return keras.Model(lightness, output, name=name)


def _encode_and_decode(add: _Blocks, x: Any, filters: int) -> Any:
    """Four halvings and their reverse: (B, S, S, 2) -> (B, S, S, 2), a* and b*."""
    x = add.down(x, filters, "Down_1")
    for number, factor in enumerate((2, 4, 8, 8), start=2):
        x = add.down(x, filters * factor, f"Down_{number}", stride=2)
    for number, factor in enumerate((8, 4, 2, 1), start=1):
        x = add.up(x, filters * factor, f"Up_{number}")
    return layers.Conv2DTranspose(2, 3, padding="same", dtype=add.dtype, name="Up_5")(x)


def _baseline(add: _Blocks, x: Any, filters: int) -> Any:
    """One halving and one skip connection: (B, S, S, 2) -> (B, S, S, 2), a* and b*."""
    first = add.down(x, filters, "Down_1")
    x = add.up(add.down(first, filters * 2, "Down_2", stride=2), filters, "Up_1")
    x = layers.Concatenate(dtype=add.dtype, name="Skip")([first, x])
    return layers.Conv2D(2, 3, padding="same", dtype=add.dtype, name="Up_2")(x)


def build_archaeology_discriminator(
    config: ArchaeologyDiscriminator, image_size: int, channels: int, *, dtype: str, name: str
) -> keras.Model:
    """The discriminator (004, 5.2).

    Args:
        config: what to build.
        image_size: S.
        channels: of the images.
        dtype: Keras dtype policy of the layers.
        name: the model's name.

    Returns:
        (B, S, S, channels) -> (B, 1) logits; high means real.
    """
    add = _Blocks(dtype)
    image = x = keras.Input((image_size, image_size, channels), name="image")
    for number, factor in enumerate((1, 2, 4), start=1):
        x = add.down(x, config.filters * factor, f"Down_{number}", stride=3)
    x = layers.Flatten(dtype=dtype, name="Flatten")(x)
    x = layers.Dense(config.units, activation="relu", dtype=dtype, name="Dense_1")(x)
    return keras.Model(image, layers.Dense(1, dtype=dtype, name="Dense_2")(x), name=name)
