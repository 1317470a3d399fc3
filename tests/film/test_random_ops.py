"""Drawing from bounds and shares."""

import numpy as np
import tensorflow as tf

from negcolor.film.random_ops import between, choose


def test_between_reaches_both_bounds():
    np.testing.assert_allclose(between(tf.constant([0.0, 0.5, 1.0]), (2.0, 4.0)), [2, 3, 4])
    bounds = ((0.0, 1.0), (1.0, 3.0))
    np.testing.assert_allclose(between(tf.constant([0.5, 0.5]), bounds), [0.5, 2.0])


def test_choose_draws_by_the_shares():
    draws = (np.arange(1000) + 0.5).astype(np.float32) / 1000
    picked = [int(choose(tf.constant(draw), (0.2, 0.5, 0.3))) for draw in draws]
    assert np.bincount(picked).tolist() == [200, 500, 300]


def test_choose_stays_within_the_shares_whatever_their_sum_is_rounded_to():
    almost_one = np.nextafter(np.float32(1), np.float32(0))
    assert int(choose(tf.constant(almost_one), [1 / 11] * 11)) == 10
    assert int(choose(tf.constant(0.0), (0.0, 1.0))) == 1
