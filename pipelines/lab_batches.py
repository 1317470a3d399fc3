"""Batches of photographs in network Lab, for the grey-to-color systems."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import tensorflow as tf

from negcolor.experiments.systems import Variation
from negcolor.images.color import to_unit
from negcolor.images.lab import to_lab_network
from pipelines.batches import batched, map_seeded
from pipelines.domain import Domain, resize
from pipelines.photographs import Photograph


def lab_batches(
    domain: Domain,
    *,
    image_size: int,
    batch_size: int,
    seed: int,
    start_step: int = 0,
    variation: Variation,
    order: int = 0,
) -> tf.data.Dataset:
    """Batches of photographs, each squashed to a square as the companion papers resize theirs.

    Args:
        domain: color photographs.
        image_size: S, side of the squares in pixels.
        batch_size: images in a batch.
        seed: decides the order of the images and everything random about them.
        start_step: the first batch is the one that a stream from step 0 has at this step.
        variation: what is varied at random.
        order: streams of different orders, 0 to 2, have nothing to do with each other.

    Returns:
        An endless dataset of (B, S, S, 3) float32 network Lab, see `negcolor.images.lab`.
        Unreadable images show as `pipelines.py_function.readable_errors` says.
    """

    def square(image: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return to_lab_network(varied(image, image_size, seed, variation))

    size = math.ceil(image_size / (1.0 - variation.crop))
    images = map_seeded(square, domain, size, (seed, order), start_step * batch_size)
    return batched(images, batch_size)


def held_out(
    photographs: Sequence[Photograph], image_size: int, limit: int | None = None
) -> np.ndarray:
    """Photographs squashed alike, without variation: (N, S, S, 3) float32 network Lab.

    Args:
        photographs: at least one.
        image_size: S, in pixels.
        limit: how many of them at most; None for all.
    """
    chosen: Iterable[Photograph] = photographs[:limit]
    squares = [
        squashed(to_unit(resize(photograph.pixels, image_size)), image_size).numpy()
        for photograph in chosen
    ]
    return to_lab_network(np.stack(squares))


def squashed(image: tf.Tensor, size: int) -> tf.Tensor:
    """(H, W, 3) float32 in [0, 1] -> (size, size, 3), whatever the proportions; anti-aliased."""
    square = tf.image.resize(image, (size, size), antialias=True)
    return tf.clip_by_value(square, 0.0, 1.0)


def varied(image: tf.Tensor, size: int, seed: tf.Tensor, variation: Variation) -> tf.Tensor:
    """An image as a square, mirrored, turned and cut at random.

    What a turned square shows beyond the image is mirrored at its border. Of both sides the same
    part is cut away, so the proportions stay.

    Args:
        image: (H, W, 3) float32 sRGB in [0, 1].
        size: side of the square, in pixels.
        seed: (2,), integer.
        variation: how much.

    Returns:
        (size, size, 3) float32 sRGB in [0, 1].
    """
    draws = tf.random.stateless_uniform((5,), seed)
    mirrored = tf.where(draws[0] < 0.5, -1.0, 1.0) if variation.flip else tf.constant(1.0)
    if not variation.rotation and not variation.crop:
        square = squashed(image, size)
        return tf.where(mirrored < 0, tf.reverse(square, [1]), square)

    side = math.ceil(size / (1.0 - variation.crop))
    angle = math.radians(variation.rotation) * (2.0 * draws[1] - 1.0)
    kept = side * (1.0 - variation.crop * draws[2])
    center = kept / 2 + draws[3:] * (side - kept) - 0.5  # x, y of a pixel's center
    scale = kept / size
    cosine, sine = scale * tf.cos(angle), scale * tf.sin(angle)
    middle = (size - 1) / 2
    # From places in the result to places in the image: mirror, turn and scale around the middle.
    rows = [
        [mirrored * cosine, -sine, center[0] - middle * (mirrored * cosine - sine)],
        [mirrored * sine, cosine, center[1] - middle * (mirrored * sine + cosine)],
    ]
    transform = tf.concat([tf.stack(rows[0]), tf.stack(rows[1]), [0.0, 0.0]], axis=0)
    turned = tf.raw_ops.ImageProjectiveTransformV3(
        images=squashed(image, side)[None],
        transforms=transform[None],
        output_shape=[size, size],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="REFLECT",
    )
    return tf.ensure_shape(turned[0], (size, size, 3))
