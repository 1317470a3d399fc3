"""From a photograph to the scan of a negative of it."""

import numpy as np
import tensorflow as tf

from negcolor.errors import lookup
from negcolor.film.development import add_grain, develop, log_exposure, transmittance
from negcolor.film.scanner import DEFAULT_SCANNER, Scanner, scan
from negcolor.film.stocks import STOCKS, Emulsion, emulsion
from negcolor.images.color import luminance, srgb_to_linear, to_unit

FRAME_UM = 36_000.0
"""Long side of a 35 mm frame, which the long side of an image is taken to fill."""


def simulate(
    photo: np.ndarray,
    stock: str = "kodak_portra_400",
    *,
    exposure_stops: float = 0.0,
    scanner: Scanner = DEFAULT_SCANNER,
    seed: int = 0,
) -> np.ndarray:
    """Photographs an image on film, develops the film and scans the negative.

    Args:
        photo: (H, W, 3) sRGB; uint8, uint16, or floating point in [0, 1].
        stock: a key of `STOCKS`.
        exposure_stops: over-exposure in stops; 0 puts an 18 % grey where the meter puts it.
        scanner: how the negative is scanned.
        seed: for grain and scanner noise; the same seed gives the same scan.

    Returns:
        The negative, (H, W, 3) float32 in [0, 1] in the scanner's encoding.

    Raises:
        NegcolorError: for an unknown stock.
    """
    seeds = tf.random.split(tf.constant([0, seed], tf.int64), 2)
    film = emulsion(lookup(STOCKS, stock, "film stock"))
    exposed = expose(tf.constant(to_unit(photo)), film, exposure_stops, seeds[0])
    return scan(exposed, scanner, seeds[1]).numpy()


def expose(
    photo: tf.Tensor, film: Emulsion, stops: float | tf.Tensor, seed: tf.Tensor
) -> tf.Tensor:
    """The developed negative of an image that fills a 35 mm frame.

    Args:
        photo: (H, W, 3) float32 sRGB in [0, 1].
        film: fields of shape (layers,).
        stops: (), over-exposure.
        seed: (2,), integer; for the grain.

    Returns:
        Transmittance, (H, W, layers) float32.
    """
    light = srgb_to_linear(photo)
    if film.dmin.shape[-1] == 1:
        light = luminance(light)[..., tf.newaxis]
    density = develop(log_exposure(light, film.iso, stops), film)
    pitch_um = FRAME_UM / tf.cast(tf.reduce_max(tf.shape(photo)[:2]), tf.float32)
    return transmittance(add_grain(density, film, pitch_um, seed))
