"""The generators of the systems: what their papers say of them, and sizes that do not fit."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from negcolor.errors import NegcolorError
from negcolor.experiments.networks import (
    ArchaeologyCnn,
    ArchaeologyGenerator,
    Koalarization,
    ResNetUNet,
    UNet,
)
from negcolor.networks.factory import build_colorizer

pytestmark = pytest.mark.usefixtures("tiny_backbones")

SIZE = 32
LOGITS = 5  # of the tiny inception

UNET_WITH_ATTENTION = UNet(filters=4, attention=True)
RESNET = ResNetUNet(filters=4)
INCEPTION = Koalarization(filters=8)


def lightness(size=SIZE, channels=1, batch=2):
    values = np.random.default_rng(0).uniform(-1, 1, (batch, size, size, channels))
    return values.astype("float32")


def count(weights):
    return sum(math.prod(weight.shape) for weight in weights)


@pytest.mark.slow
@pytest.mark.parametrize("config", [UNET_WITH_ATTENTION, RESNET])
def test_xla_takes_the_gradients_of_half_precision(config):
    generator = build_colorizer(config, SIZE, dtype="mixed_bfloat16")

    @tf.function(jit_compile=True)
    def gradients(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(generator(x, training=True)))
        return tape.gradient(loss, generator.trainable_weights)

    found = gradients(lightness())
    assert all(np.isfinite(gradient).all() for gradient in found)
    assert np.abs(found[0]).max() > 0  # of the very first convolution


def test_unets_take_and_give_any_channels():
    back = build_colorizer(UNet(filters=4), SIZE, inputs=3, outputs=1)
    assert back(lightness(channels=3)).shape == (2, SIZE, SIZE, 1)
    with pytest.raises(ValueError, match="ArchaeologyCnn is for one channel to two"):
        build_colorizer(ArchaeologyCnn(), SIZE, inputs=3, outputs=1)


@pytest.mark.parametrize(
    ("config", "size", "step"),
    [
        (UNet(), 100, 32),
        (UNet(), 0, 32),
        (ResNetUNet(), 48, 32),
        (Koalarization(), 48, 32),
        (Koalarization(segmentation=False), 50, 8),
        (ArchaeologyGenerator(), 120, 16),
        (ArchaeologyCnn(), 31, 2),
    ],
)
def test_sizes_that_do_not_fit_are_refused(config, size, step):
    with pytest.raises(NegcolorError, match=rf"--image-size {size} .* multiple of {step}\."):
        build_colorizer(config, size)


# U-Net


def test_the_unet_has_the_parameters_of_pix2pix():
    """As PyTorch builds it: no biases but the last one."""
    wide = [64, 128, 256, 512, 512, 512, 512, 512]
    down = 16 * sum(a * b for a, b in zip([3, *wide], wide, strict=False))
    up = 16 * (512 * 512 + sum(2 * a * b for a, b in zip(wide[1:7], wide[:6], strict=True)))
    norms = 2 * (sum(wide[1:7]) + sum(wide[:7]))
    expected = down + up + 16 * 2 * 64 * 3 + 3 + norms
    unet = build_colorizer(UNet(), 256, inputs=3, outputs=3)
    assert count(unet.trainable_weights) == expected == 54_413_955


def test_the_unet_starts_with_the_papers_deviation():
    kernel = build_colorizer(UNet(filters=32), SIZE).get_layer("Up_3").kernel.numpy()
    assert kernel.std() == pytest.approx(0.02, rel=0.02)
    assert kernel.mean() == pytest.approx(0, abs=2e-4)


@pytest.mark.parametrize(
    ("size", "depth", "innermost", "dropouts"),
    [(256, 8, 1, [7, 6, 5]), (64, 6, 1, [5, 4, 3]), (96, 5, 3, [4, 3, 2]), (32, 5, 1, [4, 3, 2])],
)
def test_small_images_are_halved_less_often(size, depth, innermost, dropouts):
    unet = build_colorizer(UNet(filters=2), size)
    names = [layer.name for layer in unet.layers]
    assert sum(name.startswith("Down_") for name in names) == depth
    assert unet.get_layer(f"Down_{depth}").output.shape[1:3] == (innermost, innermost)
    assert [name for name in names if "Dropout" in name] == [f"Dropout_{n}" for n in dropouts]
    norms = {name for name in names if name.startswith("Norm_down")}
    assert norms == {f"Norm_down_{level}" for level in range(2, depth)}


def test_same_borders_are_one_zero_each_for_kernels_of_four():
    unet = build_colorizer(UNet(filters=4), SIZE)
    down, up = unet.get_layer("Down_1"), unet.get_layer("Up_1")
    padded = np.pad(lightness(), ((0, 0), (1, 1), (1, 1), (0, 0)))
    expected = keras.ops.conv(padded, down.kernel, strides=2, padding="valid")
    np.testing.assert_allclose(down(lightness()), expected, atol=1e-6)
    x = lightness(16, channels=8)
    whole = keras.ops.conv_transpose(x, up.kernel, strides=2, padding="valid")
    np.testing.assert_allclose(up(x), whole[:, 1:-1, 1:-1] + up.bias, atol=1e-6)


def test_attention_gates_weigh_the_skips():
    unet = build_colorizer(UNET_WITH_ATTENTION, SIZE)
    gates = [layer.name for layer in unet.layers if layer.name.endswith("_product")]
    assert gates == [f"Gate_{level}_product" for level in range(5, 1, -1)]
    skipped, product = unet.get_layer("Gate_3_product").input[0], unet.get_layer(gates[2]).output
    both = keras.Model(unet.input, [skipped, product])
    before, after = (np.asarray(x) for x in both(lightness()))
    assert (np.abs(after) <= np.abs(before)).all()
    unet.get_layer("Gate_3_weights").bias.assign([-100.0])
    assert np.abs(both(lightness())[1]).max() < 1e-6


# ResNet18 U-Net


def test_pixel_shuffles_start_without_a_checkerboard():
    unet = build_colorizer(RESNET, SIZE)
    shuffled = keras.Model(unet.input, unet.get_layer("Up_0_shuffle").output)
    x = np.asarray(shuffled(lightness())).reshape(2, 16, 2, 16, 2, -1)
    np.testing.assert_array_equal(x, np.broadcast_to(x[:, :, :1, :, :1], x.shape))
    assert x.std() > 0


def test_the_resnet_sees_imagenets_mean_and_deviation():
    unet = build_colorizer(RESNET, SIZE)
    seen = keras.Model(unet.input, unet.get_layer("ImageNet").output)
    black = (0 - np.array([0.485, 0.456, 0.406])) / [0.229, 0.224, 0.225]
    white = (1 - np.array([0.485, 0.456, 0.406])) / [0.229, 0.224, 0.225]
    for value, expected in ((-1, black), (1, white)):
        y = seen(np.full((1, SIZE, SIZE, 1), value, "float32"))
        np.testing.assert_allclose(y[0, 5, 7], expected, rtol=1e-5)


# Koalarization


def test_pretrained_networks_stay_as_they_are():
    generator = build_colorizer(INCEPTION, SIZE)
    frozen = [generator.get_layer(name) for name in ("DeepLabV3", "InceptionResNetV2")]
    assert not any(layer.trainable_weights for layer in frozen)
    before = [layer.get_weights() for layer in frozen]
    names = {weight.path for weight in generator.trainable_weights}
    assert {name.split("/")[0] for name in names} == {
        *(f"Encoder_{n}" for n in range(9)), "Fusion", *(f"Decoder_{n}" for n in range(1, 6)),
    }  # fmt: skip
    generator(lightness(), training=True)  # would move the batch norms' statistics
    for layer, weights in zip(frozen, before, strict=True):
        for now, then in zip(layer.get_weights(), weights, strict=True):
            np.testing.assert_array_equal(now, then)


def test_a_loaded_generator_is_frozen_where_it_was(tmp_path):
    generator = build_colorizer(INCEPTION, SIZE)
    generator.save(tmp_path / "g.keras")
    copy = keras.saving.load_model(tmp_path / "g.keras")
    assert [w.path for w in copy.trainable_weights] == [w.path for w in generator.trainable_weights]


@pytest.mark.parametrize(("value", "byte"), [(-1, 0), (0, 127.5), (1, 255)])
def test_pretrained_networks_see_the_range_they_know(value, byte):
    generator = build_colorizer(INCEPTION, SIZE)
    seen = [generator.get_layer(name).output for name in ("Bytes", "Resizing")]
    image = np.full((1, SIZE, SIZE, 1), value, "float32")
    for_deeplab, for_inception = keras.Model(generator.input, seen)(image)
    np.testing.assert_allclose(for_deeplab, np.full((1, SIZE, SIZE, 3), byte))
    np.testing.assert_allclose(for_inception, np.full((1, 299, 299, 3), value))


def test_the_embedding_is_the_same_everywhere():
    generator = build_colorizer(INCEPTION, SIZE)
    fused = keras.Model(generator.input, generator.get_layer("Features_and_embedding").output)
    x = np.asarray(fused(lightness()))
    assert x.shape == (2, SIZE // 8, SIZE // 8, 4 * 8 + LOGITS)
    embedding = x[..., -LOGITS:]
    assert (embedding == embedding[:, :1, :1]).all()
    assert not np.allclose(embedding[0], embedding[1])


def test_the_encoder_follows_table_1_and_table_4():
    expected = [
        (128, 64), (128, 128), (64, 128), (64, 256), (32, 256), (32, 512), (32, 512), (32, 256),
    ]  # fmt: skip
    for config in (Koalarization(), Koalarization(segmentation=False)):
        generator = build_colorizer(config, 256)
        outputs = [generator.get_layer(f"Encoder_{n}").output.shape for n in range(1, 9)]
        assert [shape[2:] for shape in outputs] == expected
        assert ("Encoder_0" in {layer.name for layer in generator.layers}) == config.segmentation
        assert generator.get_layer("Fusion").output.shape[1:] == (32, 32, 256)
