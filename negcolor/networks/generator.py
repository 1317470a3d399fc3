"""The generators G (negative to colour) and F (colour to negative): Table I of the paper."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import keras
from keras import layers

from negcolor.modifications import GeneratorConfig
from negcolor.networks.layers import (
    INITIALIZER,
    ReflectionConv2D,
    ResidualBlock,
    activation,
    normalization,
)

# How much each up-sampling stage enlarges the picture.
UPSAMPLING_FACTORS = {"transposed": 2, "nearest": 2, "nearest_x4": 4, "bilinear": 2}


class _Names:
    """Numbers layer names as the paper's tables do: Conv2d_1, Norm_1, ReLU_1, Conv2d_2, …"""

    def __init__(self) -> None:
        self._counts: dict[str, int] = defaultdict(int)

    def __call__(self, stem: str) -> str:
        self._counts[stem] += 1
        return f"{stem}_{self._counts[stem]}"


def build_generator(
    config: GeneratorConfig, *, dtype: str = "float32", name: str = "generator"
) -> keras.Model:
    """A generator as a functional model.

    Args:
        config: what to build; the default GeneratorConfig is Table I.
        dtype: Keras dtype policy of the layers, e.g. "mixed_bfloat16"; the final tanh and with it
            the output are float32 always.
        name: the model's name.

    Returns:
        (B, H, W, 3) -> (B, H, W, 3), both in [-1, 1]; H and W any multiples of 4 from 8 on.
    """
    names = _Names()

    def norm_activation(x: Any) -> Any:
        x = normalization(config.normalization, dtype=dtype, name=names("Norm"))(x)
        stem = {"relu": "ReLU", "leaky_relu": "LeakyReLU"}[config.activation]
        return activation(config.activation, dtype=dtype, name=names(stem))(x)

    def convolution(x: Any, filters: int, kernel: int, strides: int = 1) -> Any:
        layer = ReflectionConv2D(
            filters, kernel, strides=strides, dtype=dtype, name=names("Conv2d")
        )
        return layer(x)

    def upsample(x: Any, stage: str, filters: int) -> Any:
        if stage == "transposed":
            layer = layers.Conv2DTranspose(
                filters,
                config.sampling_kernel,
                strides=2,
                padding="same",
                kernel_initializer=INITIALIZER,
                dtype=dtype,
                name=names("ConvTranspose2d"),
            )
            return norm_activation(layer(x))
        bilinear = stage == "bilinear"
        enlarge = layers.UpSampling2D(
            UPSAMPLING_FACTORS[stage],
            interpolation="bilinear" if bilinear else "nearest",
            # XLA's gradient of the bilinear resize is float32 whatever the input's precision.
            dtype="float32" if bilinear else dtype,
            name=names("Upsampling"),
        )
        if bilinear:
            return enlarge(x)
        return norm_activation(convolution(enlarge(x), filters, 3))

    # Encoder
    inputs = keras.Input((None, None, 3), name="image")
    x = norm_activation(convolution(inputs, config.filters, config.outer_kernel))
    encoded = {4: x}  # features by how much larger they are than the bottleneck
    x = norm_activation(convolution(x, config.filters * 2, config.sampling_kernel, strides=2))
    encoded[2] = x
    x = norm_activation(convolution(x, config.filters * 4, config.sampling_kernel, strides=2))
    if config.extra_convolution == "encoder":
        x = norm_activation(convolution(x, config.filters * 4, 3))

    # Residual blocks
    for _ in range(config.residual_blocks):
        x = ResidualBlock(
            config.filters * 4,
            order=config.residual_order,
            dropout=config.residual_dropout,
            norm=config.normalization,
            nonlinearity=config.activation,
            dtype=dtype,
            name=names("ResnetBlock"),
        )(x)

    # Decoder
    size = 1
    for stage in config.upsampling:
        size *= UPSAMPLING_FACTORS[stage]
        filters = config.filters * 4 // size
        x = upsample(x, stage, filters)
        if config.upsampling_dropout:
            x = layers.Dropout(config.upsampling_dropout, dtype=dtype, name=names("Dropout"))(x)
        if config.skip_connections:
            joined = layers.Concatenate(dtype=dtype, name=names("Skip"))([x, encoded[size]])
            x = layers.Conv2D(
                filters, 1, kernel_initializer=INITIALIZER, dtype=dtype, name=names("Fuse")
            )(joined)
    if config.extra_convolution == "output":
        x = norm_activation(convolution(x, config.filters, 3))
    x = convolution(x, 3, config.outer_kernel, strides=size // 4)
    outputs = layers.Activation("tanh", dtype="float32", name="Tanh")(x)
    return keras.Model(inputs, outputs, name=name)
