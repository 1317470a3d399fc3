"""The converters of other programs against values worked out from their formulas."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from skimage import data

from negcolor.converters.classical import CLASSICAL
from negcolor.converters.negadoctor import (
    Parameters,
    Picks,
    automatic_parameters,
    pick_patches,
    print_positive,
)
from negcolor.film.simulation import simulate
from negcolor.film.stocks import STOCKS


def encode(x):
    """IEC 61966-2-1, of a number."""
    x = min(max(x, 0.0), 1.0)
    return 12.92 * x if x <= 0.0031308 else 1.055 * x ** (1 / 2.4) - 0.055


def scan(linear):
    """An image of linear transmittances as it is scanned."""
    return np.vectorize(encode)(linear)


DEFAULTS = Parameters(
    d_min=np.array([1.0, 0.45, 0.25]),
    d_max=2.046,
    offset=-0.05,
    wb_low=np.ones(3),
    wb_high=np.ones(3),
    black=0.0755,
    exposure=0.9245,
)


@pytest.mark.parametrize(
    ("density", "light"),
    [
        # q = -0.05; 10^q = 0.89125; (0.9245 (1.0755 - 0.89125))^4
        (0.0, 0.000842),
        # q = -1 / 2.046 - 0.05 = -0.53876; 10^q = 0.28923; 0.72691^4 = 0.27920
        (1.0, 0.279201),
        # q = -1.51628; 10^q = 0.03046; 0.96614^4 = 0.87128; 0.75 + 0.25 (1 - exp(-0.48514))
        (3.0, 0.846097),
    ],
)
def test_negadoctor_with_its_default_parameters(density, light):
    linear = (DEFAULTS.d_min * 10.0**-density).reshape(1, 1, 3)
    np.testing.assert_allclose(
        print_positive(linear, DEFAULTS), np.full((1, 1, 3), light), atol=2e-6
    )


def test_negadoctors_automatic_parameters_by_hand():
    base = np.array([0.8, 0.4, 0.2])
    picks = Picks(
        base=base,
        brightest=base * 10.0 ** np.array([0.012, 0.024, 0.012]),
        darkest=base / 10.0 ** np.array([1.0, 1.2, 0.8]),
        shadows=base / 10.0 ** np.array([0.06, 0.12, 0.24]),
        highlights=base / 10.0 ** np.array([1.0, 1.1, 0.7]),
    )
    found = automatic_parameters(picks)
    assert found.d_max == pytest.approx(1.2)
    assert found.offset == pytest.approx(-0.024 / 1.2)
    np.testing.assert_allclose(found.wb_low, [1.0, 0.5, 0.25])  # shadows 0.05, 0.1, 0.2
    corrected = np.array([0.02 + 1.0 / 1.2, 0.01 + 1.1 / 1.2, 0.005 + 0.7 / 1.2])
    np.testing.assert_allclose(found.wb_high, corrected.max() / corrected)

    def q(density, channel):
        wb_high, wb_low = found.wb_high[channel], found.wb_low[channel]
        return wb_high / 1.2 * -density + wb_high * -0.02 * wb_low

    black = max(0.1 - (1 - 10 ** q(d, c)) for c, d in enumerate([-0.012, -0.024, -0.012]))
    assert found.black == pytest.approx(black)
    exposure = min(0.96 / (1 - 10 ** q(d, c) + black) for c, d in enumerate([1.0, 1.2, 0.8]))
    assert found.exposure == pytest.approx(exposure)


def test_negadoctors_parameters_stay_within_the_modules_ranges():
    clear, dense = np.ones(3), np.array([1e-4, 0.99, 0.9])
    found = automatic_parameters(Picks(clear, clear, dense, clear, dense))
    assert found.d_max == pytest.approx(4.0)
    assert found.wb_high == pytest.approx([1.0, 2.0, 2.0])
    flat = automatic_parameters(Picks(clear, clear, clear, clear, clear))
    assert flat.d_max == 0.1
    assert flat.exposure == 2.0


def test_negadoctor_picks_base_extremes_and_patches():
    # 1000 pixels of densities 0 … 0.999, green twice and blue half of that.
    density = np.random.default_rng(0).permutation(1000)[:, None] / 1000 * [1.0, 2.0, 0.5]
    picks = pick_patches(10.0 ** -density.reshape(20, 50, 3))
    levels = np.arange(1000) / 1000
    for channel, slope in enumerate([1.0, 2.0, 0.5]):
        ramp = 10.0 ** -(slope * levels)  # from the clearest on
        assert picks.base[channel] == pytest.approx(ramp[:5].mean())
        assert picks.shadows[channel] == pytest.approx(ramp[:20].mean())
        assert picks.highlights[channel] == pytest.approx(ramp[-20:].mean())
        assert picks.brightest[channel] == pytest.approx(ramp[0] + 0.999 * (ramp[1] - ramp[0]))
        assert picks.darkest[channel] == pytest.approx(ramp[-1] + 0.999 * (ramp[-2] - ramp[-1]))


def test_negadoctor_joins_its_parts():
    linear = 10.0 ** -np.random.default_rng(1).uniform(0.1, 1.5, (6, 7, 3))
    light = print_positive(linear, automatic_parameters(pick_patches(linear)))
    np.testing.assert_allclose(CLASSICAL["negadoctor"](scan(linear)), scan(light), atol=1e-4)


def test_rawtherapee_by_hand():
    # A row of ten: the medians are those of the six in the middle, (0.2 + 0.3) / 2.
    row = np.array([0.9, 0.9, 0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.9, 0.9])
    image = np.stack([row, row / 2, row / 4], axis=-1)[np.newaxis]
    positive = CLASSICAL["rawtherapee"](scan(image))
    for x, value in enumerate(row):
        expected = [encode((value / 0.25) ** -e / 24) for e in (2.04, 1.5, 1.29)]
        assert positive[0, x] == pytest.approx(expected, abs=1e-4)


def test_rawtherapee_clips_what_is_denser_than_24_times_the_median():
    image = np.full((5, 5, 3), 0.5)
    image[0, 0] = 0.02
    assert CLASSICAL["rawtherapee"](scan(image))[0, 0] == pytest.approx(1.0)


def test_negfix8_by_hand():
    # Wide stripes, so that the blur leaves their middles alone; the border of 10 pixels, in
    # which everything is clear or black, does not count.
    linear = np.zeros((60, 80, 3))
    linear[:, 40:] = 1.0
    linear[10:-10, :40] = [0.04, 0.02, 0.05]
    linear[10:-10, 40:] = [0.64, 0.32, 0.20]
    linear[30, 60] = [0.16, 0.08, 0.10]
    positive = CLASSICAL["negfix8"](scan(linear))
    gammas = [1.0, math.log(16) / math.log(16), math.log(4) / math.log(16)]
    black = 0.95 * (0.04 / 0.64) ** (1 / 2.15)
    for at, ratios in [((30, 20), [1, 1, 1]), ((30, 60), [0.25, 0.25, 0.5])]:
        expected = [
            (ratio ** (1 / gamma)) ** (1 / 2.15) - black
            for ratio, gamma in zip(ratios, gammas, strict=True)
        ]
        assert positive[at] == pytest.approx(expected, abs=2e-3)
    assert positive[30, 55] == pytest.approx(np.full(3, black / 19), abs=2e-3)
    np.testing.assert_array_equal(positive[0, 79], np.zeros(3))  # clearer than the clearest
    assert positive[0, 0] == pytest.approx(np.full(3, 1 - black), abs=2e-3)


def test_negfix8_blurs_single_pixels_away_before_it_measures():
    linear = np.full((40, 40, 3), 0.3)
    linear[:, 20:] = 0.1
    speckled = linear.copy()
    speckled[15, 30] = 0.001
    inside = CLASSICAL["negfix8"](scan(speckled))[30, 15]
    assert inside == pytest.approx(CLASSICAL["negfix8"](scan(linear))[30, 15], abs=0.05)


@pytest.mark.parametrize("name", CLASSICAL)
@pytest.mark.parametrize("stock", STOCKS)
def test_negatives_come_out_as_positives(name, stock):
    truth = data.coffee()[::10, ::10] / 255
    if STOCKS[stock].kind == "black-and-white":
        truth = truth.mean(-1, keepdims=True).repeat(3, -1)
    positive = CLASSICAL[name](simulate(data.coffee()[::10, ::10], stock))
    for channel in range(3):
        assert np.corrcoef(positive[..., channel].flat, truth[..., channel].flat)[0, 1] > 0.6


@pytest.mark.parametrize("name", CLASSICAL)
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("shape", [(1, 1, 3), (5, 7, 3), (40, 30, 3)])
def test_images_without_contrast(name, value, shape):
    check(CLASSICAL[name](np.full(shape, value)), shape)


@pytest.mark.parametrize("name", CLASSICAL)
@pytest.mark.filterwarnings("error")
@given(
    negative=arrays(
        np.float32,
        array_shapes(min_dims=2, max_dims=2, max_side=24).map(lambda shape: (*shape, 3)),
        elements=st.floats(0, 1, width=32),
        fill=st.sampled_from([0.0, 0.25, 1.0]),
    )
)
@example(negative=np.float32([[[0, 0.25, 0.25], [0.25, 0, 0.25], [0.25, 0.25, 0.25]]]))
def test_any_image_gives_finite_values_between_0_and_1(name, negative):
    before = negative.copy()
    check(CLASSICAL[name](negative), negative.shape)
    np.testing.assert_array_equal(negative, before)


def check(positive, shape):
    assert positive.shape == shape
    assert positive.dtype == np.float32
    assert np.isfinite(positive).all()
    assert positive.min() >= 0.0
    assert positive.max() <= 1.0
