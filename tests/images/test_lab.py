"""CIELAB against scikit-image, closed forms, and NumPy against TensorFlow."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import lab2rgb, rgb2lab, rgb2xyz

from negcolor.images import lab
from negcolor.images.color import linear_to_srgb, srgb_to_linear

CUBE = np.stack(np.meshgrid(*[np.linspace(0, 1, 18)] * 3), axis=-1)
DARK = 0.02 * CUBE  # where the root is replaced by a line
ANY_LAB = np.random.default_rng(1).uniform((0, -110, -110), (100, 110, 110), (4000, 3))


@pytest.mark.parametrize("rgb", [CUBE, DARK])
def test_lab_agrees_with_scikit_image_both_ways(rgb):
    np.testing.assert_allclose(lab.srgb_to_lab(rgb), rgb2lab(rgb), atol=1e-3)
    np.testing.assert_allclose(lab.lab_to_srgb(rgb2lab(rgb)), lab2rgb(rgb2lab(rgb)), atol=1e-3)
    np.testing.assert_allclose(lab.lab_to_srgb(lab.srgb_to_lab(rgb)), rgb, atol=1e-6)


def test_tensors_give_what_arrays_give_eager_and_in_graphs():
    rgb = CUBE.astype("float32")
    np.testing.assert_allclose(lab.srgb_to_lab(rgb), rgb2lab(rgb), atol=1e-3)
    for convert in (lab.srgb_to_lab, tf.function(lab.srgb_to_lab)):
        found = convert(tf.constant(rgb))
        assert found.dtype == tf.float32
        np.testing.assert_allclose(found, lab.srgb_to_lab(rgb), atol=1e-3)
    linear = lab.lab_to_linear(ANY_LAB.astype("float32"))
    clipped, outside = lab.clip_to_gamut(linear)
    for clip in (lab.clip_to_gamut, tf.function(lab.clip_to_gamut)):
        found = clip(tf.constant(linear))
        np.testing.assert_allclose(found[0], clipped, atol=1e-5)
        assert np.mean(np.array(found[1]) != outside) < 1e-3  # at the border of the gamut


def test_gradients_are_finite_everywhere():
    for values in (CUBE, DARK, np.zeros((1, 3)), np.ones((1, 3)), np.full((1, 3), 0.5)):
        rgb = tf.constant(values, tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(rgb)
            total = tf.reduce_sum(lab.lab_to_srgb(lab.srgb_to_lab(rgb)))
        assert np.all(np.isfinite(tape.gradient(total, rgb)))


def test_the_networks_scale():
    rgb = CUBE.reshape(-1, 3)
    x = lab.normalize_lab(lab.srgb_to_lab(rgb))
    assert np.abs(x).max() <= 1  # all of sRGB fits
    np.testing.assert_allclose(x[:, 0], rgb2lab(rgb)[:, 0] / 50 - 1, atol=1e-4)
    np.testing.assert_allclose(x[:, 1:], rgb2lab(rgb)[:, 1:] / 110, atol=1e-4)
    np.testing.assert_allclose(lab.denormalize_lab(x), lab.srgb_to_lab(rgb), atol=1e-9)
    tensor = lab.normalize_lab(lab.srgb_to_lab(tf.constant(rgb, tf.float32)))
    np.testing.assert_allclose(tensor, x, atol=1e-4)
    np.testing.assert_allclose(lab.denormalize_lab(tensor), lab.srgb_to_lab(rgb), atol=1e-2)


def test_colors_outside_srgb_keep_their_lightness_and_are_counted():
    linear = lab.lab_to_linear(ANY_LAB)
    clipped, outside = lab.clip_to_gamut(linear)
    assert np.array_equal(outside, np.any((linear < -1e-4) | (linear > 1 + 1e-4), axis=-1))
    assert 0.1 < outside.mean() < 0.95
    assert clipped.min() >= 0
    assert clipped.max() <= 1
    inside = np.all((linear >= 0) & (linear <= 1), axis=-1)
    np.testing.assert_allclose(clipped[inside], linear[inside], atol=1e-12)
    found = rgb2lab(linear_to_srgb(clipped))
    np.testing.assert_allclose(found[:, 0], ANY_LAB[:, 0], atol=1e-3)
    # Not more is taken away than needed: a channel stands at the border.
    at_border = np.minimum(clipped, 1 - clipped)[outside].min(axis=-1)
    np.testing.assert_allclose(at_border, 0, atol=1e-9)
    # Nothing wraps: the color lies between the grey of its luminance and what was asked for.
    grey = rgb2xyz(linear_to_srgb(clipped))[..., 1:2]
    away, asked = (clipped - grey)[outside], (linear - grey)[outside]
    assert np.all(np.sum(away * asked, axis=-1) >= -1e-6)


def test_grey_stays_grey_and_black_and_white_stay():
    light = np.linspace(0, 100, 201)
    image, outside = lab.lab_to_image(np.stack([light, 0 * light, 0 * light], axis=-1))
    assert not outside.any()
    assert np.ptp(image, axis=-1).max() < 1e-4
    np.testing.assert_allclose(image[[0, -1]], [[0] * 3, [1] * 3], atol=1e-4)


@given(st.lists(st.floats(-300, 300), min_size=3, max_size=3))
def test_whatever_a_network_says_becomes_a_color(values):
    image, _ = lab.lab_to_image(np.clip(np.array([values]), [0, -300, -300], [100, 300, 300]))
    assert np.all((image >= 0) & (image <= 1))
    expected = np.clip(values[0], 0, 100)
    assert rgb2lab(image)[0, 0] == pytest.approx(expected, abs=2e-3)


def test_linear_light_is_that_of_the_image():
    np.testing.assert_allclose(
        lab.lab_to_linear(lab.srgb_to_lab(CUBE)), srgb_to_linear(CUBE), atol=1e-9
    )
