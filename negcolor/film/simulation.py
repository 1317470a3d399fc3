"""From a photograph to the scan of a negative of it."""

import dataclasses
from functools import partial

import numpy as np
import tensorflow as tf

from negcolor.film.chance import between
from negcolor.film.development import add_grain, develop, log_exposure, transmittance
from negcolor.film.scanner import Encoding, Scanner, scan
from negcolor.film.stocks import (
    COLOR_STOCKS,
    STOCKS,
    Emulsion,
    emulsion,
    get_stock,
    stack_emulsions,
)
from negcolor.images.color import luminance, srgb_to_linear, to_unit

FRAME_UM = 36_000.0
"""Long side of a 35 mm frame, which the long side of an image is taken to fill."""

# What `expose_on_random_film` draws from. Gains are for red, green and blue: above 1.42 the
# clearest film base would clip, and the light of many camera scans is short of blue.
RANDOM_STOPS = (-0.5, 1.5)
RANDOM_GAIN = ((1.0, 1.0, 0.65), (1.42, 1.42, 1.42))
RANDOM_FLARE = (0.0, 0.02)
RANDOM_NOISE = (0.0, 2.0)  # of the default noise
RANDOM_ENCODINGS: dict[Encoding, float] = {"srgb": 0.60, "gamma2.2": 0.35, "linear": 0.05}

DEFAULT_SCANNER = Scanner()

_COLOR_FILMS = stack_emulsions([STOCKS[name] for name in COLOR_STOCKS])


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
    film = emulsion(get_stock(stock))
    exposed = _expose(tf.constant(to_unit(photo)), film, exposure_stops, seeds[0])
    return scan(exposed, scanner, seeds[1]).numpy()


def expose_on_random_film(photo: tf.Tensor, seed: tf.Tensor, bit_depth: int = 8) -> tf.Tensor:
    """Turns a photograph into a negative on a color stock and a scanner drawn at random.

    Stocks are drawn evenly, exposure between half a stop under and one and a half over, and the
    scanner's gain per channel, flare, noise and encoding (60 % sRGB, 35 % gamma 2.2, 5 %
    linear). Runs eagerly and in a graph with the same numbers.

    Args:
        photo: (H, W, 3) float32 sRGB in [0, 1].
        seed: (2,), integer; decides everything that is random.
        bit_depth: of the scan, 8 or 16.

    Returns:
        The negative, (H, W, 3) float32 in [0, 1].
    """
    draw_seed, grain_seed, scan_seed = tf.unstack(tf.random.split(seed, 3))
    draws = tf.random.stateless_uniform((8,), draw_seed)
    stock = tf.cast(draws[0] * len(COLOR_STOCKS), tf.int32)
    film = tf.nest.map_structure(lambda field: tf.gather(field, stock), _COLOR_FILMS)
    noise = between(draws[2], RANDOM_NOISE)
    scanner = Scanner(
        gain=between(draws[3:6], RANDOM_GAIN),
        flare=between(draws[6], RANDOM_FLARE),
        read_noise=noise * DEFAULT_SCANNER.read_noise,
        shot_noise=noise * DEFAULT_SCANNER.shot_noise,
        bit_depth=bit_depth,
    )
    exposed = _expose(photo, film, between(draws[1], RANDOM_STOPS), grain_seed)
    branches = [
        partial(scan, exposed, dataclasses.replace(scanner, encoding=encoding), scan_seed)
        for encoding in RANDOM_ENCODINGS
    ]
    encoding = tf.searchsorted(np.cumsum([*RANDOM_ENCODINGS.values()], dtype=np.float32), draws[7:])
    negative = tf.switch_case(encoding[0], branches)
    return tf.ensure_shape(negative, photo.shape)


def _expose(photo: tf.Tensor, film: Emulsion, stops: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Transmittance (H, W, layers) of the negative of an sRGB image (H, W, 3) in [0, 1]."""
    light = srgb_to_linear(photo)
    if film.dmin.shape[-1] == 1:
        light = luminance(light)[..., tf.newaxis]
    density = develop(log_exposure(light, film.iso, stops), film)
    pitch_um = FRAME_UM / tf.cast(tf.reduce_max(tf.shape(photo)[:2]), tf.float32)
    return transmittance(add_grain(density, film, pitch_um, seed))
