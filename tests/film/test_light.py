"""Light of other color temperatures, against Planck's law."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import constants

from negcolor.film.light import DAYLIGHT, light_gains, mireds


def planck(nm, kelvin):
    wavelength = nm * 1e-9
    return wavelength**-5 / np.expm1(
        constants.h * constants.c / (wavelength * constants.k * kelvin)
    )


@pytest.mark.parametrize("kelvin", [2700, 4000, 5500, 7500])
def test_gains_are_those_of_black_bodies(kelvin):
    gains = light_gains(tf.constant(mireds(kelvin) - mireds(DAYLIGHT), tf.float32)).numpy()
    ratio = [planck(nm, kelvin) / planck(nm, DAYLIGHT) for nm in (650, 550, 450)]
    # Wien's approximation is 1.8 % off for red at 5500 K, and that is the most here.
    np.testing.assert_allclose(gains / gains[1], np.divide(ratio, ratio[1]), rtol=0.025)


def test_the_films_own_light_changes_nothing_and_white_keeps_its_luminance():
    np.testing.assert_allclose(light_gains(tf.constant(0.0)), 1.0, atol=1e-6)
    for mired in (-150.0, 190.0):
        gains = light_gains(tf.constant(mired)).numpy()
        assert gains @ (0.2126, 0.7152, 0.0722) == pytest.approx(1.0, abs=1e-6)


def test_tungsten_light_is_red_and_daylight_on_tungsten_film_blue():
    red, green, blue = light_gains(tf.constant(168.0)).numpy()
    assert red > 1.8 * green > 3.6 * blue
    red, green, blue = light_gains(tf.constant(-131.0)).numpy()
    assert red < 0.7 * green < 0.5 * blue
