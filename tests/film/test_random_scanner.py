"""Scanners drawn at random: what each kind makes of the film base, and the files they write."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from skimage import data

from negcolor.film.random_scanner import RandomScanner, scan_randomly

DMIN = np.array([0.22, 0.65, 0.87], np.float32)
BASE = tf.ones((16, 16, 1)) * 10.0**-DMIN
QUIET = RandomScanner(
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
    seen = bases(dataclasses.replace(QUIET, calibrated=1.0))
    assert (seen[:, 0] > 1.8 * seen[:, 1]).all()
    assert (seen[:, 1] > 1.4 * seen[:, 2]).all()
    assert (seen.std(axis=0) / seen.mean(axis=0) < 0.05).all()


def test_other_scanners_differ_widely():
    seen = bases(dataclasses.replace(QUIET, calibrated=0.0, unmasked=0.0))
    assert (seen.std(axis=0) / seen.mean(axis=0) > 0.2).all()


def test_gains_that_remove_the_mask_leave_a_bright_neutral_base():
    seen = bases(dataclasses.replace(QUIET, calibrated=0.0, unmasked=1.0))
    assert (np.ptp(seen, axis=1) < 0.06).all()
    assert (seen > 0.75 * 0.97 - 1e-4).all()
    assert (seen < 0.97 * 1.03 + 1e-4).all()
    assert np.ptp(seen.mean(axis=1)) > 0.1


PHOTO = tf.constant(data.chelsea()[:64, :64] / 255, tf.float32)


def scans(ranges, count=30):
    return [scan_randomly(PHOTO, DMIN, tf.constant([s, 1]), ranges).numpy() for s in range(count)]


def in_8_bits(scan):
    return np.abs(scan.astype(float) * 255 - np.round(scan * 255.0)).max() < 1e-3


def test_linear_scans_have_16_bits_and_others_8_or_16():
    assert not any(in_8_bits(scan) for scan in scans(QUIET))
    encoded = dataclasses.replace(QUIET, encodings=(("srgb", 0.5), ("gamma2.2", 0.5)))
    shallow = sum(in_8_bits(scan) for scan in scans(encoded))
    assert 12 <= shallow <= 27
    assert all(in_8_bits(s) for s in scans(dataclasses.replace(encoded, sixteen_bits=0.0)))


def test_jpeg_leaves_artefacts_that_grow_as_quality_falls():
    files = dataclasses.replace(QUIET, encodings=(("srgb", 1.0),), sixteen_bits=0.0, jpeg=0.0)

    def error(quality):
        jpeg = dataclasses.replace(files, jpeg=1.0, quality=(quality, quality))
        return np.abs(np.subtract(scans(jpeg, 5), scans(files, 5))).mean()

    assert 0 < error(97.0) < error(60.0) / 1.5 < 0.05


def test_encodings_share_all_scans():
    assert sum(share for _, share in RandomScanner().encodings) == pytest.approx(1.0)
