"""The discriminators D_X (negatives) and D_Y (colour pictures): Table II of the paper."""

from __future__ import annotations

import keras
from keras import layers

from negcolor.modifications import DiscriminatorConfig
from negcolor.networks.layers import INITIALIZER, SpectralConv2D, activation, normalization


def build_discriminator(
    config: DiscriminatorConfig, *, dtype: str = "float32", name: str = "discriminator"
) -> keras.Model:
    """A PatchGAN discriminator (Isola et al. 2017) as a functional model.

    Args:
        config: what to build; the default DiscriminatorConfig is Table II.
        dtype: Keras dtype policy of the layers.
        name: the model's name.

    Returns:
        (B, H, W, 3) in [-1, 1] -> (B, H/16, W/16, 1) logits for the baseline, one per patch;
        high means real.
    """
    convolution = SpectralConv2D if config.spectral_normalization else layers.Conv2D
    options = {"padding": "same", "kernel_initializer": INITIALIZER, "dtype": dtype}

    inputs = x = keras.Input((None, None, 3), name="image")
    for index, (kernel, stride) in enumerate(config.convolutions, start=1):
        filters = config.filters * min(2 ** (index - 1), 8)
        x = convolution(filters, kernel, strides=stride, name=f"Conv2d_{index}", **options)(x)
        if index > 1:
            x = normalization(config.normalization, dtype=dtype, name=f"Norm_{index - 1}")(x)
        x = activation("leaky_relu", dtype=dtype, name=f"LeakyReLU_{index}")(x)
    outputs = convolution(1, 4, name=f"Conv2d_{len(config.convolutions) + 1}", **options)(x)
    return keras.Model(inputs, outputs, name=name)
