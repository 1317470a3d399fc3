"""Rebate, perforations and holder, scratches and dust: where they are, what they leave alone."""

import numpy as np
import pytest
import tensorflow as tf
from skimage import measure

from negcolor.film import defects
from negcolor.film.defects import add_dust, add_scratches, set_in_frame

DMIN = np.array([0.22, 0.65, 0.87], np.float32)
BASE = 10.0**-DMIN
HEIGHT, WIDTH = 240, 360


@pytest.fixture
def framed(monkeypatch):
    """Frames an image of transmittance 0.05 with a tenth of each side not image."""

    def put(seed=0, **constants):
        fixed = {"FRAMED_SIDES": 1.0, "EXTENT": (0.1, 0.1), "HOLDER": (0.0, 0.0), "PERFORATED": 0.0}
        for name, value in (fixed | constants).items():
            monkeypatch.setattr(defects, name, value)
        exposed, weight = set_in_frame(
            tf.fill((HEIGHT, WIDTH, 3), 0.05), DMIN, tf.constant([seed, 5])
        )
        return exposed.numpy(), weight.numpy()

    return put


def test_the_rebate_is_film_base_and_does_not_count(framed):
    exposed, weight = framed()
    image = np.zeros((HEIGHT, WIDTH, 1), bool)
    image[24:216, 36:324] = True
    np.testing.assert_array_equal(weight, image.astype(np.float32))
    np.testing.assert_allclose(exposed, np.where(image, 0.05, BASE), rtol=1e-5)


def test_the_holder_is_dark(framed):
    exposed, weight = framed(HOLDER=(0.5, 0.5))
    np.testing.assert_allclose(
        exposed[14:22, 60:300], np.broadcast_to(BASE, (8, 240, 3)), rtol=1e-5
    )
    for edge in (exposed[:11], exposed[:, :17], exposed[-11:], exposed[:, -17:]):
        assert edge.max() < 0.0031
        assert edge.min() > 0.0004
    assert weight.sum() == 192 * 288


def test_perforations_have_the_size_and_pitch_of_35_mm_film(framed):
    pixel_mm = 24 / 192  # with a tenth of the height above and below
    directions = set()
    for seed in range(6):
        exposed, _ = framed(seed, PERFORATED=1.0)
        clear = exposed[..., 2] > 0.5
        level = clear[:, 36:324].any()
        directions.add(bool(level))
        if level:
            # Rows 1.8 mm outside the image cut the holes through their middle.
            row = clear[24 - round(1.8 / pixel_mm)]
            np.testing.assert_array_equal(row, clear[216 + round(1.8 / pixel_mm) - 1])
            edges = np.flatnonzero(np.diff(row.astype(int)))
            np.testing.assert_allclose(np.diff(edges[::2]) * pixel_mm, 4.75, atol=0.13)
            rising = edges[0] if not row[0] else edges[1]
            width = edges[edges > rising][0] - rising
            assert width * pixel_mm == pytest.approx(1.98, abs=0.13)
            column = clear[:24, rising + 1 + width // 2]  # the scan ends before the hole does
            assert (24 - 1 - np.flatnonzero(column)[-1]) * pixel_mm == pytest.approx(0.69, abs=0.13)
    assert directions == {False, True}


def test_a_frame_may_show_on_no_side(framed):
    exposed, weight = framed(FRAMED_SIDES=0.0, PERFORATED=1.0)
    np.testing.assert_allclose(exposed, 0.05, rtol=1e-6)
    assert weight.min() == 1


def test_most_of_the_image_is_left_whatever_is_drawn():
    exposed = tf.fill((40, 60, 3), 0.05)
    weights = [set_in_frame(exposed, DMIN, tf.constant([seed, 1]))[1] for seed in range(100)]
    shares = np.mean(weights, axis=(1, 2, 3))
    assert shares.min() > 0.76**2 - 0.06  # pixels that are cut count as lost
    assert (shares < 1).mean() > 0.95


FILM = tf.fill((96, 144, 3), 0.3)
SEEDS = range(40)


def test_scratches_are_thin_lines_along_the_whole_film():
    directions = set()
    for seed in SEEDS:
        exposed = add_scratches(FILM, tf.constant([seed, 0])).numpy()
        np.testing.assert_allclose(exposed, exposed[..., :1].repeat(3, -1))
        assert 0.3 * 10**-1.6 < exposed.min() <= exposed.max() <= 1
        touched = np.abs(exposed[..., 0] - 0.3) > 1e-6
        assert touched.mean() < 4 * 3.5 / 96
        if (touched.sum(axis=0) > 0).all() or (touched.sum(axis=1) > 0).all():
            directions.add(touched.any(axis=0).all())
    assert directions == {False, True}


def test_scratches_are_brighter_or_darker():
    scratches = [add_scratches(FILM, tf.constant([seed, 0])).numpy() for seed in SEEDS]
    assert sum(exposed.max() > 0.4 for exposed in scratches) > 5
    assert sum(exposed.min() < 0.2 for exposed in scratches) > 5


def test_dust_only_takes_light_and_only_in_small_spots():
    spots, longest = [], 0
    for seed in SEEDS:
        exposed = add_dust(FILM, tf.constant([seed, 0])).numpy()
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
    darkest = [add_dust(FILM, tf.constant([seed, 0])).numpy().min() / 0.3 for seed in SEEDS]
    assert min(darkest) < 0.05
    assert np.median(darkest) < 0.3


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (40, 3)])
def test_small_images_are_damaged_too(size):
    for seed in range(5):
        for damage in (add_scratches, add_dust):
            exposed = damage(tf.fill((*size, 3), 0.3), tf.constant([seed, 1]))
            assert exposed.shape == (*size, 3)
            assert np.isfinite(exposed).all()
