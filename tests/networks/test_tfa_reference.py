"""Our normalization layers against tensorflow-addons 0.23 on TensorFlow 2.15.

The arrays come from tools/tfa_reference.py, which describes them.
"""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from negcolor.networks.layers import InstanceNormalization, SpectralConv2D

# Of the largest value of an array. Sums of some hundred float32 terms differ by about 1e-6 between
# two orders of addition.
TOLERANCE = 1e-5

REFERENCE: dict[str, dict[str, dict[str, np.ndarray]]] = {}
with np.load(Path(__file__).with_name("tfa_reference.npz")) as archive:
    for key, array in archive.items():
        kind, case, name = key.split("/")
        REFERENCE.setdefault(kind, {}).setdefault(case, {})[name] = array

INSTANCE, SPECTRAL = REFERENCE["instance_normalization"], REFERENCE["spectral_normalization"]
each_instance_case = pytest.mark.parametrize("reference", INSTANCE.values(), ids=INSTANCE)
each_spectral_case = pytest.mark.parametrize("reference", SPECTRAL.values(), ids=SPECTRAL)


def assert_close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=TOLERANCE * np.abs(expected).max())


def unit(vector):
    return vector / np.linalg.norm(vector)


def build_instance_normalization(reference):
    layer = InstanceNormalization()
    layer.build(reference["inputs"].shape)
    layer.gamma.assign(reference["gamma"])
    layer.beta.assign(reference["beta"])
    return layer


def build_spectral_convolution(reference):
    kernel = reference["kernel"]
    layer = SpectralConv2D(
        kernel.shape[-1], kernel.shape[:2], strides=int(reference["strides"]), padding="valid"
    )
    layer.build(reference["inputs"].shape)
    layer.kernel.assign(kernel)
    layer.bias.assign(reference["bias"])
    layer.u.assign(reference["initial_u"])
    return layer


@each_instance_case
def test_instance_normalization(reference):
    layer = build_instance_normalization(reference)
    inputs = tf.constant(reference["inputs"])
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = layer(inputs)
        scalar = tf.reduce_sum(reference["upstream"] * outputs)
    gradients = tape.gradient(scalar, [inputs, layer.gamma.value, layer.beta.value])

    assert_close(outputs, reference["outputs"])
    for gradient, name in zip(gradients, ("inputs", "gamma", "beta"), strict=True):
        assert_close(gradient, reference[f"{name}_gradient"])


@each_instance_case
def test_instance_normalization_in_a_graph_that_knows_only_the_channels(reference):
    layer = build_instance_normalization(reference)
    channels = reference["inputs"].shape[-1]
    graph = tf.function(layer, input_signature=[tf.TensorSpec((None, None, None, channels))])
    assert_close(graph(reference["inputs"]), reference["outputs"])


@each_spectral_case
def test_spectral_convolution_over_successive_training_calls(reference):
    layer = build_spectral_convolution(reference)
    for u, outputs in zip(reference["u"], reference["outputs"], strict=True):
        assert_close(layer(reference["inputs"], training=True), outputs)
        assert_close(layer.u, u)
    np.testing.assert_array_equal(layer.kernel, reference["kernel"])


@each_spectral_case
def test_spectral_convolution_at_inference(reference):
    """Only for a settled u: before, tensorflow-addons keeps the sigma of the last training call."""
    layer = build_spectral_convolution(reference)
    layer.u.assign(reference["settled_u"])
    assert_close(layer(reference["inputs"], training=False), reference["settled_outputs"])
    np.testing.assert_array_equal(layer.u, reference["settled_u"])


@each_spectral_case
def test_gradients_of_spectral_convolution(reference):
    layer = build_spectral_convolution(reference)
    inputs = tf.constant(reference["inputs"])
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        scalar = tf.reduce_sum(reference["upstream"] * layer(inputs, training=True))
    inputs_gradient, bias_gradient, kernel_gradient = tape.gradient(
        scalar, [inputs, layer.bias.value, layer.kernel.value]
    )
    assert_close(inputs_gradient, reference["inputs_gradient"])
    assert_close(bias_gradient, reference["bias_gradient"])

    # The reference ends at the normalized kernel. From there to the kernel, with u and v constant:
    # dL/dW = (G - <G, W/sigma> v u^T) / sigma, Miyato et al. 2018, gradient analysis.
    kernel = reference["kernel"].astype(np.float64)
    gradient = reference["normalized_kernel_gradient"].astype(np.float64)
    matrix = kernel.reshape(-1, kernel.shape[-1])
    u, v = reference["u"][0], unit(matrix @ reference["initial_u"])
    sigma = v @ matrix @ u
    slope_of_sigma = np.outer(v, u).reshape(kernel.shape)
    expected = (gradient - np.sum(gradient * kernel / sigma) * slope_of_sigma) / sigma
    assert_close(kernel_gradient, expected)
