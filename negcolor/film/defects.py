"""Scratches of a film, and the dust on it."""

import math

import tensorflow as tf

from negcolor.film.chance import Range, between
from negcolor.film.frame import pixel_centers

MOST_SCRATCHES = 4

SCRATCH_DENSITY: Range = (-0.4, 0.4)
"""Emulsion that is gone leaves bright lines; a groove in the base scatters light, dark ones."""

SCRATCH_WIDTH: Range = (0.5, 2.0)  # pixels
SCRATCH_SLOPE: Range = (-0.02, 0.02)

DUST: Range = (2.0, 40.0)
"""Specks and hairs in an image, drawn evenly in their logarithm."""

DUST_OPACITY: Range = (0.7, 1.0)
HAIRS = 0.25
"""Share of hairs; the others are specks."""

# In pixels. A speck is a hair so short that it looks like a grain.
HAIR_LENGTH: Range = (8.0, 40.0)
HAIR_RADIUS: Range = (0.3, 0.8)
HAIR_BEND: Range = (-1.0, 1.0)  # how far aside its end lies, as a share of the length
SPECK_LENGTH: Range = (0.0, 3.0)
SPECK_RADIUS: Range = (0.4, 1.5)

_STEPS = 40  # discs that make up a hair: they lie about a pixel apart
_REACH = 2  # pixels around a disc's own that it may touch


def scratched(exposed: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Draws nearly straight thin lines all along the film, upright or level.

    Args:
        exposed: (H, W, 3), transmittance.
        seed: (2,), integer.

    Returns:
        Transmittance, same shape, at most 1.
    """
    draws = tf.random.stateless_uniform((6, MOST_SCRATCHES), seed)
    some = tf.cast(tf.range(MOST_SCRATCHES), tf.float32) <= draws[0, 0] * MOST_SCRATCHES
    density = tf.where(some, between(draws[1], SCRATCH_DENSITY), 0.0)
    slope = between(draws[2], SCRATCH_SLOPE)
    width = between(draws[3], SCRATCH_WIDTH)
    rows, columns = (centers[..., tf.newaxis] for centers in pixel_centers(exposed))
    sides = tf.cast(tf.shape(exposed)[:2], tf.float32)

    def added_density(across: tf.Tensor, along: tf.Tensor, side: tf.Tensor) -> tf.Tensor:
        distance = tf.abs(across - (draws[4] * side + slope * along))
        coverage = tf.clip_by_value((width + 1.0) / 2 - distance, 0.0, 1.0)
        return tf.reduce_sum(density * coverage, axis=-1, keepdims=True)

    added = tf.cond(
        draws[5, 0] < 0.5,
        lambda: added_density(rows, columns, sides[0]),
        lambda: added_density(columns, rows, sides[1]),
    )
    return tf.minimum(exposed * tf.exp(-math.log(10) * added), 1.0)


def dusty(exposed: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Lays specks and short bent hairs on a film, which keep its light from the scanner.

    Args:
        exposed: (H, W, 3), transmittance.
        seed: (2,), integer.

    Returns:
        Transmittance, same shape.
    """
    most = int(DUST[1])
    draws = tf.random.stateless_uniform((8, most), seed)
    count = DUST[0] * tf.exp(draws[0, 0] * math.log(DUST[1] / DUST[0]))
    there = tf.cast(tf.range(most), tf.float32) < count
    hair = draws[1] < HAIRS
    length = tf.where(hair, between(draws[2], HAIR_LENGTH), between(draws[2], SPECK_LENGTH))
    radius = tf.where(hair, between(draws[3], HAIR_RADIUS), between(draws[3], SPECK_RADIUS))
    size = tf.shape(exposed)[:2]
    start = tf.transpose(draws[4:6]) * tf.cast(size, tf.float32)
    discs = _curves(start, length, draws[6] * (2 * math.pi), between(draws[7], HAIR_BEND))
    coverage = _stamped(discs, tf.where(there, radius, -1.0), size)
    opacity = between(draws[0, 1], DUST_OPACITY)
    return exposed * (1.0 - opacity * coverage)[..., tf.newaxis]


def _curves(start: tf.Tensor, length: tf.Tensor, angle: tf.Tensor, bend: tf.Tensor) -> tf.Tensor:
    """Points (N, steps, 2) along parabolas that begin at `start` (N, 2); the others are (N,)."""
    along = tf.linspace(0.0, 1.0, _STEPS)
    aside = bend[:, tf.newaxis] * along**2
    cos, sin = tf.cos(angle)[:, tf.newaxis], tf.sin(angle)[:, tf.newaxis]
    shape = tf.stack([along * sin + aside * cos, along * cos - aside * sin], axis=-1)
    return start[:, tf.newaxis] + length[:, tf.newaxis, tf.newaxis] * shape


def _stamped(points: tf.Tensor, radius: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """How much of each pixel, (H, W), is covered by discs of radius (N,) at points (N, steps, 2).

    The cost does not depend on the size of the image: each disc knows the pixels near it.
    """
    reach = tf.range(-_REACH, _REACH + 1)
    near = tf.stack(tf.meshgrid(reach, reach, indexing="ij"), axis=-1)  # (5, 5, 2)
    points = points[:, :, tf.newaxis, tf.newaxis]
    pixels = tf.cast(tf.floor(points), tf.int32) + near
    distance = tf.norm(tf.cast(pixels, tf.float32) + 0.5 - points, axis=-1)
    coverage = radius[:, tf.newaxis, tf.newaxis, tf.newaxis] + 0.5 - distance
    on_film = tf.reduce_all((pixels >= 0) & (pixels < size), axis=-1)
    flat = tf.where(on_film, pixels[..., 0] * size[1] + pixels[..., 1], -1)  # -1 falls away
    most = tf.math.unsorted_segment_max(coverage, flat, size[0] * size[1])
    return tf.reshape(tf.clip_by_value(most, 0.0, 1.0), size)
