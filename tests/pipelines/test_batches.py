"""Batches: pure functions of seed and step, in the networks' range, pairs aligned."""

import dataclasses
from functools import partial

import numpy as np
import pytest
import tensorflow as tf

from negcolor.converters.classical import density_stretch
from pipelines import batches
from pipelines.augmentation import Augmentation
from pipelines.domain import ExposedOnFilm, ImageDomain
from pipelines.sources import TwoDomains

NONE = Augmentation.none()


def scenes(count: int, seed: int, dtype: str = "uint8") -> list[np.ndarray]:
    """Soft random images that differ from each other, of several shapes."""
    rng = np.random.default_rng(seed)
    small = rng.random((count, 4, 4, 3))
    tall = np.kron(small, np.ones((1, 10, 8, 1))) * np.iinfo(dtype).max
    return [
        (image if k % 2 else image.swapaxes(0, 1)).astype(dtype) for k, image in enumerate(tall)
    ]


def two_domains(count_a: int = 3, count_b: int = 5, on_film: bool = False) -> TwoDomains:
    a, b = ImageDomain(scenes(count_a, 1)), ImageDomain(scenes(count_b, 2))
    return TwoDomains(ExposedOnFilm(a) if on_film else a, b, b, [], "soft scenes")


def first(dataset: tf.data.Dataset, count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    return list(dataset.take(count).as_numpy_iterator())


wide = partial(batches.paired, film="wide")
STREAMS = pytest.mark.parametrize("make", [batches.unpaired, batches.paired, wide])


def same(batch, other):
    return all(np.array_equal(x, y) for x, y in zip(batch, other, strict=True))


@pytest.mark.parametrize(
    ("make", "on_film"),
    [(batches.unpaired, False), (batches.unpaired, True), (batches.paired, False), (wide, False)],
)
def test_shape_range_and_dtype(make, on_film):
    dataset = make(two_domains(on_film=on_film), image_size=16, batch_size=2)
    shapes = [(2, 16, 16, 3)] * 2 + [(2, 16, 16, 1)] * (make is not batches.unpaired)
    assert [spec.shape for spec in dataset.element_spec] == shapes
    for negative, color, *weight in first(dataset, 5):
        for images in (negative, color):
            assert images.dtype == np.float32
            assert -1 <= images.min() < images.max() <= 1
        for each in weight:
            assert set(np.unique(each)) <= {0.0, 1.0}


@STREAMS
def test_a_stream_is_a_function_of_seed_and_step_alone(make):
    """It goes on from any step, the global seed changes nothing, and its own everything."""
    options = {"image_size": 8, "batch_size": 2}
    data = two_domains(on_film=True)
    tf.random.set_seed(1)
    whole = first(make(data, **options, seed=4), 7)
    tf.random.set_seed(2)
    rest = first(make(data, **options, seed=4, start_step=3), 4)
    assert all(map(same, rest, whole[3:]))
    assert not any(map(same, first(make(data, **options, seed=5), 4), whole))


def test_same_images_whatever_the_batch_size():
    data = two_domains()
    one = first(batches.unpaired(data, image_size=8, batch_size=1), 6)
    three = first(batches.unpaired(data, image_size=8, batch_size=3), 2)
    np.testing.assert_array_equal(np.concatenate(one, axis=1), np.concatenate(three, axis=1))


def test_an_epoch_is_the_longer_domain_and_the_shorter_repeats():
    data = two_domains(2, 6)
    assert batches.steps_per_epoch(data) == 6
    assert batches.steps_per_epoch(data, batch_size=4) == 2
    epoch = first(batches.unpaired(data, image_size=8, augmentation=NONE), 6)
    seen = [[image.tobytes() for image in domain] for domain in zip(*epoch, strict=True)]
    assert sorted(seen[0].count(image) for image in set(seen[0])) == [3, 3]
    assert len(set(seen[1])) == 6


def test_without_augmentation_an_image_stays_as_it_is():
    image = scenes(1, 3)[0][:32, :32]
    data = dataclasses.replace(two_domains(), train_b=ImageDomain([image]))
    (_, color), *_ = first(batches.unpaired(data, image_size=32, augmentation=NONE), 1)
    np.testing.assert_allclose(color[0], image / 127.5 - 1, atol=1e-6)


def test_16_bits_reach_the_network():
    ramp = np.linspace(0, 65535, 32 * 32 * 3).reshape(32, 32, 3).astype(np.uint16)
    data = dataclasses.replace(two_domains(), train_a=ImageDomain([ramp]))
    (negative, _), *_ = first(batches.unpaired(data, image_size=32, augmentation=NONE), 1)
    assert len(np.unique(negative)) > 3000


def test_negatives_on_the_fly_differ_from_pass_to_pass():
    data = two_domains(count_a=1, on_film=True)
    negatives = [a for a, _ in first(batches.unpaired(data, image_size=16, augmentation=NONE), 4)]
    assert len({negative.tobytes() for negative in negatives}) == 4


def test_pairs_show_the_same_scene():
    pairs = first(batches.paired(two_domains(), image_size=32, batch_size=1), 12)
    for negative, photo, weight in pairs:
        assert (weight == 1).all()
        positive = density_stretch(negative[0] / 2 + 0.5)
        together = np.corrcoef(positive.ravel(), photo[0].ravel())[0, 1]
        mirrored = np.corrcoef(positive[::-1, ::-1].ravel(), photo[0].ravel())[0, 1]
        assert together > 0.7
        assert mirrored < together - 0.1


def test_wide_pairs_show_the_same_scene_where_it_counts():
    pairs = first(batches.paired(two_domains(), image_size=32, film="wide"), 60)
    assert any((weight == 0).any() for _, _, weight in pairs)
    alike = []
    for negative, truth, weight in pairs:
        counts = weight[0, ..., 0] == 1
        light, dark = (x[0].mean(axis=-1)[counts] for x in (truth, negative))
        alike.append(np.corrcoef(light, -dark)[0, 1])
    assert np.median(alike) > 0.8


def test_colors_vary_in_contrast_saturation_and_white_balance():
    """Two pixels around a mean of one half, one of them red: each change can be read off them."""
    pixels = tf.constant([[[0.62, 0.42, 0.42], [0.38, 0.58, 0.58]]])
    seeds = [tf.constant([0, k]) for k in range(200)]
    changed = np.array([batches.jitter_colors(pixels, seed)[0] for seed in seeds])
    light, dark = changed.swapaxes(0, 1)
    gains = (light + dark) / (2 * 0.5)  # the contrast and the saturation keep the mean
    assert 0.9 <= gains.min() < 0.92
    assert 1.08 < gains.max() <= 1.1
    half = (light - dark) / (2 * gains)  # (0.12, -0.08, -0.08) before the changes
    weights = np.array([0.2126, 0.7152, 0.0722])
    contrast = half @ weights / (np.array([0.12, -0.08, -0.08]) @ weights)
    saturation = (half[:, 0] - half[:, 1]) / 0.2 / contrast
    assert 0.4 <= contrast.min() < 0.45
    assert 1.15 < contrast.max() <= 1.2 + 1e-4
    assert 0.5 - 1e-4 <= saturation.min() < 0.56
    assert 1.44 < saturation.max() <= 1.5 + 1e-4
    in_graph = tf.function(batches.jitter_colors)(pixels, seeds[5])
    np.testing.assert_allclose(in_graph[0], [light[5], dark[5]], atol=1e-6)
