"""The discriminators D_X (negatives) and D_Y (color images): Table II of the paper."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from negcolor.experiments.modifications import DiscriminatorConfig
from negcolor.networks.layers import INITIALIZER, SpectralConv2D, activation, normalization


def build_discriminator(
    config: DiscriminatorConfig,
    *,
    channels: int = 3,
    dtype: str = "float32",
    name: str = "discriminator",
) -> keras.Model:
    """A PatchGAN discriminator (Isola et al. 2017) as a functional model.

    Args:
        config: what to build; the default DiscriminatorConfig is Table II.
        channels: of the images.
        dtype: Keras dtype policy of the layers.
        name: the model's name.

    Returns:
        (B, H, W, channels) in [-1, 1] -> (B, H/16, W/16, 1) logits for the baseline, one per
        patch; high means real.
    """
    convolution = SpectralConv2D if config.spectral_normalization else layers.Conv2D
    options = {"kernel_initializer": INITIALIZER, "dtype": dtype}

    def convolve(x: Any, index: int, filters: int, kernel: int, stride: int = 1) -> Any:
        padding = "same"
        if config.padding == "one":
            x, padding = layers.ZeroPadding2D(1, dtype=dtype, name=f"Pad_{index}")(x), "valid"
        name = f"Conv2d_{index}"
        return convolution(filters, kernel, strides=stride, padding=padding, name=name, **options)(
            x
        )

    inputs = x = keras.Input((None, None, channels), name="image")
    for index, (kernel, stride) in enumerate(config.convolutions, start=1):
        x = convolve(x, index, config.filters * min(2 ** (index - 1), 8), kernel, stride)
        if index > 1:
            x = normalization(config.normalization, dtype=dtype, name=f"Norm_{index - 1}")(x)
        x = activation("leaky_relu", dtype=dtype, name=f"LeakyReLU_{index}")(x)
    outputs = convolve(x, len(config.convolutions) + 1, 1, 4)
    return keras.Model(inputs, outputs, name=name)
