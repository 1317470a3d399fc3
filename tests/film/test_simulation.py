"""Photograph to negative: determinism, eager against graph, and what a negative looks like."""

from functools import partial

import numpy as np
import pytest
import tensorflow as tf
from skimage import data

from negcolor.errors import NegcolorError
from negcolor.film.scanner import Scanner
from negcolor.film.simulation import expose_on_random_film, simulate
from negcolor.film.stocks import COLOR_STOCKS, STOCKS, get_stock

PHOTO = data.astronaut()[::8, ::8]
UNIT = (PHOTO / 255).astype(np.float32)


@pytest.mark.parametrize("name", STOCKS)
def test_every_stock_gives_an_unclipped_negative(name):
    negative = simulate(PHOTO, name)
    assert negative.shape == PHOTO.shape
    assert negative.dtype == np.float32
    assert negative.min() > 0
    assert negative.max() < 1
    for c in range(3):
        assert np.corrcoef(negative[..., c].ravel(), PHOTO.mean(axis=-1).ravel())[0, 1] < -0.8
    red, green, blue = simulate(np.zeros_like(PHOTO), name).mean(axis=(0, 1))
    if get_stock(name).kind == "color":
        assert red > green + 0.1 > blue + 0.15  # the orange mask
    else:
        assert red == pytest.approx(green, abs=1e-3) == pytest.approx(blue, abs=1e-3)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_photographs_of_any_depth_give_the_same_negative(dtype):
    white = 1 if np.issubdtype(dtype, np.floating) else np.iinfo(dtype).max
    photo = (PHOTO / 255 * white).astype(dtype)
    np.testing.assert_allclose(simulate(photo), simulate(PHOTO), atol=1.01 / 255)


def test_more_exposure_makes_a_denser_negative():
    assert simulate(PHOTO, exposure_stops=1.0).mean() < simulate(PHOTO).mean() - 0.02


def test_seeds_decide_grain_and_noise():
    scanner = Scanner(bit_depth=16)
    first, again, other = (simulate(PHOTO, scanner=scanner, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.9


def test_unknown_stock_is_refused():
    with pytest.raises(NegcolorError, match="'kodachrome'"):
        simulate(PHOTO, "kodachrome")


@pytest.fixture(scope="module")
def random_negatives():
    """Negatives of 200 seeds, made inside a tf.data graph."""
    seeds = tf.data.Dataset.range(200).map(lambda i: tf.stack([i, 7]))
    exposed = seeds.map(lambda seed: expose_on_random_film(UNIT, seed), num_parallel_calls=2)
    assert exposed.element_spec == tf.TensorSpec(PHOTO.shape, tf.float32)
    return np.stack(list(exposed.as_numpy_iterator()))


def test_graph_and_eager_give_the_same_numbers(random_negatives):
    for seed in range(10):
        eager = expose_on_random_film(tf.constant(UNIT), tf.constant([seed, 7], tf.int64))
        np.testing.assert_array_equal(random_negatives[seed], eager)


def test_the_last_bit_does_not_depend_on_what_else_the_machine_does():
    """At 16 bits, where a sum in another order would show, several times over."""

    def exposed():
        seeds = tf.data.Dataset.range(12).map(lambda i: tf.stack([i, 7]))
        expose = partial(expose_on_random_film, UNIT, bit_depth=16)
        return np.stack(list(seeds.map(expose, num_parallel_calls=4).as_numpy_iterator()))

    first = exposed()
    for _ in range(4):
        np.testing.assert_array_equal(exposed(), first)


def test_unknown_size_is_fine_in_a_graph():
    spec = tf.TensorSpec((None, None, 3), tf.float32)
    traced = tf.function(
        expose_on_random_film, input_signature=[spec, tf.TensorSpec((2,), tf.int64)]
    )
    seed = tf.constant([3, 7], tf.int64)
    np.testing.assert_allclose(
        traced(UNIT[:40], seed), expose_on_random_film(UNIT[:40], seed), atol=1e-6
    )


def test_random_negatives_vary_and_do_not_clip(random_negatives):
    assert random_negatives.min() >= 0
    assert random_negatives.max() < 1
    means = random_negatives.mean(axis=(1, 2))
    assert len(np.unique(means, axis=0)) == len(means)
    assert (means.std(axis=0) > 0.04).all()
    linear = means.max(axis=1) < 0.3  # 5 % of the scans are stored without encoding
    assert 2 <= linear.sum() <= 25


def test_random_negatives_use_every_color_stock(monkeypatch):
    seen = set()
    gather = tf.gather

    def spy(field, index):
        seen.add(int(index))
        return gather(field, index)

    monkeypatch.setattr(tf, "gather", spy)
    for seed in range(60):
        expose_on_random_film(UNIT[:2, :2], tf.constant([seed, 0]))
    assert seen == set(range(len(COLOR_STOCKS)))


def test_bit_depth_of_random_negatives():
    negative = expose_on_random_film(UNIT, tf.constant([0, 0]), bit_depth=16).numpy()
    assert len(np.unique(negative)) > 256
