"""What a scan shows besides the image: holder, rebate and perforations, scratches and dust.

Sizes of the frame are those of 35 mm film: 24 mm across the film (ISO 1007) and perforations of
the Kodak Standard type (ISO 491).
"""

import math

import tensorflow as tf

from negcolor.film.development import transmittance
from negcolor.film.random_ops import Range, between

# Frame
FRAME_MM = 24.0
"""Image area across the film."""

PITCH_MM = 4.75
"""From one perforation to the next, along the film."""

HOLE_MM = (2.80, 1.98)
"""A perforation across and along the film."""

HOLE_RADIUS_MM = 0.51
"""Of a perforation's corners."""

GAP_MM = 0.69
"""Between the image area and the perforations."""

EXTENT: Range = (0.01, 0.12)
"""Share of the scan's height or width that is not image, on one side."""

FRAMED_SIDES = 0.7
"""Share of the sides that show something."""

HOLDER: Range = (-0.6, 1.2)
"""Share of that extent that the holder covers, clipped to [0, 1]: often none, sometimes all."""

HOLDER_TRANSMITTANCE: Range = (0.0005, 0.003)

PERFORATED = 0.5
"""Share of the framed images in which the rebate has its perforations, along two sides."""

# Scratches
MOST_SCRATCHES = 4

SCRATCH_DENSITY: Range = (-0.4, 0.4)
"""Emulsion that is gone leaves bright lines; a groove in the base scatters light, dark ones."""

SCRATCH_WIDTH: Range = (0.5, 2.0)  # pixels
SCRATCH_SLOPE: Range = (-0.02, 0.02)

# Dust
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


def set_in_frame(
    exposed: tf.Tensor, dmin: tf.Tensor, seed: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Covers the borders of an image with rebate, perforations and holder, drawn at random.

    Args:
        exposed: (H, W, 3), transmittance.
        dmin: (3,), density of the rebate, which is unexposed.
        seed: (2,), integer.

    Returns:
        Transmittance, (H, W, 3), and (H, W, 1) float32, 1 on the image area and 0 around it.
    """
    sides_seed, rest_seed = tf.unstack(tf.random.split(seed))
    # Rows: this side's presence, extent and holder. Columns: top, left, bottom, right.
    draws = tf.random.stateless_uniform((3, 4), sides_seed)
    extent = tf.where(draws[0] < FRAMED_SIDES, between(draws[1], EXTENT), 0.0)
    holder = extent * tf.clip_by_value(between(draws[2], HOLDER), 0.0, 1.0)
    opaque, perforated, upright, phase = tf.unstack(tf.random.stateless_uniform((4,), rest_seed))

    size = tf.cast(tf.shape(exposed)[:2], tf.float32)
    first, last = extent[:2] * size, (1.0 - extent[2:]) * size
    rows, columns = pixel_centers(exposed)
    image = _inside(rows, first[0], last[0]) * _inside(columns, first[1], last[1])

    def holes() -> tf.Tensor:
        return tf.cond(
            upright < 0.5,
            lambda: _perforations(columns, rows, first[1], last[1], phase),
            lambda: _perforations(rows, columns, first[0], last[0], phase),
        )

    clear = tf.cond(perforated < PERFORATED, holes, lambda: tf.zeros_like(image))
    first, last = holder[:2] * size, (1.0 - holder[2:]) * size
    lit = _inside(rows, first[0], last[0]) * _inside(columns, first[1], last[1])

    def over(below: tf.Tensor, above: tf.Tensor, coverage: tf.Tensor) -> tf.Tensor:
        return below + coverage[..., tf.newaxis] * (above - below)

    framed = over(transmittance(dmin), exposed, image)
    framed = over(framed, 1.0, clear)
    framed = over(between(opaque, HOLDER_TRANSMITTANCE), framed, lit)
    return framed, tf.cast(image >= 1.0, tf.float32)[..., tf.newaxis]


def pixel_centers(image: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Rows (H, 1) and columns (1, W) of an image (H, W, C), float32: 0.5, 1.5, ..."""
    rows, columns = (tf.range(tf.shape(image)[axis]) for axis in (0, 1))
    return (
        tf.cast(rows, tf.float32)[:, tf.newaxis] + 0.5,
        tf.cast(columns, tf.float32)[tf.newaxis] + 0.5,
    )


def _inside(place: tf.Tensor, first: tf.Tensor, last: tf.Tensor) -> tf.Tensor:
    """How much of a pixel lies between two edges, in [0, 1]."""
    return tf.clip_by_value(tf.minimum(place - first, last - place) + 0.5, 0.0, 1.0)


def _perforations(
    across: tf.Tensor, along: tf.Tensor, first: tf.Tensor, last: tf.Tensor, phase: tf.Tensor
) -> tf.Tensor:
    """How much of each pixel, (H, W), is perforation, where the image lies at first..last."""
    pixel_mm = FRAME_MM / (last - first)
    outwards = tf.maximum(first - across, across - last) * pixel_mm
    from_axis = tf.abs(outwards - (GAP_MM + HOLE_MM[0] / 2))
    from_middle = tf.abs(
        tf.math.floormod(along * pixel_mm + phase * PITCH_MM, PITCH_MM) - PITCH_MM / 2
    )
    # Signed distance from a rectangle with round corners.
    x = from_axis - (HOLE_MM[0] / 2 - HOLE_RADIUS_MM)
    y = from_middle - (HOLE_MM[1] / 2 - HOLE_RADIUS_MM)
    outside = tf.sqrt(tf.nn.relu(x) ** 2 + tf.nn.relu(y) ** 2)
    distance = outside + tf.minimum(tf.maximum(x, y), 0.0) - HOLE_RADIUS_MM
    return tf.clip_by_value(0.5 - distance / pixel_mm, 0.0, 1.0)


def add_scratches(exposed: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
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


def add_dust(exposed: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
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
