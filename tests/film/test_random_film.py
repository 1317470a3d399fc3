"""Negatives of every kind: a pure function of photograph and seed, each effect by itself."""

import dataclasses
from functools import partial

import numpy as np
import pytest
import tensorflow as tf
from skimage import color, data

from negcolor.converters.classical import density_stretch
from negcolor.film.random_film import (
    RandomFilm,
    RandomNegative,
    expose_on_random_film,
    simulate_random_negative,
)
from negcolor.film.scanner import RandomScanner
from negcolor.film.stocks import COLOR_STOCKS

UNIT = (data.astronaut()[::8, ::8] / 255).astype(np.float32)
PHOTO = tf.constant(UNIT)
COUNT = 200

# Nothing happens, and the scanner is quiet and always the same.
CALM = RandomFilm(
    black_and_white=0.0,
    stops=(0.0, 0.0),
    extreme=0.0,
    right_light=(0.0, 0.0),
    wrong_light=0.0,
    aged=0.0,
    pitch_um=(200.0, 200.0),
    framed=0.0,
    scratched=0.0,
    dusty=0.0,
    scanner=RandomScanner(
        calibrated=1.0,
        calibrated_gain=(1.35, 1.35),
        calibrated_channel=(1.0, 1.0),
        flare=(0.0, 0.0),
        noise=(0.0, 0.0),
        encodings=(("srgb", 1.0),),
        sixteen_bits=1.0,
    ),
)


def seeds(count):
    return tf.data.Dataset.range(count).map(lambda i: tf.stack([i, 7]))


def exposed(seed=3, **changes):
    ranges = dataclasses.replace(CALM, **changes)
    return RandomNegative(
        *(x.numpy() for x in simulate_random_negative(PHOTO, tf.constant([seed, 7]), ranges))
    )


@pytest.fixture(scope="module")
def many():
    """Scans of 200 seeds made inside a tf.data graph, each field stacked."""
    scans = seeds(COUNT).map(
        lambda seed: simulate_random_negative(PHOTO, seed), num_parallel_calls=2
    )
    size = UNIT.shape[:2]
    assert scans.element_spec == RandomNegative(
        tf.TensorSpec((*size, 3)), tf.TensorSpec((*size, 3)), tf.TensorSpec((*size, 1))
    )
    return RandomNegative(
        *(np.stack(field) for field in zip(*scans.as_numpy_iterator(), strict=True))
    )


def test_values_are_finite_and_in_range(many):
    for field in many:
        assert field.dtype == np.float32
        assert field.min() >= 0
        assert field.max() <= 1
    assert np.isin(many.weight, (0, 1)).all()
    assert len(np.unique(many.negative.mean(axis=(1, 2)), axis=0)) == COUNT


def test_graph_and_eager_give_the_same_numbers(many):
    for seed in range(12):
        eager = simulate_random_negative(PHOTO, tf.constant([seed, 7], tf.int64))
        for field, in_graph in zip(eager, many, strict=True):
            np.testing.assert_array_equal(in_graph[seed], field)


def test_the_last_bit_does_not_depend_on_what_else_the_machine_does():
    scans = seeds(16).map(lambda seed: simulate_random_negative(PHOTO, seed), num_parallel_calls=4)
    first, *others = (list(scans.as_numpy_iterator()) for _ in range(4))
    for other in others:
        for scan, again in zip(first, other, strict=True):
            np.testing.assert_array_equal(scan.negative, again.negative)


def test_unknown_size_is_fine_in_a_graph():
    spec = [tf.TensorSpec((None, None, 3)), tf.TensorSpec((2,), tf.int64)]
    ranges = dataclasses.replace(CALM, framed=1.0, scratched=1.0, dusty=1.0, aged=1.0)
    traced = tf.function(partial(simulate_random_negative, ranges=ranges), input_signature=spec)
    seed = tf.constant([3, 7], tf.int64)
    for field, expected in zip(
        traced(PHOTO[:40], seed), simulate_random_negative(PHOTO[:40], seed, ranges), strict=True
    ):
        np.testing.assert_allclose(field, expected, atol=1e-4)


def test_shares_are_drawn(many):
    """15 % of 200 is 30; four standard deviations are 20."""
    is_grey = (np.ptp(many.truth, axis=-1) == 0).all(axis=(1, 2))
    framed = (many.weight == 0).any(axis=(1, 2, 3))
    assert 10 <= is_grey.sum() <= 50
    assert 5 <= framed.sum() <= 50


def test_the_truth_is_the_photograph_or_its_luminance(many):
    is_grey = (np.ptp(many.truth, axis=-1) == 0).all(axis=(1, 2))
    in_color = many.truth[~is_grey]
    np.testing.assert_array_equal(in_color, np.broadcast_to(UNIT, in_color.shape))
    linear = color.rgb2xyz(many.truth[is_grey][0].astype(float))[..., 1]
    np.testing.assert_allclose(linear, color.rgb2xyz(UNIT.astype(float))[..., 1], atol=1e-4)


def test_nearly_all_negatives_can_be_inverted(many):
    """The order of tones comes back, in spite of everything that happened to the film."""
    correlations = []
    for negative, truth, weight in zip(*many, strict=True):
        inside = weight[..., 0] > 0
        found, true = density_stretch(negative).mean(axis=-1), truth.mean(axis=-1)
        correlations.append(np.corrcoef(found[inside], true[inside])[0, 1])
    assert np.quantile(correlations, 0.05) > 0.6
    assert np.median(correlations) > 0.93


def test_black_and_white_negatives_are_neutral():
    for seed in range(6):
        scan = exposed(
            seed, black_and_white=1.0, aged=1.0, pitch_um=(10.0, 10.0), framed=1.0, wrong_light=1.0
        )
        assert np.ptp(scan.negative, axis=-1).max() < 1e-4
        assert np.ptp(scan.truth, axis=-1).max() == 0
        assert scan.negative.std() > 0.05


@pytest.mark.parametrize(
    "changes",
    [
        {"wrong_light": 1.0},
        {"aged": 1.0},
        {"framed": 1.0},
        {"scratched": 1.0},
        {"dusty": 1.0},
        {"scanner": dataclasses.replace(CALM.scanner, calibrated=0.0)},
    ],
    ids=str,
)
def test_each_effect_shows_and_leaves_the_truth_alone(changes):
    for seed in range(5):
        calm, changed = exposed(seed), exposed(seed, **changes)
        assert np.abs(changed.negative - calm.negative).max() > 0.005
        np.testing.assert_array_equal(changed.truth, calm.truth)
        assert (changed.weight.min() == 0) == ("framed" in changes)


def test_more_exposure_makes_a_denser_negative():
    under, right, over = (exposed(stops=(s, s)).negative.mean() for s in (-2.0, 0.0, 2.0))
    assert under > right + 0.02 > over + 0.04


def test_a_smaller_pixel_sees_more_grain():
    smooth = exposed(pitch_um=(1e6, 1e6)).negative
    coarse, fine = (exposed(pitch_um=(pitch, pitch)).negative - smooth for pitch in (20.0, 200.0))
    assert coarse.std() == pytest.approx(10 * fine.std(), rel=0.1)


@pytest.fixture(scope="module")
def plain_negatives():
    """Negatives of 200 seeds, made inside a tf.data graph."""
    exposed = seeds(200).map(lambda seed: expose_on_random_film(UNIT, seed), num_parallel_calls=2)
    assert exposed.element_spec == tf.TensorSpec(UNIT.shape, tf.float32)
    return np.stack(list(exposed.as_numpy_iterator()))


def test_plain_graph_and_eager_give_the_same_numbers(plain_negatives):
    for seed in range(10):
        eager = expose_on_random_film(tf.constant(UNIT), tf.constant([seed, 7], tf.int64))
        np.testing.assert_array_equal(plain_negatives[seed], eager)


def test_plain_the_last_bit_does_not_depend_on_what_else_the_machine_does():
    """At 16 bits, where a sum in another order would show, several times over."""

    expose = partial(expose_on_random_film, UNIT, bit_depth=16)
    negatives = seeds(12).map(expose, num_parallel_calls=4)
    first, *others = (np.stack(list(negatives.as_numpy_iterator())) for _ in range(4))
    for other in others:
        np.testing.assert_array_equal(other, first)


def test_plain_unknown_size_is_fine_in_a_graph():
    spec = tf.TensorSpec((None, None, 3), tf.float32)
    traced = tf.function(
        expose_on_random_film, input_signature=[spec, tf.TensorSpec((2,), tf.int64)]
    )
    seed = tf.constant([3, 7], tf.int64)
    np.testing.assert_allclose(
        traced(UNIT[:40], seed), expose_on_random_film(UNIT[:40], seed), atol=1e-6
    )


def test_plain_negatives_vary_and_do_not_clip(plain_negatives):
    assert plain_negatives.min() >= 0
    assert plain_negatives.max() < 1
    means = plain_negatives.mean(axis=(1, 2))
    assert len(np.unique(means, axis=0)) == len(means)
    assert (means.std(axis=0) > 0.04).all()
    linear = means.max(axis=1) < 0.3  # 5 % of the scans are stored without encoding
    assert 2 <= linear.sum() <= 25


def test_plain_negatives_use_every_color_stock(monkeypatch):
    seen = set()
    gather = tf.gather

    def spy(field, index):
        seen.add(int(index))
        return gather(field, index)

    monkeypatch.setattr(tf, "gather", spy)
    for seed in range(60):
        expose_on_random_film(UNIT[:2, :2], tf.constant([seed, 0]))
    assert seen == set(range(len(COLOR_STOCKS)))


def test_bit_depth_of_plain_negatives():
    negative = expose_on_random_film(UNIT, tf.constant([0, 0]), bit_depth=16).numpy()
    assert len(np.unique(negative)) > 256
