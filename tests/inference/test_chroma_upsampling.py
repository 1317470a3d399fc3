"""Maps from lightness to colors: closed forms, and colors at edges of a large image."""

import numpy as np
from scipy.ndimage import uniform_filter

from negcolor.images.resize import Enlarged, resized
from negcolor.inference.chroma_upsampling import RADIUS, RIDGE, color_maps
from negcolor.inference.guided import EnlargedMaps


def noise(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype("float32")


def maps_of(lightness, colors):
    """(h, w) and (h, w, 2) -> (h, w, 2, 2), NumPy arrays."""
    return np.asarray(color_maps(lightness[None, ..., None], colors[None]))[0]


def test_the_small_image_has_the_colors_of_the_network():
    lightness, colors = noise(9, 12), noise(9, 12, 2, seed=1)
    found = EnlargedMaps(maps_of(lightness, colors), (9, 12)).apply(lightness[..., None], 0)
    np.testing.assert_allclose(found, colors, atol=1e-5)


def test_slopes_are_the_ridge_regression_of_the_windows():
    lightness, colors = noise(20, 20), noise(20, 20, 2, seed=1)

    def mean(x):
        return uniform_filter(x.astype("float64"), 2 * RADIUS + 1)

    maps = maps_of(lightness, colors)
    inside = slice(2 * RADIUS, -2 * RADIUS)  # at the border, windows are smaller
    for channel in range(2):
        one = colors[..., channel]
        covariance = mean(lightness * one) - mean(lightness) * mean(one)
        variance = mean(lightness**2) - mean(lightness) ** 2
        slopes = mean(covariance / (variance + RIDGE))
        np.testing.assert_allclose(
            maps[inside, inside, channel, 0], slopes[inside, inside], atol=1e-4
        )


def test_images_of_a_batch_do_not_see_each_other():
    lightness, colors = noise(2, 8, 8, 1), noise(2, 8, 8, 2, seed=1)
    together = np.asarray(color_maps(lightness, colors))
    for number in range(2):
        alone = maps_of(lightness[number, ..., 0], colors[number])
        np.testing.assert_allclose(together[number], alone, atol=1e-6)


def test_where_the_lightness_is_even_colors_are_enlarged_bilinearly():
    colors = noise(8, 8, 2)
    maps = maps_of(np.full((8, 8), 0.3, "float32"), colors)
    found = EnlargedMaps(maps, (32, 24)).apply(np.full((32, 24, 1), 0.3, "float32"), 0)
    for channel in range(2):
        enlarged = Enlarged(colors[..., channel], (32, 24)).rows(0, 32)
        np.testing.assert_allclose(found[..., channel], enlarged, atol=1e-5)


def test_colors_follow_edges_of_the_large_image_which_enlarging_does_not():
    """A slanted edge between two greys with a color each, seen at 16×16, shown at 160×240."""
    y, x = np.mgrid[:160, :240]
    left = x < 90 + y / 3
    lightness = np.where(left, -0.5, 0.4).astype("float32")
    colors = np.where(left[..., None], [0.5, -0.2], [-0.3, 0.6]).astype("float32")
    small = [resized(plane, (16, 16)) for plane in (lightness, *np.moveaxis(colors, -1, 0))]
    maps = maps_of(small[0], np.stack(small[1:], axis=-1))
    found = EnlargedMaps(maps, (160, 240)).apply(lightness[..., None], 0)
    enlarged = np.stack([Enlarged(plane, (160, 240)).rows(0, 160) for plane in small[1:]], -1)
    error, plain = np.abs(found - colors).mean(), np.abs(enlarged - colors).mean()
    assert error < plain / 3
