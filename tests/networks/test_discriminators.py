"""The discriminators of the systems, and the parameter counts that 004 names."""

import math
from itertools import pairwise

import pytest

from negcolor.errors import NegcolorError
from negcolor.experiments.networks import (
    PATCH_70,
    ArchaeologyCnn,
    ArchaeologyDiscriminator,
    ArchaeologyGenerator,
)
from negcolor.networks.factory import build_color_discriminator, build_colorizer

SIZE = 32


def count(weights):
    return sum(math.prod(weight.shape) for weight in weights)


def test_the_patchgan_has_thirty_logits_each_way():
    discriminator = build_color_discriminator(PATCH_70, 256, 3)
    assert discriminator.compute_output_shape((1, 256, 256, 3)) == (1, 30, 30, 1)
    channels = [3, 64, 128, 256, 512, 1]
    kernels = 16 * sum(a * b for a, b in pairwise(channels))
    assert count(discriminator.trainable_weights) == kernels + sum(channels[1:]) + 2 * (
        128 + 256 + 512
    )


def test_too_small_images_for_a_patchgan_are_refused():
    with pytest.raises(NegcolorError, match=r"--image-size 16 is too small .* give 32"):
        build_color_discriminator(PATCH_70, 16, 3)


def test_the_networks_of_004_have_the_parameters_that_it_names():
    generator = build_colorizer(ArchaeologyGenerator(), 128)
    discriminator = build_color_discriminator(ArchaeologyDiscriminator(), 128, 2)
    cnn = build_colorizer(ArchaeologyCnn(), 128)

    def layer(a, b, area, norm=True):
        return a * b * area + b + 2 * b * norm

    down = [2, 64, 128, 256, 512, 512]
    up = [512, 512, 256, 128, 64]
    expected = sum(layer(a, b, 9) for a, b in pairwise(down))
    expected += sum(layer(a, b, 16) for a, b in pairwise(up))
    assert count(generator.trainable_weights) == expected + layer(64, 2, 9, False) == 10_864_002
    assert count(generator.trainable_weights) == pytest.approx(11e6, rel=0.02)

    expected = sum(layer(a, b, 9) for a, b in ((2, 64), (64, 128), (128, 256)))
    expected += 5 * 5 * 256 * 1024 + 1024 + 1024 + 1  # 128 -> 43 -> 15 -> 5 pixels
    assert count(discriminator.trainable_weights) == expected == 6_926_785
    assert count(discriminator.trainable_weights) == pytest.approx(7e6, rel=0.02)
    assert discriminator.output_shape == (None, 1)

    expected = layer(2, 64, 9) + layer(64, 128, 9) + layer(128, 64, 16) + layer(128, 2, 9, False)
    assert count(cnn.trainable_weights) == expected == 209_026
    assert count(cnn.trainable_weights) == pytest.approx(210e3, rel=0.01)
