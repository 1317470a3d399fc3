"""Every network of the tables: it builds, runs, saves, loads and runs in half precision."""

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import keras
import numpy as np
import pytest

from negcolor.experiments.modifications import MODIFICATIONS, GeneratorConfig
from negcolor.experiments.networks import (
    PATCH_70,
    ArchaeologyCnn,
    ArchaeologyDiscriminator,
    ArchaeologyGenerator,
    Koalarization,
    ResNetUNet,
    UNet,
)
from negcolor.experiments.systems import SYSTEMS
from negcolor.networks.discriminator import build_discriminator
from negcolor.networks.factory import build_color_discriminator, build_colorizer
from negcolor.networks.generator import build_generator

pytestmark = [pytest.mark.usefixtures("tiny_backbones"), pytest.mark.slow]

SIZE = 32


class Case(NamedTuple):
    """A network, and the shapes of images and results; the results of a generator are float32."""

    build: Callable[..., keras.Model]
    shapes: dict[tuple[int, ...], tuple[int, ...]]
    is_generator: bool = True
    is_bounded: bool = True  # to [-1, 1]


def small(field, **changes):
    """Each different configuration of the table once, made small, by its first modification."""
    found = {}
    for key, modification in MODIFICATIONS.items():
        found.setdefault(dataclasses.replace(getattr(modification, field), **changes), key)
    return {key: config for config, key in found.items()}


def logits(config):
    stride = int(np.prod([stride for _, stride in config.convolutions]))
    return {(1, 64, 96, 3): (1, 64 // stride, 96 // stride, 1)}


COLORIZERS = {
    "unet": UNet(filters=4),
    "attention": UNet(filters=4, attention=True),
    "resnet": ResNetUNet(filters=4),
    "koalarization": Koalarization(filters=8, segmentation=False),
    "inception": Koalarization(filters=8),
    "no-inception": Koalarization(filters=8, inception=False),
    "archaeology": ArchaeologyGenerator(filters=4),
    "cnn": ArchaeologyCnn(filters=4),
}
DISCRIMINATORS = {
    "batch": dataclasses.replace(PATCH_70, filters=4),
    "layer": dataclasses.replace(PATCH_70, filters=4, normalization="layer"),
    "archaeology": ArchaeologyDiscriminator(filters=4),
}
PRIOR = GeneratorConfig(filters=4, residual_blocks=1, prior="density")
ANY_SIZE = {shape: shape for shape in ((2, 32, 32, 3), (1, 8, 20, 3))}
CASES = {
    **{
        f"generator {name}": Case(partial(build_generator, config), ANY_SIZE)
        for name, config in small("generator", filters=4, residual_blocks=1).items()
    },
    "generator with prior": Case(partial(build_generator, PRIOR), ANY_SIZE),
    **{
        f"discriminator {name}": Case(
            partial(build_discriminator, config), logits(config), is_generator=False
        )
        for name, config in small("discriminator", filters=4).items()
    },
    **{
        f"colorizer {name}": Case(
            partial(build_colorizer, config, SIZE),
            {(2, SIZE, SIZE, 1): (2, SIZE, SIZE, 2)},
            is_bounded=not isinstance(config, ArchaeologyGenerator | ArchaeologyCnn),
        )
        for name, config in COLORIZERS.items()
    },
    **{
        f"discriminator of colors, {name}": Case(
            partial(build_color_discriminator, config, SIZE, 2),
            {(2, SIZE, SIZE, 2): (2, 1) if name == "archaeology" else (2, 2, 2, 1)},
            is_generator=False,
        )
        for name, config in DISCRIMINATORS.items()
    },
}
EACH = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def image(shape):
    return np.random.default_rng(0).uniform(-1, 1, shape).astype("float32")


def build(case, **options):
    """The network with other weights than new ones have, many of which are 0."""
    network, rng = case.build(**options), np.random.default_rng(1)
    for weight in network.weights:
        if weight.dtype == "float32":
            weight.assign(weight.numpy() + rng.normal(0, 0.01, weight.shape))
    return network


def test_every_kind_of_network_of_a_system_is_tested():
    kinds = {type(system.generator) for system in SYSTEMS.values()}
    assert kinds == {type(config) for config in COLORIZERS.values()}
    discriminators = {
        type(system.discriminator) for system in SYSTEMS.values() if system.discriminator
    }
    assert discriminators == {type(config) for config in DISCRIMINATORS.values()}


@EACH
def test_a_network_runs_in_both_precisions_and_can_be_saved(case, tmp_path):
    network = build(case)
    network.save(tmp_path / "network.keras")
    copy = keras.saving.load_model(tmp_path / "network.keras")
    trainable, expected = (
        [weight.shape for weight in model.trainable_weights] for model in (copy, network)
    )
    assert trainable == expected
    for shape, expected in case.shapes.items():
        y = np.asarray(network(image(shape)))
        assert y.shape == expected
        assert y.std() > 0
        if case.is_generator and case.is_bounded:
            assert np.abs(y).max() <= 1
        np.testing.assert_array_equal(copy(image(shape)), y)
    check_half_precision(case, network, "mixed_bfloat16")


def check_half_precision(case, network, policy):
    """Weights, and a generator's results, stay in float32, and the results are nearly the same."""
    half = case.build(dtype=policy)
    assert {w.dtype for w in half.weights} <= {"float32", "uint32"}  # seeds of dropout
    half.set_weights(network.get_weights())
    x = image(next(iter(case.shapes)))
    y, expected = half(x), np.asarray(network(x))
    if case.is_generator:
        assert keras.backend.standardize_dtype(y.dtype) == "float32"
    difference = np.abs(np.asarray(keras.ops.cast(y, "float32")) - expected).mean()
    assert difference < 0.02 * max(1, np.abs(expected).mean())


@pytest.mark.parametrize("name", COLORIZERS)
def test_generators_of_systems_take_float16_too(name):
    case = CASES[f"colorizer {name}"]
    check_half_precision(case, build(case), "mixed_float16")


def test_layer_names_follow_table_1():
    names = [layer.name for layer in build_generator(GeneratorConfig(filters=4)).layers[1:]]
    blocks = [f"ResnetBlock_{i}" for i in range(1, 10)]
    assert names == [
        "Conv2d_1", "Norm_1", "ReLU_1", "Conv2d_2", "Norm_2", "ReLU_2", "Conv2d_3", "Norm_3",
        "ReLU_3", *blocks, "ConvTranspose2d_1", "Norm_4", "ReLU_4", "ConvTranspose2d_2", "Norm_5",
        "ReLU_5", "Conv2d_4", "Tanh",
    ]  # fmt: skip


def test_weights_start_with_the_papers_deviation():
    generator = build_generator(GeneratorConfig(filters=32))
    kernel = generator.get_layer("ConvTranspose2d_1").kernel.numpy()
    assert kernel.std() == pytest.approx(0.02, rel=0.02)
    assert kernel.mean() == pytest.approx(0, abs=2e-4)


def test_skip_connections_reach_the_output():
    """The joined 1×1 convolution carries the encoder's features past a silenced bottleneck."""
    generator = build_generator(dataclasses.replace(MODIFICATIONS["13"].generator, filters=4))
    generator.get_layer("ConvTranspose2d_1").kernel.assign(
        np.zeros_like(generator.get_layer("ConvTranspose2d_1").kernel)
    )
    x = image((1, 32, 32, 3))
    assert not np.allclose(generator(x), generator(-x))
