"""Batches in normalized Lab: squares, augmented as the papers say, functions of seed and step."""

import numpy as np
import pytest
import tensorflow as tf
from skimage.color import rgb2lab
from skimage.transform import rotate

from negcolor.experiments.systems import AugmentationConfig
from negcolor.images.lab import denormalize_lab
from pipelines.domain import ImageDomain
from pipelines.lab_batches import augment, lab_batches, load_validation
from pipelines.photographs import Photograph

PLAIN = AugmentationConfig(flip=False)
ALL = AugmentationConfig(rotation=10.0, crop=0.2)


def smooth(height, width, seed=0):
    """An image without fine detail, (H, W, 3) uint8."""
    draws = np.random.default_rng(seed).random((4, 4, 3)).astype("float32")
    return np.array(
        tf.image.resize(draws, (height, width), "bicubic").numpy().clip(0, 1) * 255
    ).astype("uint8")


DOMAIN = ImageDomain([smooth(40, 60, seed) for seed in range(5)])


def first(count, start=0, **options):
    chosen = {"image_size": 16, "batch_size": 2, "seed": 3, "augmentation": ALL, **options}
    stream = lab_batches(DOMAIN, start_step=start, **chosen)
    return np.stack([*stream.take(count).as_numpy_iterator()])


def test_batches_are_network_lab_of_static_shape():
    stream = lab_batches(DOMAIN, image_size=16, batch_size=2, seed=0, augmentation=ALL)
    assert stream.element_spec == tf.TensorSpec((2, 16, 16, 3), tf.float32)
    batches = first(4)
    assert np.abs(batches).max() <= 1
    assert batches.std(axis=(0, 1, 2, 3)).min() > 0.02


@pytest.mark.parametrize("augmentation", [PLAIN, AugmentationConfig(), ALL])
def test_a_stream_can_start_anywhere(augmentation):
    whole = first(7, augmentation=augmentation)
    for start in (1, 4):
        np.testing.assert_array_equal(
            first(7 - start, start, augmentation=augmentation), whole[start:]
        )
    assert not np.array_equal(first(7, augmentation=augmentation, seed=4), whole)


def test_streams_of_different_orders_are_unrelated():
    one, other = first(10, augmentation=PLAIN), first(10, augmentation=PLAIN, order=1)
    same = [
        np.array_equal(a, b)
        for a, b in zip(one.reshape(-1, 768), other.reshape(-1, 768), strict=True)
    ]
    assert np.mean(same) < 0.6  # by chance one in five
    assert {a.tobytes() for a in one.reshape(-1, 768)} == {
        b.tobytes() for b in other.reshape(-1, 768)
    }


def test_images_are_squashed_and_converted():
    image = smooth(40, 60)
    found = load_validation([Photograph("x", image)], 20)
    reduced = tf.image.resize(image / 255.0, (20, 20), antialias=True).numpy()
    difference = np.abs(denormalize_lab(found[0]) - rgb2lab(reduced))
    assert difference.mean() < 0.3  # they are reduced in two stages
    assert difference.max() < 2
    assert found.shape == (1, 20, 20, 3)
    assert found.dtype == np.float32


def test_held_out_images_can_be_limited_and_have_any_size():
    images = [Photograph(str(n), smooth(1 + n, 7, n)) for n in range(3)]
    assert load_validation(images, 16).shape == (3, 16, 16, 3)
    np.testing.assert_array_equal(
        load_validation(images, 16, limit=2), load_validation(images, 16)[:2]
    )


def test_half_of_the_images_are_mirrored():
    image = tf.constant(smooth(24, 24) / 255.0, tf.float32)
    seeds = range(60)
    plain = augment(image, 24, tf.constant([0, 0]), PLAIN).numpy()
    mirrored = 0
    for seed in seeds:
        found = augment(image, 24, tf.constant([seed, 1]), AugmentationConfig()).numpy()
        is_mirrored = np.array_equal(found, plain[:, ::-1])
        assert is_mirrored or np.array_equal(found, plain)
        mirrored += is_mirrored
    assert 15 < mirrored < 45


def test_turned_images_are_turned_by_so_many_degrees():
    size = 48
    image = smooth(size, size)
    middle = (slice(12, 36), slice(12, 36))
    angles = np.linspace(-10, 10, 81)
    turned = np.stack([rotate(image, angle, order=1, mode="reflect")[middle] for angle in angles])
    found = []
    for seed in range(12):
        result = augment(
            tf.constant(image / 255.0, tf.float32),
            size,
            tf.constant([seed, 2]),
            AugmentationConfig(flip=False, rotation=10.0),
        ).numpy()[middle]
        errors = np.abs(turned - result).mean(axis=(1, 2, 3))
        assert errors.min() < 0.005
        found.append(angles[errors.argmin()])
    assert min(found) < -3 < 3 < max(found)


def test_cut_images_show_a_part_enlarged():
    size = 32
    ramp = np.broadcast_to(np.linspace(0, 1, size, dtype="float32")[None, :, None], (size, size, 3))
    widths = []
    for seed in range(20):
        augmentation = AugmentationConfig(flip=False, crop=0.25)
        square = augment(tf.constant(ramp), size, tf.constant([seed, 3]), augmentation)
        row = square.numpy()[16, :, 0]
        assert np.all(np.diff(row) >= -1e-4)
        widths.append(row[-1] - row[0])
    assert 0.7 < min(widths) < 0.85
    assert 0.9 < max(widths) <= 1.0


def test_nothing_leaves_the_range():
    noise = tf.random.stateless_uniform((30, 40, 3), (1, 2))
    for seed in range(8):
        found = augment(noise, 16, tf.constant([seed, 4]), ALL).numpy()
        assert found.min() >= 0
        assert found.max() <= 1
