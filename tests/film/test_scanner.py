"""The scanner: encodings against scikit-image, quantization, noise, and the base it sees."""

import numpy as np
import pytest
import tensorflow as tf
from skimage import color

from negcolor.errors import NegcolorError
from negcolor.film.scanner import CHANNEL_MIX, ENCODINGS, Scanner, encode, scan
from negcolor.film.stocks import get_stock

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
    base = scan(patch(10.0 ** -np.array(get_stock(stock).dmin)), scanner, (0, 0)).numpy()[0, 0]
    np.testing.assert_allclose(np.log10(base), np.log10(measured), atol=0.07)


def test_unknown_encoding_and_bit_depth_are_refused():
    with pytest.raises(NegcolorError, match=r"'rec709'.*srgb, gamma2\.2, linear"):
        Scanner(encoding="rec709")
    with pytest.raises(NegcolorError, match="8 or 16, not 12"):
        Scanner(bit_depth=12)
