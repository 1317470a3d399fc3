"""The generators and discriminators of the companion papers' systems."""

from __future__ import annotations

from functools import partial

import keras

from negcolor.errors import NegcolorError
from negcolor.experiments.networks import (
    ArchaeologyCnn,
    ArchaeologyDiscriminator,
    ArchaeologyGenerator,
    Discriminator,
    Generator,
    Koalarization,
    ResNetUNet,
    UNet,
)
from negcolor.networks import archaeology, koalarization, resnet_unet, unet
from negcolor.networks.discriminator import build_discriminator


def build_colorizer(
    config: Generator,
    image_size: int,
    *,
    inputs: int = 1,
    outputs: int = 2,
    backbone_weights: str = "none",
    dtype: str = "float32",
    name: str = "generator_g",
) -> keras.Model:
    """A generator of colors as a functional model.

    Args:
        config: what to build.
        image_size: S, side of the square images in pixels.
        inputs, outputs: channels of the image and of the result; others than L* and a*, b* are
            for U-Nets only.
        backbone_weights: "keras", "none" or a path, see `negcolor.networks.backbones`.
        dtype: Keras dtype policy of the layers, e.g. "mixed_bfloat16"; the output is float32.
        name: the model's name.

    Returns:
        (B, S, S, inputs) -> (B, S, S, outputs), scaled as `negcolor.images.lab` says.

    Raises:
        NegcolorError: the size does not fit, or a pretrained network cannot be had.
    """
    if not isinstance(config, UNet) and (inputs, outputs) != (1, 2):
        raise ValueError(f"{type(config).__name__} is for one channel to two")
    options = {"dtype": dtype, "name": name}
    match config:
        case UNet():
            return unet.build_unet(config, image_size, inputs=inputs, outputs=outputs, **options)
        case ResNetUNet():
            build = partial(resnet_unet.build_resnet_unet, backbone_weights=backbone_weights)
            return build(config, image_size, **options)
        case Koalarization():
            build = partial(koalarization.build_koalarization, backbone_weights=backbone_weights)
            return build(config, image_size, **options)
        case ArchaeologyGenerator() | ArchaeologyCnn():
            return archaeology.build_archaeology_generator(config, image_size, **options)


def build_judge(
    config: Discriminator,
    image_size: int,
    channels: int,
    *,
    dtype: str = "float32",
    name: str = "discriminator",
) -> keras.Model:
    """A discriminator or critic as a functional model.

    Args:
        config: what to build.
        image_size: S, side of the square images in pixels.
        channels: of the images: 2 for a* and b*, 3 with L*.
        dtype: Keras dtype policy of the layers.
        name: the model's name.

    Returns:
        (B, S, S, channels) -> logits, high means real: (B, h, w, 1) of a PatchGAN, one per patch,
        or (B, 1).

    Raises:
        NegcolorError: the images are too small for a PatchGAN.
    """
    if isinstance(config, ArchaeologyDiscriminator):
        build = archaeology.build_archaeology_discriminator
        return build(config, image_size, channels, dtype=dtype, name=name)
    model = build_discriminator(config, channels=channels, dtype=dtype, name=name)
    try:
        model.compute_output_shape((1, image_size, image_size, channels))
    except ValueError:  # a convolution without any place to stand
        raise NegcolorError(
            f"--image-size {image_size} is too small for the discriminator; give 32 or more."
        ) from None
    return model
