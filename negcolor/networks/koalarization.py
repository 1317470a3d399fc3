"""Encoder, fusion with an image embedding, decoder: 003, Tables 1 and 4.

After Baldassarre et al. 2017, "Deep Koalarization", arXiv:1712.03400.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from negcolor.experiments.networks import Koalarization, check_size
from negcolor.networks import backbones

INCEPTION_SIZE = 299

# (channels in units of `Koalarization.filters`, stride)
ENCODER = ((1, 2), (2, 1), (2, 2), (4, 1), (4, 2), (8, 1), (8, 1), (4, 1))


def build_koalarization(
    config: Koalarization, image_size: int, *, backbone_weights: str, dtype: str, name: str
) -> keras.Model:
    """The generator of 003 as a functional model; its pretrained networks are not trained.

    The encoder sees three times L* and, with `config.segmentation`, the probabilities of
    DeepLabV3+'s classes at each pixel. With `config.inception`, the logits of InceptionResNetV2
    for the whole image are appended to the encoder's features at every position; the 1×1
    convolution that fuses both remains without them.

    Args:
        config: what to build.
        image_size: S, a multiple of `config.multiple`.
        backbone_weights: of the pretrained networks, see `backbones`.
        dtype: Keras dtype policy; the pretrained networks and the output are float32.
        name: the model's name.

    Returns:
        (B, S, S, 1) -> (B, S, S, 2), both in [-1, 1].

    Raises:
        NegcolorError: the size does not fit, or what `backbones` raises.
    """
    check_size(config, image_size)
    filters = config.filters

    def convolution(x: Any, channels: int, name: str, kernel: int = 3, stride: int = 1) -> Any:
        options = {"padding": "same", "activation": "relu", "dtype": dtype, "name": name}
        return layers.Conv2D(channels, kernel, strides=stride, **options)(x)

    def enlarge(x: Any, number: int, dtype: str = dtype) -> Any:
        return layers.UpSampling2D(2, dtype=dtype, name=f"Upsampling_{number}")(x)

    lightness = x = keras.Input((image_size, image_size, 1), name="lightness")
    grey = layers.Concatenate(dtype="float32", name="Grey")([lightness] * 3)

    # Encoder
    if config.segmentation:
        # keras-hub's weights are for values from 0 to 255, without further scaling.
        byte = layers.Rescaling(127.5, 127.5, dtype="float32", name="Bytes")(grey)
        classes = backbones.Frozen(backbones.deeplab(backbone_weights), name="DeepLabV3")(byte)
        x = layers.Concatenate(dtype=dtype, name="Grey_and_classes")([grey, classes])
        x = convolution(x, max(1, filters * 3 // 8), "Encoder_0")
    for number, (factor, stride) in enumerate(ENCODER, start=1):
        x = convolution(x, filters * factor, f"Encoder_{number}", stride=stride)

    # Fusion
    if config.inception:
        x = _join_embedding(x, grey, backbone_weights, dtype)
    x = convolution(x, filters * 4, "Fusion", kernel=1)

    # Decoder
    x = enlarge(convolution(x, filters * 2, "Decoder_1"), 1)
    x = convolution(x, filters, "Decoder_2")
    x = enlarge(convolution(x, filters, "Decoder_3"), 2)
    x = convolution(x, max(1, filters // 2), "Decoder_4")
    x = layers.Conv2D(2, 3, padding="same", dtype=dtype, name="Decoder_5")(x)
    x = layers.Activation("tanh", dtype="float32", name="Tanh")(x)
    return keras.Model(lightness, enlarge(x, 3, "float32"), name=name)


def _join_embedding(x: Any, grey: Any, weights: str, dtype: str) -> Any:
    """(B, h, w, C) features, (B, S, S, 3) image in [-1, 1] -> (B, h, w, C + 1000) features."""
    _, height, width, _ = x.shape
    size = {"height": INCEPTION_SIZE, "width": INCEPTION_SIZE}
    resized = layers.Resizing(**size, dtype="float32", name="Resizing")(grey)
    embedding = backbones.Frozen(backbones.inception(weights), name="InceptionResNetV2")(resized)
    repeated = layers.RepeatVector(height * width, dtype=dtype, name="Repeat")(embedding)
    tiled = layers.Reshape((height, width, -1), dtype=dtype, name="Everywhere")(repeated)
    return layers.Concatenate(dtype=dtype, name="Features_and_embedding")([x, tiled])
