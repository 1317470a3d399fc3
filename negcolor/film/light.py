"""The light of the scene against the light that a film is balanced for."""

import tensorflow as tf

from negcolor.images.color import LUMINANCE_WEIGHTS

DAYLIGHT = 5500.0
"""Balance of a daylight film, kelvin."""

TUNGSTEN = 3200.0
"""Balance of a tungsten film (type B), kelvin."""

TUNGSTEN_STOCKS = frozenset({"kodak_vision3_500t"})
"""Stocks balanced for tungsten light; the others are for daylight."""

_WAVELENGTHS = (650.0, 550.0, 450.0)  # where the layers are most sensitive, nm
_SECOND_RADIATION_CONSTANT = 1.438777e7  # nm K


def light_gains(mired: tf.Tensor) -> tf.Tensor:
    """Exposure of the layers by a light other than the film's, relative to the film's own.

    By Wien's approximation to Planck's law, the logarithm of a wavelength's power is linear in the
    mired value (1e6 / kelvin), which is why filters that convert light are named by mireds.

    Args:
        mired: (), mireds of the light less those of the film's balance; positive is warmer.

    Returns:
        Gains of linear red, green and blue, (3,) float32. White keeps its luminance.
    """
    rates = tf.constant([-1e-6 * _SECOND_RADIATION_CONSTANT / nm for nm in _WAVELENGTHS])
    gains = tf.exp(mired * (rates - rates[0]))
    return gains / tf.reduce_sum(gains * LUMINANCE_WEIGHTS)


def mireds(kelvin: tf.Tensor | float) -> tf.Tensor | float:
    """Reciprocal color temperature, in units of 1e-6 per kelvin."""
    return 1e6 / kelvin
