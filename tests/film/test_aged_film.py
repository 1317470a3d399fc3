"""Pushed and expired films: what each change does to a characteristic curve."""

import numpy as np
import pytest
import tensorflow as tf

from negcolor.film.development import characteristic_curve
from negcolor.film.random_film import adjust_curve, age_at_random
from negcolor.film.stocks import STOCKS, emulsion

FILM = emulsion(STOCKS["kodak_gold_200"])  # its curve has a shoulder in every layer
LOG_H = tf.repeat(tf.linspace(-4.0, 1.0, 60)[:, tf.newaxis], 3, axis=1)


def changed(fog=0.0, contrast=0.0, speed=0.0):
    return characteristic_curve(LOG_H, adjust_curve(FILM, fog, contrast, speed)).numpy()


def test_fog_adds_to_every_density():
    fog = np.array([0.1, 0.2, 0.3], np.float32)
    np.testing.assert_allclose(changed(fog=fog), changed() + fog, atol=1e-6)


def test_contrast_scales_the_net_density():
    net, harder = changed() - FILM.dmin, changed(contrast=0.25) - FILM.dmin
    np.testing.assert_allclose(harder, 1.25 * net, atol=1e-5)


def test_a_stop_of_speed_is_a_stop_of_exposure():
    exposed_more = characteristic_curve(LOG_H + np.float32(np.log10(2)), FILM)
    np.testing.assert_allclose(changed(speed=1.0), exposed_more, atol=1e-5)


@pytest.fixture(scope="module")
def aged():
    seeds = tf.data.Dataset.range(300).map(lambda i: age_at_random(FILM, tf.stack([i, 3])))
    return list(seeds.as_numpy_iterator())


def test_aged_films_stay_within_what_films_do(aged):
    fog = np.array([film.dmin - FILM.dmin for film in aged])
    contrast = np.array([film.gamma / FILM.gamma - 1 for film in aged])
    shift = np.array([film.x0 - FILM.x0 for film in aged])
    assert -0.051 < fog.min() < -0.02
    assert 0.25 < fog.max() < 0.301
    assert fog[:, 2].mean() > fog[:, 0].mean() + 0.01  # blue fogs most
    assert -0.251 < contrast.min() < -0.2
    assert 0.25 < contrast.max() < 0.301
    assert -0.19 < shift.min() < 0 < shift.max() < 0.37
    assert (np.ptp(contrast, axis=1) > 0).all()  # the layers drift apart


def test_a_missing_shoulder_stays_missing():
    film = age_at_random(emulsion(STOCKS["kodak_portra_400"]), tf.constant([1, 2]))
    assert np.isinf(film.x1).all()
