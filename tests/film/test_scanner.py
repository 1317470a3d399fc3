"""Scanners: encodings against scikit-image, quantization, noise, the base; drawn ones, files."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from skimage import color, data

from negcolor.errors import NegcolorError
from negcolor.film.scanner import (
    CHANNEL_MIX,
    ENCODINGS,
    RandomScanner,
    Scanner,
    encode,
    scan,
    scan_randomly,
)
from negcolor.film.stocks import STOCKS

QUIET = {"flare": 0.0, "read_noise": 0.0, "shot_noise": 0.0, "bit_depth": 16}
STEP = 1 / 65535


def patch(transmittance, size=8):
    return tf.ones((size, size, 1)) * tf.constant(transmittance, tf.float32)


def test_srgb_encoding_is_the_inverse_of_scikit_images_decoding():
    signal = np.linspace(0, 1, 300, dtype=np.float32).reshape(10, 10, 3)
    xyz = color.rgb2xyz(encode(tf.constant(signal), "srgb").numpy().astype(float))
    np.testing.assert_allclose(xyz, signal @ color.colorconv.xyz_from_rgb.T, atol=1e-5)


def test_other_encodings_are_power_laws():
    signal = tf.linspace(0.0, 1.0, 100)
    np.testing.assert_allclose(encode(signal, "gamma2.2") ** 2.2, signal, atol=1e-6)
    np.testing.assert_allclose(encode(signal, "gamma1.8") ** 1.8, signal, atol=1e-6)
    np.testing.assert_array_equal(encode(signal, "linear"), signal)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_white_black_and_range(encoding):
    scanner = Scanner(**QUIET | {"gain": (1.0, 1.0, 1.0), "encoding": encoding})
    np.testing.assert_allclose(scan(patch([1.0]), scanner, (0, 0)), 1.0, atol=1e-6)
    np.testing.assert_allclose(scan(patch([0.0]), scanner, (0, 0)), 0.0, atol=1e-6)
    over = Scanner(**QUIET | {"gain": (5.0, 5.0, 5.0), "encoding": encoding})
    np.testing.assert_array_equal(scan(patch([0.9]), over, (0, 0)), np.ones((8, 8, 3)))


def test_gain_multiplies_the_linear_signal_of_its_channel():
    linear = Scanner(**QUIET | {"gain": (1.0, 2.0, 0.5), "encoding": "linear"})
    pixel = scan(patch([0.3]), linear, (0, 0))[0, 0]
    np.testing.assert_allclose(pixel, [0.3, 0.6, 0.15], atol=STEP)


def test_flare_spreads_light_and_keeps_its_mean():
    transmittance = np.zeros((4, 4, 1), np.float32)
    transmittance[:2] = 0.8
    scanner = Scanner(**QUIET | {"gain": (1.0, 1.0, 1.0), "encoding": "linear", "flare": 0.1})
    scanned = scan(tf.constant(transmittance), scanner, (0, 0)).numpy()
    np.testing.assert_allclose(scanned[0, 0], 0.76, atol=STEP)
    np.testing.assert_allclose(scanned[3, 3], 0.04, atol=STEP)


def test_mix_blends_the_bands_and_leaves_neutrals_alone():
    scanner = Scanner(**QUIET | {"gain": (1.0, 1.0, 1.0), "encoding": "linear", "mix": 0.5})
    pixel = scan(patch([0.8, 0.4, 0.2]), scanner, (0, 0))[0, 0]
    expected = (np.eye(3) + CHANNEL_MIX) / 2 @ (0.8, 0.4, 0.2)
    np.testing.assert_allclose(pixel, expected, atol=STEP)
    np.testing.assert_allclose(scan(patch([0.4]), scanner, (0, 0)), 0.4, atol=STEP)


def test_colors_outside_a_profiles_space_become_black_in_the_channels_they_lack():
    noisy = Scanner(mix=-0.5, read_noise=0.0, encoding="linear", bit_depth=16)
    scanned = scan(patch([0.9, 0.3, 0.001]), noisy, (0, 0)).numpy()
    assert scanned[..., 0].min() > 0.9
    assert scanned[..., 2].max() < 0.01
    assert np.isfinite(scanned).all()


def test_light_falls_off_towards_the_corners():
    scanner = Scanner(**QUIET | {"gain": (1.0, 1.0, 1.0), "encoding": "linear", "falloff": 1.0})
    scanned = scan(patch([0.8], 9), scanner, (0, 0)).numpy()[..., 0]
    np.testing.assert_allclose(scanned[[0, 0, -1, -1], [0, -1, 0, -1]], 0.4, atol=STEP)
    assert scanned[4, 4] == pytest.approx(0.8, abs=STEP)
    np.testing.assert_allclose(scanned[4, 0], 0.8 / 2**0.5, atol=STEP)


@pytest.mark.parametrize(("bit_depth", "steps"), [(8, 255), (16, 65535)])
def test_values_are_whole_steps_of_the_bit_depth(bit_depth, steps):
    scanned = scan(patch([0.4], 64), Scanner(bit_depth=bit_depth), (0, 0)).numpy()
    assert scanned.dtype == np.float32
    levels = scanned.astype(float) * steps
    np.testing.assert_allclose(levels, levels.round(), atol=0.01)
    assert len(np.unique(scanned)) > 1


def test_noise_is_read_noise_in_the_dark_and_shot_noise_in_the_light():
    scanner = Scanner(
        gain=(1.0, 1.0, 1.0),
        flare=0.0,
        read_noise=0.003,
        shot_noise=0.01,
        encoding="linear",
        bit_depth=16,
    )
    for level in (0.09, 0.36):
        noise = scan(patch([level], 200), scanner, (3, 4)).numpy() - level
        np.testing.assert_allclose(noise.std(), np.hypot(0.003, 0.01 * level**0.5), rtol=0.02)


# Base transmission read with a Plustek 8300i; a quiet scanner sees the film's base alike.
@pytest.mark.parametrize(
    ("stock", "measured"),
    [
        ("kodak_portra_400", (0.541, 0.260, 0.157)),
        ("kodak_portra_160", (0.534, 0.263, 0.157)),
        ("kodak_ektar_100", (0.517, 0.277, 0.190)),
    ],
)
def test_film_bases_resemble_those_of_a_real_scanner(stock, measured):
    scanner = Scanner(**QUIET | {"gain": (1.0, 1.0, 1.0), "encoding": "linear"})
    base = scan(patch(10.0 ** -np.array(STOCKS[stock].dmin)), scanner, (0, 0)).numpy()[0, 0]
    np.testing.assert_allclose(np.log10(base), np.log10(measured), atol=0.07)


def test_unknown_encoding_and_bit_depth_are_refused():
    with pytest.raises(NegcolorError, match=r"'rec709'.*srgb, gamma2\.2, linear"):
        Scanner(encoding="rec709")
    with pytest.raises(NegcolorError, match="8 or 16, not 12"):
        Scanner(bit_depth=12)


DMIN = np.array([0.22, 0.65, 0.87], np.float32)
BASE = tf.ones((16, 16, 1)) * 10.0**-DMIN
QUIET_RANGES = RandomScanner(
    flare=(0.0, 0.0),
    noise=(0.0, 0.0),
    falloff=(0.0, 0.0),
    encodings=(("linear", 1.0),),
)


def bases(ranges, count=40):
    """Color of the film base, (count, 3)."""
    scans = [scan_randomly(BASE, DMIN, tf.constant([seed, 1]), ranges) for seed in range(count)]
    return np.mean(scans, axis=(1, 2))


def test_calibrated_scanners_agree_about_the_mask():
    seen = bases(dataclasses.replace(QUIET_RANGES, calibrated=1.0))
    assert (seen[:, 0] > 1.8 * seen[:, 1]).all()
    assert (seen[:, 1] > 1.4 * seen[:, 2]).all()
    assert (seen.std(axis=0) / seen.mean(axis=0) < 0.05).all()


def test_other_scanners_differ_widely():
    seen = bases(dataclasses.replace(QUIET_RANGES, calibrated=0.0, unmasked=0.0))
    assert (seen.std(axis=0) / seen.mean(axis=0) > 0.2).all()


def test_gains_that_remove_the_mask_leave_a_bright_neutral_base():
    seen = bases(dataclasses.replace(QUIET_RANGES, calibrated=0.0, unmasked=1.0))
    assert (np.ptp(seen, axis=1) < 0.06).all()
    assert (seen > 0.75 * 0.97 - 1e-4).all()
    assert (seen < 0.97 * 1.03 + 1e-4).all()
    assert np.ptp(seen.mean(axis=1)) > 0.1


PHOTO = tf.constant(data.chelsea()[:64, :64] / 255, tf.float32)


def scans(ranges, count=20):
    return [scan_randomly(PHOTO, DMIN, tf.constant([s, 1]), ranges).numpy() for s in range(count)]


def in_8_bits(scan):
    return np.abs(scan.astype(float) * 255 - np.round(scan * 255.0)).max() < 1e-3


def test_linear_scans_have_16_bits_and_others_8_or_16():
    assert not any(in_8_bits(scan) for scan in scans(QUIET_RANGES))
    encoded = dataclasses.replace(QUIET_RANGES, encodings=(("srgb", 0.5), ("gamma2.2", 0.5)))
    shallow = sum(in_8_bits(scan) for scan in scans(encoded))
    assert 7 <= shallow <= 19
    assert all(in_8_bits(s) for s in scans(dataclasses.replace(encoded, sixteen_bits=0.0)))


def test_jpeg_leaves_artefacts_that_grow_as_quality_falls():
    files = dataclasses.replace(
        QUIET_RANGES, encodings=(("srgb", 1.0),), sixteen_bits=0.0, jpeg=0.0
    )

    def error(quality):
        jpeg = dataclasses.replace(files, jpeg=1.0, quality=(quality, quality))
        return np.abs(np.subtract(scans(jpeg, 5), scans(files, 5))).mean()

    assert 0 < error(97.0) < error(60.0) / 1.5 < 0.05


def test_encodings_share_all_scans():
    assert sum(share for _, share in RandomScanner().encodings) == pytest.approx(1.0)
