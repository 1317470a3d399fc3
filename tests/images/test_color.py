"""Color conventions against scikit-image, closed forms, and NumPy against TensorFlow."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from skimage.color import rgb2xyz

from negcolor.images import color

RAMP = np.linspace(0, 1, 1021)
FUNCTIONS = (
    color.srgb_to_linear,
    color.linear_to_srgb,
    color.luminance,
    color.to_unit,
    color.to_network,
    color.from_network,
)


def grey(values: np.ndarray) -> np.ndarray:
    return np.repeat(values[:, None], 3, axis=1)


def test_srgb_decoding_agrees_with_scikit_image():
    # Of a grey, Y of CIE XYZ is the decoded value itself.
    np.testing.assert_allclose(color.srgb_to_linear(RAMP), rgb2xyz(grey(RAMP))[:, 1], atol=1e-6)


@pytest.mark.parametrize(
    ("encoded", "linear"), [(0.0, 0.0), (0.02, 0.02 / 12.92), (0.5, 0.2140411), (1.0, 1.0)]
)
def test_srgb_known_values(encoded, linear):
    assert color.srgb_to_linear(np.float64(encoded)) == pytest.approx(linear, abs=1e-7)
    assert color.linear_to_srgb(np.float64(linear)) == pytest.approx(encoded, abs=1e-7)


def test_srgb_round_trip_keeps_every_16_bit_value():
    pixels = np.arange(65536, dtype=np.uint16)
    linear = color.srgb_to_linear(color.to_unit(pixels).astype(np.float64))
    np.testing.assert_array_equal(color.from_unit(color.linear_to_srgb(linear), "uint16"), pixels)


def test_srgb_is_continuous_at_both_thresholds_and_finite_outside():
    for function, threshold in ((color.srgb_to_linear, 0.04045), (color.linear_to_srgb, 0.0031308)):
        below, above = function(np.array([threshold, np.nextafter(threshold, 1)]))
        assert above == pytest.approx(below, abs=1e-6)
        outside = function(np.array([-0.1, 1.5]))
        assert outside[0] < 0
        assert outside[1] > 1


def test_luminance_agrees_with_scikit_image():
    rgb = np.random.default_rng(0).random((5, 7, 3))
    ours = color.luminance(color.srgb_to_linear(rgb))
    assert ours.shape == (5, 7)
    np.testing.assert_allclose(ours, rgb2xyz(rgb)[..., 1], atol=1e-4)  # rounded matrices
    assert color.luminance(np.ones(3)) == pytest.approx(1)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_every_stored_value_survives_the_unit_scale(dtype):
    pixels = np.arange(np.iinfo(dtype).max + 1, dtype=dtype)
    unit = color.to_unit(pixels)
    assert unit.dtype == np.float32
    assert (unit[0], unit[-1]) == (0, 1)
    np.testing.assert_array_equal(color.from_unit(unit, dtype), pixels)


def test_from_unit_rounds_and_clips():
    values = np.array([-0.5, 0.0, 0.4 / 255, 0.6 / 255, 1.0, 7.0])
    assert color.from_unit(values, np.uint8).tolist() == [0, 0, 0, 1, 255, 255]


def test_to_unit_leaves_floats_as_they_are():
    unit = color.to_unit(np.array([0.25, 0.5]))
    assert unit.dtype == np.float32
    assert unit.tolist() == [0.25, 0.5]


def test_network_scale():
    assert color.to_network(np.array([0.0, 0.5, 1.0])).tolist() == [-1, 0, 1]
    assert color.from_network(np.array([-3.0, -1.0, 0.0, 1.0, 3.0])).tolist() == [0, 0, 0.5, 1, 1]


def test_other_dtypes_are_refused():
    with pytest.raises(TypeError, match="int32"):
        color.to_unit(np.zeros(3, np.int32))
    with pytest.raises(TypeError, match="int32"):
        color.from_unit(np.zeros(3), "int32")


def test_floating_point_pixels_are_clipped_and_cast():
    stored = color.from_unit(np.array([-1.0, 0.25, 2.0]), "float32")
    assert stored.dtype == np.float32
    assert stored.tolist() == [0.0, 0.25, 1.0]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_tensors_give_the_numbers_of_arrays(function):
    x = grey(np.linspace(-0.2, 1.2, 300, dtype=np.float32))
    expected = function(x)
    in_graph = tf.function(function)(tf.constant(x))
    assert expected.dtype == np.float32
    assert in_graph.dtype == tf.float32
    rounding = 1e-6 * max(1, np.abs(expected).max())
    np.testing.assert_allclose(in_graph, expected, atol=rounding)
    np.testing.assert_allclose(function(tf.constant(x)), expected, atol=rounding)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_stored_tensors_give_the_numbers_of_arrays(dtype):
    pixels = np.arange(0, np.iinfo(dtype).max + 1, 17, dtype=dtype)
    unit = color.to_unit(tf.constant(pixels))
    np.testing.assert_allclose(unit, color.to_unit(pixels), atol=1e-7)
    stored = color.from_unit(unit, dtype)
    assert stored.dtype == dtype
    np.testing.assert_array_equal(stored, pixels)


@pytest.mark.parametrize("function", [color.srgb_to_linear, color.linear_to_srgb])
def test_gradients_are_finite_at_black(function):
    x = tf.constant([-0.1, 0.0, 1e-8, 0.5, 1.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    gradient = tape.gradient(y, x).numpy()
    assert np.isfinite(gradient).all()
    assert (gradient > 0).all()


@pytest.mark.slow
def test_arrays_need_no_tensorflow():
    program = (
        "import sys, numpy as np; from negcolor.images import color, io;"
        "unit = color.to_unit(np.zeros((2, 2, 3), np.uint8));"
        "color.from_unit(color.linear_to_srgb(unit), 'uint8');"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
