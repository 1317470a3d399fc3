"""Trims in closed form: stops, mired, densities of filters, and a slope."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import rgb2xyz, xyz_tristimulus_values

from negcolor.errors import NegcolorError
from negcolor.images.color import MID_GREY, linear_to_srgb, luminance, srgb_to_linear
from negcolor.inference.trims import (
    BRADFORD,
    KNEE,
    LIMITS,
    WHITE_POINT,
    Trims,
    apply_trims,
    balance_matrix,
    blackbody,
    contrast_curve,
    highlight_shoulder,
)

trims = st.builds(Trims, **{name: st.floats(low, high) for name, (low, high, _) in LIMITS.items()})


def noise(*shape):
    return np.random.default_rng(0).random(shape, dtype="float32")


def light(value, **options):
    """Linear light that a trim makes of one color, or of a grey, in linear light."""
    color = np.broadcast_to(np.asarray(value, "float32"), 3)
    return srgb_to_linear(apply_trims(linear_to_srgb(color)[None, None], Trims(**options)))[0, 0]


def test_the_defaults_change_no_bit():
    rows = noise(5, 7, 3)
    before = rows.copy()
    assert apply_trims(rows, Trims()) is rows
    np.testing.assert_array_equal(rows, before)


@given(trims=trims)
def test_results_are_images_and_the_input_stays(trims):
    rows = noise(4, 6, 3)
    rows[0, :2] = [[0, 0, 0], [1, 1, 1]]
    before = rows.copy()
    result = apply_trims(rows, trims)
    assert (result.shape, result.dtype) == (rows.shape, np.float32)
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1 + 1e-6
    np.testing.assert_array_equal(rows, before)


@given(trims=trims)
def test_every_pixel_is_trimmed_by_itself(trims):
    rows = noise(6, 5, 3)
    whole = apply_trims(rows, trims)
    bands = [apply_trims(rows[start : start + 2], trims) for start in (0, 2, 4)]
    np.testing.assert_allclose(np.concatenate(bands), whole, atol=1e-6)


@given(trims=trims)
def test_brighter_greys_stay_brighter_and_black_stays_black(trims):
    greys = np.linspace(0, 1, 200, dtype="float32")[:, None, None].repeat(3, axis=2)
    result = apply_trims(greys, trims)
    assert np.diff(result, axis=0).min() >= -1e-6
    assert result[0].max() == 0


@pytest.mark.parametrize("options", [{"exposure": 1.3}, {"exposure": -2}, {"contrast": 1.7}])
def test_grey_stays_exactly_grey_without_changes_of_color(options):
    result = apply_trims(noise(30, 30, 1).repeat(3, axis=2), Trims(**options))
    np.testing.assert_array_equal(result, result[..., :1].repeat(3, axis=2))


@pytest.mark.parametrize(("stops", "grey"), [(1, MID_GREY), (2, 0.1), (-1, 1.0), (-3, 0.5)])
def test_a_stop_doubles_light_below_the_shoulder(stops, grey):
    np.testing.assert_allclose(light(grey, exposure=stops), 2.0**stops * grey, rtol=1e-5)


@pytest.mark.parametrize("white", [1.0, 1.2, 4.0, 16.0])
def test_the_shoulder_joins_smoothly_and_ends_at_white(white):
    x = np.linspace(0, white, 100_001)
    y = highlight_shoulder(x, white)
    np.testing.assert_array_equal(y[x <= KNEE], x[x <= KNEE])
    assert y[-1] == pytest.approx(1)
    slopes = np.diff(y) / np.diff(x)
    assert np.abs(np.diff(slopes)).max() < 0.01  # no corner
    assert slopes.min() > 0


@pytest.mark.parametrize("tint", [-50, -10, 10, 30])
def test_tint_is_a_density_to_green_and_keeps_the_luminance_of_grey(tint):
    result = light(MID_GREY, tint=tint).astype("float64")
    density = -np.log10(result)
    assert density[1] - density[0] == pytest.approx(0.01 * tint, abs=1e-4)
    assert density[0] == pytest.approx(density[2], abs=1e-5)
    assert luminance(result) == pytest.approx(MID_GREY, rel=1e-5)


@pytest.mark.parametrize("shift", [-131, -21, 18, 131])
def test_temperature_maps_one_blackbody_to_the_other(shift):
    daylight, warm = (1e6 / (1e6 / WHITE_POINT + x) for x in (0, abs(shift)))
    source, target = (blackbody(t) for t in ((daylight, warm) if shift > 0 else (warm, daylight)))
    to_xyz = np.stack([to_linear_xyz(row) for row in np.eye(3)], axis=1)
    mapped = to_xyz @ balance_matrix(Trims(temperature=shift)) @ np.linalg.inv(to_xyz) @ source
    np.testing.assert_allclose(mapped / mapped[1], target / target[1], atol=2e-5)
    assert luminance(light(0.1, temperature=shift)) == pytest.approx(0.1, rel=1e-4)


def to_linear_xyz(linear):
    """scikit-image's XYZ of linear sRGB."""
    return rgb2xyz(linear_to_srgb(np.asarray(linear, "float64")))


def test_warmer_is_redder_and_cooler_is_bluer():
    red, green, blue = light(MID_GREY, temperature=18)
    assert red > green > blue
    red, green, blue = light(MID_GREY, temperature=-21)
    assert red < green < blue


def planck_xyz(kelvin):
    """Planck's law, seen by the fits to the CIE 1931 observer of Wyman, Sloan, Shirley 2013."""
    nm = np.arange(360.0, 831.0)

    def lobe(height, center, below, above):
        return height * np.exp(-0.5 * ((nm - center) / np.where(nm < center, below, above)) ** 2)

    observer = (
        lobe(1.056, 599.8, 37.9, 31.0) + lobe(0.362, 442.0, 16.0, 26.7)
        + lobe(-0.065, 501.1, 20.4, 26.2),
        lobe(0.821, 568.8, 46.9, 40.5) + lobe(0.286, 530.9, 16.3, 31.1),
        lobe(1.217, 437.0, 11.8, 36.0) + lobe(0.681, 459.0, 26.0, 13.8),
    )  # fmt: skip
    radiance = nm**-5 / np.expm1(1.4388e7 / (nm * kelvin))
    return np.array(observer) @ radiance


@pytest.mark.parametrize("kelvin", [3300, 4000, 6504])
def test_blackbodies(kelvin):
    expected, xyz = planck_xyz(kelvin), blackbody(kelvin)
    assert xyz[1] == 1
    np.testing.assert_allclose(xyz / xyz.sum(), expected / expected.sum(), atol=1e-3)


def test_illuminant_a_is_a_blackbody_of_2856_kelvin():
    expected, xyz = xyz_tristimulus_values(illuminant="A", observer="2"), blackbody(2856)
    np.testing.assert_allclose(xyz / xyz.sum(), expected / expected.sum(), atol=1e-3)


def test_bradfords_matrix_keeps_equal_energy_white():
    np.testing.assert_allclose(BRADFORD.sum(axis=1), 1, atol=2e-4)


@pytest.mark.parametrize("contrast", [0.5, 0.8, 1.25, 2])
def test_contrast_is_the_slope_at_mid_grey_and_keeps_both_ends(contrast):
    step = 1e-4
    around = contrast_curve(MID_GREY * np.exp(np.array([-step, 0, step])), contrast)
    assert around[1] == pytest.approx(MID_GREY)
    assert np.log(around[2] / around[0]) / (2 * step) == pytest.approx(contrast, rel=1e-5)
    np.testing.assert_array_equal(contrast_curve(np.array([0.0, 1.0]), contrast), [0, 1])
    shadows = contrast_curve(np.array([1e-8, 2e-8]), contrast)
    assert np.log2(shadows[1] / shadows[0]) == pytest.approx(contrast, rel=1e-3)


@pytest.mark.parametrize(
    ("option", "value"),
    [("exposure", 5), ("temperature", -151), ("tint", 50.1), ("contrast", 0), ("tint", np.nan)],
)
def test_values_out_of_range_are_refused(option, value):
    low, high, unit = LIMITS[option]
    with pytest.raises(NegcolorError) as caught:
        Trims(**{option: value})
    assert str(caught.value) == (
        f"--{option} {value:g} is out of range: give {low:g} to {high:g} {unit}."
    )
