"""The U-Net of pix2pix, with or without attention gates on its skip connections."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from negcolor.experiments.networks import UNet, check_size
from negcolor.networks.layers import INITIALIZER, UpSampling2D, activation, normalization

DROPOUT_BLOCKS = 3
"""How many of the decoder's blocks, next to the innermost, have dropout."""


def build_unet(
    config: UNet, image_size: int, *, inputs: int, outputs: int, dtype: str, name: str
) -> keras.Model:
    """A U-Net as a functional model.

    Its strided convolutions keep "same" borders: with kernels of 4 and even sizes that is one row
    or column of zeros each, as in PyTorch. As in pix2pix only the last one has a bias: 54,413,955
    trained parameters from three channels to three at 256×256.

    Args:
        config: what to build.
        image_size: S, a multiple of `config.multiple`. The image is halved as long as its side
            is even.
        inputs, outputs: channels of the image and of the result.
        dtype: Keras dtype policy; the final tanh and with it the output are float32.
        name: the model's name.

    Returns:
        (B, S, S, inputs) -> (B, S, S, outputs), both in [-1, 1].

    Raises:
        NegcolorError: the size does not fit.
    """
    check_size(config, image_size)
    depth = min(config.downsamplings, _halvings(image_size))
    channels = [config.filters * min(2**level, 8) for level in range(depth)]
    options = {"kernel_initializer": INITIALIZER, "dtype": dtype}
    sampling = {"kernel_size": 4, "strides": 2, "padding": "same", **options}

    image = x = keras.Input((image_size, image_size, inputs), name="image")

    # Encoder
    encoded = []
    for level, filters in enumerate(channels, start=1):
        if level > 1:
            x = activation("leaky_relu", dtype=dtype, name=f"LeakyReLU_{level}")(x)
        x = layers.Conv2D(filters, use_bias=False, name=f"Down_{level}", **sampling)(x)
        if 1 < level < depth:
            x = normalization(config.normalization, dtype=dtype, name=f"Norm_down_{level}")(x)
        encoded.append(x)

    # Decoder
    for level in range(depth, 1, -1):
        gate = activation("relu", dtype=dtype, name=f"ReLU_{level}")(x)
        filters = channels[level - 2]
        x = layers.Conv2DTranspose(filters, use_bias=False, name=f"Up_{level}", **sampling)(gate)
        x = normalization(config.normalization, dtype=dtype, name=f"Norm_up_{level}")(x)
        if config.dropout and depth - DROPOUT_BLOCKS <= level < depth:
            x = layers.Dropout(config.dropout, dtype=dtype, name=f"Dropout_{level}")(x)
        skipped = encoded[level - 2]
        if config.attention:
            skipped = _attend(skipped, gate, filters, level, options)
        x = layers.Concatenate(dtype=dtype, name=f"Skip_{level}")([skipped, x])
    x = activation("relu", dtype=dtype, name="ReLU_1")(x)
    x = layers.Conv2DTranspose(outputs, name="Up_1", **sampling)(x)
    result = layers.Activation("tanh", dtype="float32", name="Tanh")(x)
    return keras.Model(image, result, name=name)


def _halvings(size: int) -> int:
    """How often `size` can be halved: 8 times for 256, 5 times for 96."""
    return (size & -size).bit_length() - 1


def _attend(skipped: Any, gate: Any, filters: int, level: int, options: dict[str, Any]) -> Any:
    """An attention gate: weighs the skipped features (Oktay et al. 2018, eq. 1, 2).

    Args:
        skipped: (B, 2h, 2w, filters), the encoder's features.
        gate: (B, h, w, C), the decoder's features.
        filters: of the skipped features and of the sum in the gate.
        level: of the U-Net, for names.
        options: of the convolutions.

    Returns:
        (B, 2h, 2w, filters), multiplied by weights (B, 2h, 2w, 1) between 0 and 1.
    """
    dtype, stem = options["dtype"], f"Gate_{level}"
    theta = layers.Conv2D(filters, 2, strides=2, use_bias=False, name=f"{stem}_skip", **options)
    phi = layers.Conv2D(filters, 1, name=f"{stem}_gate", **options)
    x = layers.Add(dtype=dtype, name=f"{stem}_sum")([theta(skipped), phi(gate)])
    x = activation("relu", dtype=dtype, name=f"{stem}_relu")(x)
    x = layers.Conv2D(1, 1, activation="sigmoid", name=f"{stem}_weights", **options)(x)
    # XLA's gradient of the bilinear resize is float32 whatever the input's precision.
    enlarge = UpSampling2D(2, interpolation="bilinear", dtype="float32", name=f"{stem}_up")
    return layers.Multiply(dtype=dtype, name=f"{stem}_product")([skipped, enlarge(x)])
