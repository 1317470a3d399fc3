"""Negatives as they turn up: any film, light, age, scanner and file, frames, dust and scratches."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from negcolor.film.aging import age_at_random
from negcolor.film.chance import Range, between, pick
from negcolor.film.defects import dusty, scratched
from negcolor.film.development import add_grain, develop, log_exposure, transmittance
from negcolor.film.frame import set_in_frame
from negcolor.film.light import DAYLIGHT, TUNGSTEN, TUNGSTEN_STOCKS, light_gains, mireds
from negcolor.film.random_scanner import RANDOM_SCANNER, RandomScanner, scan_randomly
from negcolor.film.stocks import COLOR_STOCKS, STOCKS, Emulsion, emulsion
from negcolor.images.color import linear_to_srgb, luminance, srgb_to_linear


@dataclass(frozen=True)
class RandomFilm:
    """What `simulate_random_negative` draws from: shares of the images in [0, 1], and bounds.

    By default more than half of the images are what people usually have: a film that is neither
    old nor pushed, metered about right, in its light, in a calibrated scanner. Where they are
    fewer, a network hedges: it takes warm scenes for wrong light and dark ones for underexposed.

    Attributes:
        black_and_white: share of black-and-white films; within a kind, stocks are drawn evenly.
        stops, extreme_stops: over-exposure, usually and in a share `extreme` of the images.
        right_light: mireds by which the light differs from what the film is balanced for.
        wrong_light: share of the images taken in tungsten light on daylight film, or in
            daylight on tungsten film.
        tungsten_light, daylight: color temperatures of these, kelvin.
        aged: share of pushed, pulled and expired films, see `negcolor.film.aging`.
        pitch_um: width of a pixel on the film, drawn evenly in its logarithm, µm.
        framed, scratched, dusty: shares, see `negcolor.film.frame` and `negcolor.film.defects`.
        scanner: everything about the scanner and its files.
    """

    black_and_white: float = 0.15
    stops: Range = (-1.0, 2.0)
    extreme_stops: Range = (-2.0, 3.0)
    extreme: float = 0.1
    right_light: Range = (-8.0, 8.0)
    wrong_light: float = 0.05
    tungsten_light: Range = (2700.0, 4500.0)
    daylight: Range = (5000.0, 7500.0)
    aged: float = 0.08
    pitch_um: Range = (10.0, 200.0)
    framed: float = 0.1
    scratched: float = 0.1
    dusty: float = 0.25
    scanner: RandomScanner = RANDOM_SCANNER


WIDE = RandomFilm()
"""What is drawn for training."""


class RandomNegative(NamedTuple):
    """A scanned negative and what a network should make of it.

    Attributes:
        negative: (H, W, 3) float32 in [0, 1], as a reader hands it over.
        truth: (H, W, 3) float32 sRGB in [0, 1]: the photograph, or its luminance as grey on a
            black-and-white film.
        weight: (H, W, 1) float32, 1 in the image area and 0 on holder, rebate and perforations.
    """

    negative: tf.Tensor
    truth: tf.Tensor
    weight: tf.Tensor


_NAMES = (*COLOR_STOCKS, *(name for name in STOCKS if name not in COLOR_STOCKS))
# A black-and-white film is given as three equal layers.
_FILMS = Emulsion(
    *(
        np.stack([np.broadcast_to(value, (3,) if value.ndim else ()) for value in values])
        for values in zip(*(emulsion(STOCKS[name]) for name in _NAMES), strict=True)
    )
)
_IS_TUNGSTEN = np.array([name in TUNGSTEN_STOCKS for name in _NAMES])


def simulate_random_negative(
    photo: tf.Tensor, seed: tf.Tensor, ranges: RandomFilm = WIDE
) -> RandomNegative:
    """Turns a photograph into a negative of any kind that people have, scanned in any way.

    Runs eagerly and in a graph with the same numbers.

    Args:
        photo: (H, W, 3) float32 sRGB in [0, 1].
        seed: (2,), integer; decides everything that is random.
        ranges: what to draw from.

    Returns:
        Negative, truth and weight, with the height and width of `photo`.
    """
    seeds = tf.unstack(tf.random.split(seed, 8))
    stock = _draw_stock(seeds[0], ranges)
    film = tf.nest.map_structure(lambda values: tf.gather(values, stock), _FILMS)
    film = _perhaps(ranges.aged, age_at_random, film, seeds[1])
    in_color = stock < len(COLOR_STOCKS)

    def alike(layers: tf.Tensor) -> tf.Tensor:
        """The first layer in place of all on a black-and-white film, (..., 3) or ()."""
        return tf.where(in_color, layers, layers[..., :1]) if layers.shape.rank else layers

    film = tf.nest.map_structure(alike, film)
    linear = srgb_to_linear(photo)
    seen = linear * light_gains(_draw_light(tf.gather(_IS_TUNGSTEN, stock), seeds[2], ranges))
    seen = tf.where(in_color, seen, luminance(seen)[..., tf.newaxis])
    density = _develop(seen, film, seeds[3], ranges)
    exposed = transmittance(alike(density))
    exposed = _perhaps(ranges.scratched, scratched, exposed, seeds[4])
    exposed, weight = _perhaps(
        ranges.framed,
        lambda whole, seed: set_in_frame(whole[0], film.dmin, seed),
        (exposed, tf.ones_like(exposed[..., :1])),
        seeds[5],
    )
    exposed = _perhaps(ranges.dusty, dusty, exposed, seeds[6])
    negative = scan_randomly(exposed, film.dmin, seeds[7], ranges.scanner)
    grey = tf.clip_by_value(linear_to_srgb(luminance(linear)), 0.0, 1.0)[..., tf.newaxis]
    return RandomNegative(
        negative=tf.ensure_shape(negative, photo.shape),
        truth=tf.where(in_color, photo, grey),
        weight=tf.ensure_shape(weight, (*photo.shape[:2], 1)),
    )


def _draw_stock(seed: tf.Tensor, ranges: RandomFilm) -> tf.Tensor:
    """Index into `_NAMES`."""
    grey_share, others = ranges.black_and_white, len(_NAMES) - len(COLOR_STOCKS)
    colors = [(1.0 - grey_share) / len(COLOR_STOCKS)] * len(COLOR_STOCKS)
    return pick(tf.random.stateless_uniform((), seed), [*colors, *([grey_share / others] * others)])


def _draw_light(on_tungsten_film: tf.Tensor, seed: tf.Tensor, ranges: RandomFilm) -> tf.Tensor:
    """Mireds by which the light differs from the film's balance."""
    wrong, draw = tf.unstack(tf.random.stateless_uniform((2,), seed))
    tungsten = mireds(between(draw, ranges.tungsten_light)) - mireds(DAYLIGHT)
    daylight = mireds(between(draw, ranges.daylight)) - mireds(TUNGSTEN)
    return tf.where(
        wrong < ranges.wrong_light,
        tf.where(on_tungsten_film, daylight, tungsten),
        between(draw, ranges.right_light),
    )


def _develop(light: tf.Tensor, film: Emulsion, seed: tf.Tensor, ranges: RandomFilm) -> tf.Tensor:
    """Density with grain, (H, W, 3), of a film exposed to linear light (H, W, 3)."""
    extreme, draw, pitch = tf.unstack(tf.random.stateless_uniform((3,), seed))
    stops = tf.where(
        extreme < ranges.extreme,
        between(draw, ranges.extreme_stops),
        between(draw, ranges.stops),
    )
    pitch_um = tf.exp(between(pitch, (math.log(ranges.pitch_um[0]), math.log(ranges.pitch_um[1]))))
    density = develop(log_exposure(light, film.iso, stops), film)
    return add_grain(density, film, pitch_um, tf.random.fold_in(seed, 1))


def _perhaps(
    share: float, change: Callable[[Any, tf.Tensor], Any], value: Any, seed: tf.Tensor
) -> Any:
    """`change(value, seed)` in a share of the cases, else `value`; both of one structure."""
    draw = tf.random.stateless_uniform((), tf.random.fold_in(seed, 1))
    return tf.cond(draw < share, lambda: change(value, seed), lambda: value)
