"""The networks of an experiment by name."""

import dataclasses

import keras
import numpy as np
import pytest

from negcolor.experiments.config import ColorizationConfig
from negcolor.experiments.modifications import BASELINE
from negcolor.experiments.phases import NETWORKS
from negcolor.networks.factory import build_networks

SMALL = dataclasses.replace(
    BASELINE,
    generator=dataclasses.replace(
        BASELINE.generator, filters=4, residual_blocks=1, prior="density"
    ),
    discriminator=dataclasses.replace(BASELINE.discriminator, filters=4),
)


def networks(names=NETWORKS):
    keras.utils.set_random_seed(0)
    return build_networks(SMALL, names)


def test_networks_begin_alike_in_whatever_order_they_are_named():
    ours, theirs = networks(("discriminator_y", "generator_g")), networks()
    assert list(ours) == ["generator_g", "discriminator_y"]
    pairs = zip(ours["generator_g"].weights, theirs["generator_g"].weights, strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)


def test_only_the_way_to_color_has_a_prior():
    built = networks()
    names = {name: {layer.name for layer in built[name].layers} for name in NETWORKS[:2]}
    assert "Balance" in names["generator_g"] - names["generator_f"]


@pytest.mark.parametrize(
    ("system", "channels"),
    [
        ("unet-gan", {"generator_g": (1, 2), "discriminator_y": (3, 1)}),
        ("archaeology-gan", {"generator_g": (1, 2), "discriminator_y": (2, 1)}),
        ("archaeology-cnn", {"generator_g": (1, 2)}),
        (
            "grey-cyclegan",
            {
                "generator_g": (1, 3),
                "generator_f": (3, 1),
                "discriminator_x": (1, 1),
                "discriminator_y": (3, 1),
            },
        ),
    ],
)
def test_networks_of_a_system_take_and_give_its_channels(system, channels):
    config = ColorizationConfig(system, image_size=32, filters=4)
    built = build_networks(config.configured_system(), channels)
    found = {n: (m.input_shape[-1], m.output_shape[-1]) for n, m in built.items()}
    assert found == channels
