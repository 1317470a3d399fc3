"""Classical inversion against closed forms and on simulated negatives."""

import numpy as np
import pytest
from skimage import data
from skimage.metrics import peak_signal_noise_ratio

from negcolor.converters.classical import density_stretch, plain_inversion
from negcolor.film.simulation import simulate


def test_plain_inversion_is_255_minus_x():
    levels = np.arange(256).reshape(16, 16, 1).repeat(3, 2)
    inverted = plain_inversion(levels / 255)
    assert inverted.dtype == np.float32
    np.testing.assert_allclose(inverted * 255, 255 - levels, atol=1e-4)


def test_density_stretch_of_a_density_ramp_is_exact():
    # Linear transmittance 10^-D, D over 0.1 … 1.5, 201 steps: the percentiles fall on steps 1
    # and 199, and scene light over two decades is proportional to 10^(2 x).
    density = np.linspace(0.1, 1.5, 201)
    scanned = encode_srgb(10.0**-density)[np.newaxis, :, np.newaxis].repeat(3, 2)
    x = np.clip((np.arange(201) - 1) / 198, 0, 1)
    light = (10 ** (2 * (x - 1)) - 0.01) / 0.99
    expected = encode_srgb(light)[np.newaxis, :, np.newaxis].repeat(3, 2)
    positive = density_stretch(scanned)
    assert positive.dtype == np.float32
    np.testing.assert_allclose(positive, expected, atol=1e-4)


def encode_srgb(x):
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("photo", [data.astronaut, data.coffee, data.chelsea])
@pytest.mark.parametrize("stock", ["kodak_portra_400", "kodak_vision3_500t"])
def test_density_stretch_is_far_better_than_plain_inversion(photo, stock):
    truth = photo()[::4, ::4]
    negative = simulate(truth, stock)
    stretched, plain = (
        peak_signal_noise_ratio(truth / 255, invert(negative).astype(float), data_range=1)
        for invert in (density_stretch, plain_inversion)
    )
    assert stretched > 17
    assert stretched > plain + 6


@pytest.mark.parametrize("value", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("shape", [(1, 1, 3), (5, 7, 3)])
def test_an_image_without_contrast_becomes_black(value, shape):
    positive = density_stretch(np.full(shape, value))
    np.testing.assert_array_equal(positive, np.zeros(shape))


def test_a_channel_without_contrast_leaves_the_others():
    scanned = np.random.default_rng(0).uniform(0.1, 0.9, (8, 8, 3))
    flat = scanned.copy()
    flat[..., 1] = 0.5
    positive = density_stretch(flat)
    np.testing.assert_array_equal(positive[..., 1], 0)
    np.testing.assert_array_equal(positive[..., [0, 2]], density_stretch(scanned)[..., [0, 2]])
