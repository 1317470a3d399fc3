"""A U-Net on a ResNet18, decoded by pixel shuffles."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from negcolor.experiments.networks import ResNetUNet, check_size
from negcolor.networks import backbones
from negcolor.networks.layers import INITIALIZER, normalization, register

# Of ImageNet's images in [0, 1], per channel.
MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)


@keras.saving.register_keras_serializable(package="negcolor", name="Alike")  # in saved models
class ICNR(keras.initializers.Initializer):
    """He's initial weights, the same for all four pixels that a pixel shuffle makes of one.

    A new network then shows no checkerboard (Aitken et al. 2017, arXiv:1707.02937).
    """

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Any:
        *others, channels = shape
        kernel = keras.initializers.HeNormal()((*others, channels // 4), dtype=dtype)
        return ops.tile(kernel, (1, 1, 1, 4))


@register
class PixelShuffle(layers.Layer):
    """Four channels become two by two pixels: (B, H, W, 4C) -> (B, 2H, 2W, C).

    Source: Shi et al. 2016, arXiv:1609.05158.
    """

    def call(self, inputs: Any) -> Any:
        return ops.depth_to_space(inputs, 2)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, height, width, channels = input_shape
        sides = [side and side * 2 for side in (height, width)]
        return batch, *sides, channels and channels // 4


class _Decoder:
    """Applies layers to symbolic tensors; every convolution has a bias and a ReLU, as fastai's."""

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype

    def convolution(self, x: Any, filters: int, kernel: int, name: str, **options: Any) -> Any:
        options = {"activation": "relu", "kernel_initializer": "he_normal", **options}
        layer = layers.Conv2D(
            filters, kernel, padding="same", dtype=self.dtype, name=name, **options
        )
        return layer(x)

    def shuffle(self, x: Any, filters: int, name: str) -> Any:
        x = self.convolution(x, 4 * filters, 1, f"{name}_conv", kernel_initializer=ICNR())
        return PixelShuffle(dtype=self.dtype, name=f"{name}_shuffle")(x)

    def norm(self, x: Any, name: str) -> Any:
        return normalization("batch", dtype=self.dtype, name=name)(x)

    def relu(self, x: Any, name: str) -> Any:
        return layers.ReLU(dtype=self.dtype, name=name)(x)

    def join(self, tensors: list[Any], name: str) -> Any:
        return layers.Concatenate(dtype=self.dtype, name=name)(tensors)


def build_resnet_unet(
    config: ResNetUNet, image_size: int, *, backbone_weights: str, dtype: str, name: str
) -> keras.Model:
    """fastai's DynamicUnet on a ResNet18, with a tanh behind it.

    Between encoder and decoder are two convolutions; a stage of the decoder doubles the size by a
    pixel shuffle to half the channels, joins the encoder's features, and convolves twice. At full
    size the image joins, for a residual block.

    Args:
        config: what to build.
        image_size: S, a multiple of `config.multiple`.
        backbone_weights: of the ResNet18, see `backbones`.
        dtype: Keras dtype policy; the final tanh and with it the output are float32.
        name: the model's name.

    Returns:
        (B, S, S, 1) -> (B, S, S, 2), both in [-1, 1].

    Raises:
        NegcolorError: the size does not fit, or what `backbones.resnet18` raises.
    """
    check_size(config, image_size)
    encoder = backbones.resnet18(backbone_weights, filters=config.filters, dtype=dtype)
    add = _Decoder(dtype)

    lightness = keras.Input((image_size, image_size, 1), name="lightness")
    grey = layers.Concatenate(dtype="float32", name="Grey")([lightness] * 3)
    # [-1, 1] -> [0, 1] -> ImageNet's mean and deviation
    scale = [0.5 / deviation for deviation in DEVIATION]
    offset = [(0.5 - mean) / deviation for mean, deviation in zip(MEAN, DEVIATION, strict=True)]
    *encoded, x = encoder(layers.Rescaling(scale, offset, dtype="float32", name="ImageNet")(grey))

    deepest = x.shape[-1]
    x = add.relu(add.norm(x, "Middle_norm"), "Middle_relu")
    x = add.convolution(x, 2 * deepest, 3, "Middle_conv_1")
    x = add.convolution(x, deepest, 3, "Middle_conv_2")

    # Decoder
    for stage in range(4, 0, -1):
        x = add.shuffle(x, x.shape[-1] // 2, f"Up_{stage}")
        skipped = add.norm(encoded[stage - 1], f"Up_{stage}_norm")
        x = add.relu(add.join([x, skipped], f"Up_{stage}_skip"), f"Up_{stage}_relu")
        filters = x.shape[-1] if stage > 1 else x.shape[-1] // 2
        for number in (1, 2):
            x = add.convolution(x, filters, 3, f"Up_{stage}_conv_{number}")

    # Full size
    x = add.join([add.shuffle(x, x.shape[-1], "Up_0"), lightness], "Up_0_skip")
    branch = x
    for number in (1, 2):
        branch = add.convolution(branch, x.shape[-1], 3, f"Up_0_conv_{number}")
    x = layers.Add(dtype=dtype, name="Up_0_sum")([x, branch])
    # As 001 draws all first weights: so the first results are nearly grey.
    x = add.convolution(x, 2, 1, "Output", activation=None, kernel_initializer=INITIALIZER)
    result = layers.Activation("tanh", dtype="float32", name="Tanh")(x)
    return keras.Model(lightness, result, name=name)
