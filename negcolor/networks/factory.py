"""The networks of an experiment by name: of a modification, or of a grey-to-color system."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from functools import partial

import keras

from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import Modification
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
from negcolor.experiments.phases import NETWORKS, Cycle
from negcolor.experiments.systems import System
from negcolor.networks import archaeology, koalarization, resnet_unet, unet
from negcolor.networks.discriminator import build_discriminator
from negcolor.networks.generator import build_generator


def build_networks(
    experiment: Modification | System,
    names: Collection[str] = NETWORKS,
    *,
    policy: str = "float32",
    backbone_weights: str = "none",
) -> dict[str, keras.Model]:
    """Builds networks of an experiment.

    Args:
        experiment: what to build: a modification, or a system for its image size.
        names: which of `NETWORKS`. They draw their first weights in that order from Keras' one
            seed. Systems without a CycleGAN have G and the discriminator of Y.
        policy: Keras dtype policy.
        backbone_weights: of a system's pretrained parts, see `negcolor.networks.backbones`.

    Returns:
        The networks by name. F makes a negative of a photograph and has no prior; of a system,
        (B, S, S, 1) of L* from (B, S, S, 3) in normalized Lab.

    Raises:
        NegcolorError: the image size does not fit, or a pretrained network cannot be had.
    """
    if isinstance(experiment, Modification):
        builders = _builders_of_modification(experiment)
    else:
        builders = _builders_of_system(experiment, backbone_weights)
    return {name: builders[name](dtype=policy, name=name) for name in NETWORKS if name in names}


Builders = dict[str, Callable[..., keras.Model]]


def _builders_of_modification(modification: Modification) -> Builders:
    back = dataclasses.replace(modification.generator, prior=None)
    return {
        "generator_g": partial(build_generator, modification.generator),
        "generator_f": partial(build_generator, back),
        "discriminator_x": partial(build_discriminator, modification.discriminator),
        "discriminator_y": partial(build_discriminator, modification.discriminator),
    }


def _builders_of_system(system: System, backbone_weights: str) -> Builders:
    generator = partial(
        build_colorizer, system.generator, system.image_size, backbone_weights=backbone_weights
    )
    if system.discriminator is None:
        return {"generator_g": generator}
    discriminator = partial(build_color_discriminator, system.discriminator, system.image_size)
    if any(isinstance(phase.step, Cycle) for phase in system.phases):
        return {
            "generator_g": partial(generator, inputs=1, outputs=3),
            "generator_f": partial(generator, inputs=3, outputs=1),
            "discriminator_x": partial(discriminator, 1),
            "discriminator_y": partial(discriminator, 3),
        }
    channels = 3 if system.conditional else 2
    return {"generator_g": generator, "discriminator_y": partial(discriminator, channels)}


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


def build_color_discriminator(
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
