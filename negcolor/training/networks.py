"""The networks of a training by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from functools import partial

import keras

from negcolor.experiments.modifications import Modification
from negcolor.experiments.phases import ALL
from negcolor.networks.discriminator import build_discriminator
from negcolor.networks.generator import build_generator


def build_networks(
    modification: Modification, names: Collection[str] = ALL, *, precision: str = "float32"
) -> dict[str, keras.Model]:
    """Builds networks of a modification.

    Args:
        modification: what to build.
        names: which of G and F, "generator_g" and "generator_f", and of their discriminators,
            "discriminator_y" and "discriminator_x". They draw their first weights in the order of
            `ALL` from Keras' one seed.
        precision: Keras dtype policy.

    Returns:
        The networks by name. F makes a negative of a photograph and has no prior.
    """
    generator = modification.generator
    back = dataclasses.replace(generator, prior=None)
    builders: dict[str, Callable[..., keras.Model]] = {
        "generator_g": partial(build_generator, generator),
        "generator_f": partial(build_generator, back),
        "discriminator_x": partial(build_discriminator, modification.discriminator),
        "discriminator_y": partial(build_discriminator, modification.discriminator),
    }
    return {name: builders[name](dtype=precision, name=name) for name in ALL if name in names}
