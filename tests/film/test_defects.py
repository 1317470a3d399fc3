"""Scratches and dust: where they are, and what they leave alone."""

import numpy as np
import pytest
import tensorflow as tf
from skimage import measure

from negcolor.film.defects import dusty, scratched

FILM = tf.fill((96, 144, 3), 0.3)
SEEDS = range(40)


def test_scratches_are_thin_lines_along_the_whole_film():
    directions = set()
    for seed in SEEDS:
        exposed = scratched(FILM, tf.constant([seed, 0])).numpy()
        np.testing.assert_allclose(exposed, exposed[..., :1].repeat(3, -1))
        assert 0.3 * 10**-1.6 < exposed.min() <= exposed.max() <= 1
        touched = np.abs(exposed[..., 0] - 0.3) > 1e-6
        assert touched.mean() < 4 * 3.5 / 96
        if (touched.sum(axis=0) > 0).all() or (touched.sum(axis=1) > 0).all():
            directions.add(touched.any(axis=0).all())
    assert directions == {False, True}


def test_scratches_are_brighter_or_darker():
    scratches = [scratched(FILM, tf.constant([seed, 0])).numpy() for seed in SEEDS]
    assert sum(exposed.max() > 0.4 for exposed in scratches) > 5
    assert sum(exposed.min() < 0.2 for exposed in scratches) > 5


def test_dust_only_takes_light_and_only_in_small_spots():
    spots, longest = [], 0
    for seed in SEEDS:
        exposed = dusty(FILM, tf.constant([seed, 0])).numpy()
        assert exposed.min() >= 0
        assert exposed.max() <= 0.3 + 1e-6
        touched = exposed[..., 0] < 0.3 - 1e-6
        assert 0 < touched.mean() < 0.15
        regions = measure.regionprops(measure.label(touched))
        spots.append(len(regions))
        longest = max(longest, *(max(np.ptp(region.coords, axis=0)) for region in regions))
    assert min(spots) <= 4
    assert 20 < max(spots) <= 40
    assert 20 < longest < 80  # a hair, or two that touch


def test_dust_is_opaque_in_the_middle():
    darkest = [dusty(FILM, tf.constant([seed, 0])).numpy().min() / 0.3 for seed in SEEDS]
    assert min(darkest) < 0.05
    assert np.median(darkest) < 0.3


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (40, 3)])
def test_small_images_are_damaged_too(size):
    for seed in range(5):
        for damage in (scratched, dusty):
            exposed = damage(tf.fill((*size, 3), 0.3), tf.constant([seed, 1]))
            assert exposed.shape == (*size, 3)
            assert np.isfinite(exposed).all()
