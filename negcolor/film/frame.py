"""What a scan shows around the image: rebate, perforations and the film holder.

Sizes are those of 35 mm film: frames of 24 mm across the film (ISO 1007) and perforations of the
Kodak Standard type (ISO 491).
"""

import tensorflow as tf

from negcolor.film.chance import Range, between
from negcolor.film.development import transmittance

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

SIDE = 0.7
"""Share of the sides that show something."""

HOLDER: Range = (-0.6, 1.2)
"""Share of that extent that the holder covers, clipped to [0, 1]: often none, sometimes all."""

HOLDER_TRANSMITTANCE: Range = (0.0005, 0.003)

PERFORATED = 0.5
"""Share of the framed images in which the rebate has its perforations, along two sides."""


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
    extent = tf.where(draws[0] < SIDE, between(draws[1], EXTENT), 0.0)
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
