"""Exposure and development: from linear light to the density and transmittance of a negative.

Pure functions of tensors that give the same numbers eagerly and inside a tf.data graph. Images
are (..., layers): three layers, sensitive to red, green and blue, for a color film and one layer
for a black-and-white film. They are float32 throughout.
"""

import math

import numpy as np
import tensorflow as tf

from negcolor.film.stocks import Emulsion
from negcolor.images.color import LUMINANCE_WEIGHTS, MID_GREY

DARKEST = 1e-4
"""Linear light below which a scene is black: 11 stops below mid grey."""

MAXIMUM_NET_DENSITY = 2.4
"""Net density at which a layer saturates where the data sheet ends before its shoulder."""

INTERIMAGE = 0.2
"""Shift of a layer's logH per unit of excess density in another layer, by released inhibitor.

Color negative films show 0.15 to 0.36.
"""

CROSSTALK = np.array([[1.0, 0.082, 0.010], [0.125, 1.0, 0.153], [0.070, 0.006, 1.0]], np.float32)
"""Status M density (rows red, green, blue) of unit cyan, magenta and yellow dye (columns).

Kodak Portra 400, from its data sheet E-4050; Gold and Ektar dyes are much the same.
"""

_WAVELENGTHS = (650.0, 550.0, 450.0)  # where the layers are most sensitive, nm
_SECOND_RADIATION_CONSTANT = 1.438777e7  # nm K

_DYES_OF_DENSITIES = np.linalg.inv(CROSSTALK)


def log_exposure(linear: tf.Tensor, iso: tf.Tensor, stops: tf.Tensor | float = 0.0) -> tf.Tensor:
    """Exposes a film of speed `iso` so that mid grey falls where its light meter puts it.

    Args:
        linear: (..., layers), linear light, white = 1.
        iso: (), arithmetic ISO speed.
        stops: (), over-exposure in stops (factors of two) against the meter.

    Returns:
        logH in log10 lux-seconds, same shape: an 18 % grey gets 10 / ISO lux-seconds.
    """
    light = tf.math.log(tf.maximum(linear, DARKEST)) / math.log(10)
    meter = 1.0 - tf.math.log(tf.cast(iso, tf.float32)) / math.log(10) - math.log10(MID_GREY)
    return light + (meter + math.log10(2) * stops)


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


def characteristic_curve(log_h: tf.Tensor, film: Emulsion) -> tf.Tensor:
    """Status M density of each layer by itself: what a data sheet shows for neutral exposures.

    Args:
        log_h: (..., layers), log10 lux-seconds.
        film: curve parameters of shape (layers,).

    Returns:
        D(logH) of the equation in `negcolor.film.stocks`, same shape, Dmin included.
    """
    planes = tf.unstack(log_h, axis=-1)
    return film.dmin + tf.stack([_net(h, film, c) for c, h in enumerate(planes)], axis=-1)


def develop(log_h: tf.Tensor, film: Emulsion) -> tf.Tensor:
    """Develops an exposed film to Status M densities, the layers acting on each other.

    Each layer forms one dye, and each dye absorbs a little in the other two bands (`CROSSTALK`).
    A layer that is denser than it would be under the receiving layer's exposure inhibits the
    receiver (`INTERIMAGE`), a thinner one favors it; this restores the saturation that crosstalk
    takes away. Both effects are arranged so that a neutral exposure of any strength lands on the
    characteristic curves, because those were measured with all layers exposed.

    Args:
        log_h: (..., layers), log10 lux-seconds; one layer has nothing to interact with.
        film: curve parameters of shape (layers,).

    Returns:
        Density, same shape, Dmin included, without grain.
    """
    if log_h.shape[-1] == 1:
        return characteristic_curve(log_h, film)
    # Separate planes: an innermost axis of three costs twice the time.
    planes = tf.unstack(log_h, axis=-1)
    curves = range(len(planes))
    as_neutral = [[_net(h, film, c) for c in curves] for h in planes]
    dyes = []
    for layer, h in enumerate(planes):
        # Sums of terms that nothing else uses: add_n begins with whichever input is free first,
        # so the last bit of other sums of three would depend on what else the machine does.
        excess = tf.add_n([as_neutral[c][c] - as_neutral[layer][c] for c in curves if c != layer])
        inhibited = h - INTERIMAGE * excess
        densities = [_net(inhibited, film, c) for c in curves]
        dyes.append(tf.add_n([_DYES_OF_DENSITIES[layer, c] * densities[c] for c in curves]))
    net = [tf.add_n([CROSSTALK[band, c] * dyes[c] for c in curves]) for band in curves]
    # Where the toes of a stock differ, a dye comes out as low as -0.015; a density must not.
    return film.dmin + tf.nn.relu(tf.stack(net, axis=-1))


def add_grain(
    density: tf.Tensor, film: Emulsion, pitch_um: tf.Tensor | float, seed: tf.Tensor
) -> tf.Tensor:
    """Adds the density fluctuation that a square pixel of the given pitch sees.

    Selwyn's law: standard deviation times the square root of the area is constant, so that the
    RMS granularity G, measured through a round 48 µm aperture at net density 1, means
    sigma = 0.0425 G / pitch per pixel; it grows as the square root of net density.

    Args:
        density: (..., layers), Dmin included.
        film: `dmin` of shape (layers,) and `grain` of shape ().
        pitch_um: (), width of a pixel on the film in µm.
        seed: (2,), integer.

    Returns:
        Density, same shape.
    """
    aperture = 48.0 * math.sqrt(math.pi) / 2  # side of the square of the same area, µm
    sigma = film.grain * 1e-3 * aperture / pitch_um * tf.sqrt(tf.nn.relu(density - film.dmin))
    return density + sigma * tf.random.stateless_normal(tf.shape(density), seed)


def transmittance(density: tf.Tensor) -> tf.Tensor:
    """Fraction of light that passes, 10^-D, same shape."""
    return tf.exp(-math.log(10) * density)


def _net(log_h: tf.Tensor, film: Emulsion, layer: int) -> tf.Tensor:
    """Density above Dmin of one layer's curve, for a plane of exposures."""
    gamma, x0, st, x1, ss = (
        field[layer] for field in (film.gamma, film.x0, film.st, film.x1, film.ss)
    )
    toe = gamma * st * tf.nn.softplus((log_h - x0) * (1.0 / st))
    shoulder = gamma * ss * tf.nn.softplus((log_h - x1) * (1.0 / ss))
    return tf.minimum(toe - shoulder, MAXIMUM_NET_DENSITY)
