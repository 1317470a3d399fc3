"""Layers against NumPy, closed forms and the operations they replace."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from negcolor.networks.layers import (
    EPSILON,
    InstanceNormalization,
    ReflectionConv2D,
    ReflectionPadding2D,
    ResidualBlock,
    SpectralConv2D,
)


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def gradients(function, x, upstream):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x, output_gradients=tf.constant(upstream)).numpy()


@settings(max_examples=30, deadline=None)
@given(
    batch=st.integers(1, 3),
    height=st.integers(4, 13),
    width=st.integers(4, 13),
    padding=st.integers(0, 3),
)
def test_reflection_padding_is_numpys(batch, height, width, padding):
    x = random(batch, height, width, 2)
    p = [(0, 0), (padding, padding), (padding, padding), (0, 0)]
    np.testing.assert_array_equal(ReflectionPadding2D(padding)(x), np.pad(x, p, mode="reflect"))


@pytest.mark.parametrize(("padding", "side"), [(1, 4), (1, 7), (2, 6), (3, 8), (3, 11)])
def test_reflection_padding_has_the_gradient_of_the_pad_operation(padding, side):
    x = random(2, side, side + 1, 3)
    upstream = random(2, side + 2 * padding, side + 1 + 2 * padding, 3, seed=1)
    p = [[0, 0], [padding, padding], [padding, padding], [0, 0]]
    expected = gradients(lambda x: tf.pad(x, p, mode="REFLECT"), x, upstream)
    actual = gradients(ReflectionPadding2D(padding), x, upstream)
    np.testing.assert_allclose(actual, expected, atol=1e-6)


def test_reflection_padding_in_a_graph_of_unknown_size_and_under_xla():
    x = random(1, 6, 9, 2)
    expected = np.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)], mode="reflect")
    layer = ReflectionPadding2D(1)
    signature = [tf.TensorSpec((None, None, None, 2))]
    np.testing.assert_array_equal(tf.function(layer, input_signature=signature)(x), expected)
    np.testing.assert_array_equal(tf.function(layer, jit_compile=True)(x), expected)


def test_instance_normalization_equals_keras_group_normalization():
    x = random(3, 9, 7, 5) * 4 + 2
    expected = keras.layers.GroupNormalization(groups=-1, epsilon=EPSILON)(x)
    np.testing.assert_allclose(InstanceNormalization()(x), expected, atol=2e-6)


def test_instance_normalization_keeps_images_of_a_batch_apart():
    x = random(2, 8, 8, 3)
    together = InstanceNormalization()(x)
    apart = [InstanceNormalization()(x[i : i + 1])[0] for i in range(2)]
    np.testing.assert_allclose(together, apart, atol=1e-6)


def test_instance_normalization_of_bfloat16_has_float32_statistics():
    x = random(1, 64, 64, 4) + 30  # a mean that bfloat16 sums could not hold
    y = InstanceNormalization(dtype="mixed_bfloat16")(x)
    assert y.dtype == tf.bfloat16
    rounded = tf.cast(tf.cast(x, tf.bfloat16), tf.float32)
    expected = keras.layers.GroupNormalization(groups=-1, epsilon=EPSILON)(rounded)
    np.testing.assert_allclose(tf.cast(y, tf.float32), expected, atol=0.03)


def test_instance_normalization_of_one_pixel_is_beta():
    layer = InstanceNormalization()
    layer.build((None, None, None, 2))
    layer.beta.assign([0.5, -1.0])
    np.testing.assert_allclose(layer(random(1, 1, 1, 2))[0, 0, 0], [0.5, -1.0])


@pytest.mark.parametrize(("kernel", "strides"), [(3, 1), (3, 2), (4, 2), (7, 1)])
def test_reflection_convolution_is_a_valid_convolution_of_the_padded_image(kernel, strides):
    x = random(1, 8, 12, 3)
    layer = ReflectionConv2D(5, kernel, strides=strides)
    p = (kernel - 1) // 2
    padded = np.pad(x, [(0, 0), (p, p), (p, p), (0, 0)], mode="reflect")
    y = layer(x)
    expected = tf.nn.conv2d(padded, layer.kernel, strides, "VALID") + layer.bias
    assert y.shape == (1, 8 // strides, 12 // strides, 5)
    assert layer.compute_output_shape(x.shape) == y.shape
    np.testing.assert_allclose(y, expected, atol=1e-6)


def test_the_spectral_norm_is_the_largest_singular_value():
    layer = SpectralConv2D(6, 3, padding="valid", use_bias=False)
    x = random(1, 3, 3, 4)
    for _ in range(200):  # steps of the power iteration
        y = layer(x, training=True)
    matrix = layer.kernel.numpy().reshape(-1, 6)
    sigma = np.linalg.svd(matrix, compute_uv=False)[0]
    np.testing.assert_allclose(y[0, 0, 0], x.reshape(-1) @ matrix / sigma, rtol=1e-4, atol=1e-6)


def test_a_spectral_layer_that_does_not_train_keeps_its_state():
    layer = SpectralConv2D(6, 3)
    layer.build((None, 8, 8, 4))
    before = layer.u.numpy()
    layer(random(1, 8, 8, 4), training=False)
    np.testing.assert_array_equal(layer.u, before)
    layer(random(1, 8, 8, 4), training=True)
    assert not np.array_equal(layer.u, before)


def test_a_pre_activation_block_starts_as_the_identity():
    x = random(1, 8, 8, 4)
    np.testing.assert_array_equal(ResidualBlock(4, order="pre")(x), x)
    assert not np.allclose(ResidualBlock(4, order="post")(x), x)


@pytest.mark.parametrize("order", ["post", "pre"])
def test_a_block_of_256_channels_has_the_papers_parameters(order):
    block = ResidualBlock(256, order=order)
    block.build((None, None, None, 256))
    assert block.count_params() == 1_180_672


def test_a_block_drops_activations_in_training_only():
    block, x = ResidualBlock(4, dropout=0.5), random(1, 8, 8, 4)
    assert not np.allclose(block(x, training=True), block(x, training=True))
    np.testing.assert_array_equal(block(x, training=False), block(x, training=False))


@pytest.mark.parametrize("options", [{"order": "sideways"}, {"norm": "?"}, {"nonlinearity": "?"}])
def test_unknown_kinds_are_refused(options):
    with pytest.raises(ValueError, match="choose"):
        ResidualBlock(4, **options)
