"""Negatives as they turn up: any film, light, age, scanner and file, frames, dust and scratches."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from negcolor.film.defects import add_dust, add_scratches, set_in_frame
from negcolor.film.development import (
    add_grain,
    develop,
    light_gains,
    log_exposure,
    mireds,
    transmittance,
)
from negcolor.film.random_ops import ChannelRange, Range, between, choose
from negcolor.film.scanner import (
    DEFAULT_SCANNER,
    WIDE_SCANNER,
    Encoding,
    RandomScanner,
    Scanner,
    encode_as,
    scan_randomly,
    sense,
    store,
)
from negcolor.film.simulation import expose
from negcolor.film.stocks import BALANCES, COLOR_STOCKS, STOCKS, Emulsion, stack_emulsions
from negcolor.images.color import linear_to_srgb, luminance, srgb_to_linear

# What `expose_on_random_film` draws from. Gains are for red, green and blue: above 1.42 the
# clearest film base would clip, and the light of many camera scans is short of blue.
PLAIN_STOPS: Range = (-0.5, 1.5)
PLAIN_GAIN: ChannelRange = ((1.0, 1.0, 0.65), (1.42, 1.42, 1.42))
PLAIN_FLARE: Range = (0.0, 0.02)
PLAIN_NOISE: Range = (0.0, 2.0)  # of the default noise
PLAIN_ENCODINGS: dict[Encoding, float] = {"srgb": 0.60, "gamma2.2": 0.35, "linear": 0.05}

PUSHED = 0.5
"""Share of pushed and pulled films among the aged ones; the others are expired."""

# Pushing (more stops) and pulling (fewer). Every layer draws its own gain of contrast, so that
# the colors of lights and shadows drift apart, as they do.
PUSH_STOPS: Range = (-1.0, 2.0)
PUSH_CONTRAST: Range = (0.10, 0.15)  # share of gamma per stop
PUSH_FOG: Range = (0.01, 0.05)  # density per stop
PUSH_SPEED = 0.3  # stops of true speed per stop; the rest of a push is contrast

# Films beyond their date: per layer red, green, blue. The blue layer lies on top and fogs most.
EXPIRED_FOG: ChannelRange = ((0.0, 0.0, 0.0), (0.2, 0.2, 0.3))
EXPIRED_CONTRAST: Range = (-0.25, 0.0)  # share of gamma
EXPIRED_SPEED: Range = (-1.0, 0.0)  # stops, all layers alike
EXPIRED_DRIFT: Range = (-0.2, 0.2)  # stops, each layer by itself


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
        aged: share of pushed, pulled and expired films, see `age_at_random`.
        pitch_um: width of a pixel on the film, drawn evenly in its logarithm, µm.
        framed, scratched, dusty: shares, see `negcolor.film.defects`.
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
    scanner: RandomScanner = WIDE_SCANNER


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
_FILMS = stack_emulsions([STOCKS[name] for name in _NAMES])
_IS_TUNGSTEN = np.array([STOCKS[name].balance == "tungsten" for name in _NAMES])


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
    film = _apply_to_share(ranges.aged, age_at_random, film, seeds[1])
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
    exposed = _apply_to_share(ranges.scratched, add_scratches, exposed, seeds[4])
    exposed, weight = _apply_to_share(
        ranges.framed,
        lambda whole, seed: set_in_frame(whole[0], film.dmin, seed),
        (exposed, tf.ones_like(exposed[..., :1])),
        seeds[5],
    )
    exposed = _apply_to_share(ranges.dusty, add_dust, exposed, seeds[6])
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
    return choose(
        tf.random.stateless_uniform((), seed), [*colors, *([grey_share / others] * others)]
    )


def _draw_light(on_tungsten_film: tf.Tensor, seed: tf.Tensor, ranges: RandomFilm) -> tf.Tensor:
    """Mireds by which the light differs from the film's balance."""
    wrong, draw = tf.unstack(tf.random.stateless_uniform((2,), seed))
    tungsten = mireds(between(draw, ranges.tungsten_light)) - mireds(BALANCES["daylight"])
    daylight = mireds(between(draw, ranges.daylight)) - mireds(BALANCES["tungsten"])
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


def _apply_to_share(
    share: float, change: Callable[[Any, tf.Tensor], Any], value: Any, seed: tf.Tensor
) -> Any:
    """`change(value, seed)` in a share of the cases, else `value`; both of one structure."""
    draw = tf.random.stateless_uniform((), tf.random.fold_in(seed, 1))
    return tf.cond(draw < share, lambda: change(value, seed), lambda: value)


def expose_on_random_film(photo: tf.Tensor, seed: tf.Tensor, bit_depth: int = 8) -> tf.Tensor:
    """Turns a photograph into a negative on a color stock and a scanner drawn at random.

    Less happens than in `simulate_random_negative`: a new film in its own light, stocks drawn
    evenly, and the exposure, the scanner's gain per channel, flare, noise and encoding from the
    constants `PLAIN_…`. Runs eagerly and in a graph with the same numbers.

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
    film = tf.nest.map_structure(lambda values: tf.gather(values, stock), _FILMS)
    noise = between(draws[2], PLAIN_NOISE)
    scanner = Scanner(
        gain=between(draws[3:6], PLAIN_GAIN),
        flare=between(draws[6], PLAIN_FLARE),
        read_noise=noise * DEFAULT_SCANNER.read_noise,
        shot_noise=noise * DEFAULT_SCANNER.shot_noise,
    )
    signal = sense(
        expose(photo, film, between(draws[1], PLAIN_STOPS), grain_seed), scanner, scan_seed
    )
    encoding = choose(draws[7], [*PLAIN_ENCODINGS.values()])
    negative = store(encode_as(encoding, signal, [*PLAIN_ENCODINGS]), bit_depth)
    return tf.ensure_shape(negative, photo.shape)


def adjust_curve(film: Emulsion, fog: tf.Tensor, contrast: tf.Tensor, speed: tf.Tensor) -> Emulsion:
    """The film with other curves.

    Args:
        film: fields of shape (layers,).
        fog: (layers,) or (), density added to Dmin.
        contrast: (layers,) or (), change of gamma as a share of it.
        speed: (layers,) or (), stops of sensitivity gained, by which curves move to lower logH.
    """
    shift = -math.log10(2) * speed
    return film._replace(
        dmin=film.dmin + fog,
        gamma=film.gamma * (1.0 + contrast),
        x0=film.x0 + shift,
        x1=film.x1 + shift,
    )


def age_at_random(film: Emulsion, seed: tf.Tensor) -> Emulsion:
    """Pushes, pulls or expires a film of three layers; `seed` is (2,), integer."""
    draws = tf.random.stateless_uniform((5, 3), seed)
    stops = between(draws[0, 0], PUSH_STOPS)
    pushed = adjust_curve(
        film,
        fog=stops * between(draws[1], PUSH_FOG),
        contrast=stops * between(draws[2], PUSH_CONTRAST),
        speed=stops * PUSH_SPEED,
    )
    expired = adjust_curve(
        film,
        fog=between(draws[1], EXPIRED_FOG),
        contrast=between(draws[2], EXPIRED_CONTRAST),
        speed=between(draws[3], EXPIRED_DRIFT) + between(draws[0, 0], EXPIRED_SPEED),
    )
    is_pushed = draws[4, 0] < PUSHED
    return tf.nest.map_structure(lambda a, b: tf.where(is_pushed, a, b), pushed, expired)
