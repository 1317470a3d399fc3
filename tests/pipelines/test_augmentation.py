"""Augmentation: what each switch does, eagerly and inside tf.data."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from pipelines.augmentation import BRIGHTNESS, CONTRAST, FULL, Augmentation, geometry, tone

NONE = Augmentation.none()
SWITCHES = [field.name for field in dataclasses.fields(Augmentation) if field.name != "zoom"]
IMAGE = np.random.default_rng(0).random((6, 9, 3), np.float32)
SQUARE = IMAGE[:, :6]
SEEDS = [tf.constant([7, k]) for k in range(64)]


def only(name: str) -> Augmentation:
    return dataclasses.replace(NONE, **{name: True})


def results(size: int, options: Augmentation, image: np.ndarray = SQUARE) -> set[bytes]:
    return {geometry(image, size, seed, options).numpy().tobytes() for seed in SEEDS}


def test_nothing_is_the_middle():
    for seed in SEEDS[:3]:
        np.testing.assert_array_equal(geometry(IMAGE, 5, seed, NONE), IMAGE[0:5, 2:7])
        np.testing.assert_array_equal(tone(IMAGE, seed, NONE), IMAGE)


def test_rotations_are_the_four_quarter_turns():
    expected = {np.rot90(SQUARE, k).tobytes() for k in range(4)}
    assert results(6, only("rotate")) == expected


def test_flips_are_horizontal_and_vertical():
    flips = (SQUARE, SQUARE[::-1], SQUARE[:, ::-1], SQUARE[::-1, ::-1])
    assert results(6, only("flip")) == {flip.tobytes() for flip in flips}


def test_rotations_and_flips_together_are_the_eight_symmetries():
    both = dataclasses.replace(NONE, rotate=True, flip=True)
    turns = [np.rot90(square, k) for square in (SQUARE, SQUARE[::-1]) for k in range(4)]
    assert results(6, both) == {turn.tobytes() for turn in turns}


def test_crops_are_all_the_places():
    places = [IMAGE[y : y + 4, x : x + 4] for y in range(3) for x in range(6)]
    found = results(4, only("crop"), IMAGE)
    assert found <= {place.tobytes() for place in places}
    assert len(found) > 12


@pytest.mark.parametrize(("size", "expected"), [(256, 286), (128, 143), (64, 72), (4, 5)])
def test_load_size(size, expected):
    assert FULL.load_size(size) == expected
    assert NONE.load_size(size) == size


def test_contrast_stretches_around_the_mean():
    centerd = 0.4 + 0.2 * IMAGE
    factors = []
    for seed in SEEDS:
        changed = tone(centerd, seed, only("contrast")).numpy()
        mean = centerd.mean(axis=(0, 1))
        factors.append(np.std(changed) / np.std(centerd))
        np.testing.assert_allclose(changed, mean + factors[-1] * (centerd - mean), atol=1e-5)
    assert 1 - CONTRAST <= min(factors) < 1 - CONTRAST / 2
    assert 1 + CONTRAST / 2 < max(factors) <= 1 + CONTRAST


def test_brightness_shifts_all_channels_alike():
    centerd = 0.4 + 0.2 * IMAGE
    shifts = []
    for seed in SEEDS:
        difference = tone(centerd, seed, only("brightness")).numpy() - centerd
        shifts.append(difference.mean())
        np.testing.assert_allclose(difference, shifts[-1], atol=1e-6)
    assert -BRIGHTNESS <= min(shifts) < -BRIGHTNESS / 2
    assert BRIGHTNESS / 2 < max(shifts) <= BRIGHTNESS


def test_tone_stays_in_range():
    extreme = np.array([0.0, 1.0], np.float32).reshape(1, 2, 1).repeat(3, axis=2)
    changed = np.stack([tone(extreme, seed) for seed in SEEDS])
    assert changed.min() == 0
    assert changed.max() == 1


@pytest.mark.parametrize("options", [FULL, NONE, *map(only, SWITCHES)])
def test_same_numbers_eagerly_and_in_a_dataset(options):
    def both(seed: tf.Tensor) -> tf.Tensor:
        square = geometry(tf.constant(IMAGE), 5, seed, options)
        return tone(square, tf.random.fold_in(seed, 1), options)

    dataset = tf.data.Dataset.from_tensor_slices(tf.stack(SEEDS[:16])).map(both)
    assert dataset.element_spec.shape == (5, 5, 3)
    for seed, in_graph in zip(SEEDS[:16], dataset, strict=True):
        np.testing.assert_allclose(both(seed), in_graph, atol=1e-6)


def test_zoom_shows_parts_of_an_image_at_every_scale():
    """In an image of where its pixels lie, a square tells its place and its size."""
    rows, columns = np.meshgrid(np.linspace(0, 1, 80), np.linspace(0, 1, 120), indexing="ij")
    image = np.stack([rows, columns, rows], axis=-1).astype("float32")
    options = dataclasses.replace(NONE, crop=True, zoom=2.0)
    squares = [geometry(image, 32, seed, options).numpy() for seed in SEEDS]
    assert {square.shape for square in squares} == {(32, 32, 3)}
    heights = [float(np.ptp(square[..., 0])) for square in squares]
    widths = [float(np.ptp(square[..., 1])) for square in squares]
    np.testing.assert_allclose(np.array(widths), np.array(heights) * 80 / 120, atol=0.03)
    assert min(heights) < 0.5
    assert max(heights) > 0.75
    tops = [float(square[..., 0].min()) for square in squares]
    assert min(tops) < 0.1
    assert max(tops) > 0.4
    assert len({square.tobytes() for square in squares}) == len(SEEDS)
