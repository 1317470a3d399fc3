"""Every generator and discriminator of the table: shapes, ranges, precision, saving."""

import dataclasses

import keras
import numpy as np
import pytest

from negcolor.experiments.modifications import MODIFICATIONS, GeneratorConfig, modification
from negcolor.networks.discriminator import build_discriminator
from negcolor.networks.generator import build_generator

EACH = pytest.mark.parametrize("key", MODIFICATIONS)


def small_generator(key, dtype="float32"):
    config = dataclasses.replace(modification(key).generator, filters=4)
    return build_generator(config, dtype=dtype)


def small_discriminator(key, dtype="float32"):
    config = dataclasses.replace(modification(key).discriminator, filters=4)
    return build_discriminator(config, dtype=dtype)


def image(height, width, batch=1):
    values = np.random.default_rng(0).uniform(-1, 1, (batch, height, width, 3))
    return values.astype("float32")


@EACH
def test_a_generator_keeps_size_and_range_and_can_be_saved(key, tmp_path):
    generator = small_generator(key)
    for height, width in ((32, 32), (8, 20)):
        y = np.asarray(generator(image(height, width, batch=2)))
        assert y.shape == (2, height, width, 3)
        assert np.abs(y).max() <= 1
    generator.save(tmp_path / "g.keras")
    copy = keras.saving.load_model(tmp_path / "g.keras")
    np.testing.assert_array_equal(copy(image(32, 32)), generator(image(32, 32)))


@EACH
def test_a_discriminator_gives_a_logit_per_patch_and_can_be_saved(key, tmp_path):
    discriminator = small_discriminator(key)
    strides = np.prod([s for _, s in modification(key).discriminator.convolutions])
    y = discriminator(image(64, 96))
    assert y.shape == (1, 64 // strides, 96 // strides, 1)
    discriminator.save(tmp_path / "d.keras")
    copy = keras.saving.load_model(tmp_path / "d.keras")
    np.testing.assert_array_equal(copy(image(64, 96)), y)


@EACH
def test_bfloat16_keeps_weights_and_output_in_float32(key):
    generator = small_generator(key, "mixed_bfloat16")
    discriminator = small_discriminator(key, "mixed_bfloat16")
    y = generator(image(32, 32))
    assert keras.backend.standardize_dtype(y.dtype) == "float32"
    weights = generator.trainable_variables + discriminator.trainable_variables
    assert {w.dtype for w in weights} == {"float32"}
    same = small_generator(key)
    same.set_weights(generator.get_weights())
    assert np.abs(np.asarray(y) - np.asarray(same(image(32, 32)))).mean() < 0.05


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
    generator = small_generator("13")
    generator.get_layer("ConvTranspose2d_1").kernel.assign(
        np.zeros_like(generator.get_layer("ConvTranspose2d_1").kernel)
    )
    assert not np.allclose(generator(image(32, 32)), generator(-image(32, 32)))
