"""Batches of photographs in normalized Lab, for the grey-to-color systems."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import tensorflow as tf

from negcolor.experiments.systems import AugmentationConfig
from negcolor.images.color import to_unit
from negcolor.images.lab import normalize_lab, srgb_to_lab
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
    augmentation: AugmentationConfig,
    order: int = 0,
) -> tf.data.Dataset:
    """Batches of photographs, each squashed to a square as the companion papers resize theirs.

    Args:
        domain: color photographs.
        image_size: S, side of the squares in pixels.
        batch_size: images in a batch.
        seed: decides the order of the images and everything random about them.
        start_step: the first batch is the one that a stream from step 0 has at this step.
        augmentation: what is varied at random.
        order: streams of different orders, 0 to 2, have nothing to do with each other.

    Returns:
        An endless dataset of (B, S, S, 3) float32 normalized Lab, see `negcolor.images.lab`.
        Unreadable images show as `pipelines.py_function.readable_errors` says.
    """

    def square(image: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return normalize_lab(srgb_to_lab(augment(image, image_size, seed, augmentation)))

    size = math.ceil(image_size / (1.0 - augmentation.crop))
    images = map_seeded(square, domain, size, (seed, order), start_step * batch_size)
    return batched(images, batch_size)


def load_validation(
    photographs: Sequence[Photograph], image_size: int, limit: int | None = None
) -> np.ndarray:
    """Photographs squashed alike, without augmentation: (N, S, S, 3) float32 normalized Lab.

    Args:
        photographs: at least one.
        image_size: S, in pixels.
        limit: how many of them at most; None for all.
    """
    chosen: Iterable[Photograph] = photographs[:limit]
    squares = [
        resize_square(to_unit(resize(photograph.pixels, image_size)), image_size).numpy()
        for photograph in chosen
    ]
    return normalize_lab(srgb_to_lab(np.stack(squares)))


def resize_square(image: tf.Tensor, size: int) -> tf.Tensor:
    """(H, W, 3) float32 in [0, 1] -> (size, size, 3), whatever the proportions; anti-aliased."""
    square = tf.image.resize(image, (size, size), antialias=True)
    return tf.clip_by_value(square, 0.0, 1.0)


def augment(
    image: tf.Tensor, size: int, seed: tf.Tensor, augmentation: AugmentationConfig
) -> tf.Tensor:
    """An image as a square, mirrored, turned and cut at random.

    What a turned square shows beyond the image is mirrored at its border. Of both sides the same
    part is cut away, so the proportions stay.

    Args:
        image: (H, W, 3) float32 sRGB in [0, 1].
        size: side of the square, in pixels.
        seed: (2,), integer.
        augmentation: how much.

    Returns:
        (size, size, 3) float32 sRGB in [0, 1].
    """
    draws = tf.random.stateless_uniform((5,), seed)
    mirrored = tf.where(draws[0] < 0.5, -1.0, 1.0) if augmentation.flip else tf.constant(1.0)
    if not augmentation.rotation and not augmentation.crop:
        square = resize_square(image, size)
        return tf.where(mirrored < 0, tf.reverse(square, [1]), square)

    side = math.ceil(size / (1.0 - augmentation.crop))
    angle = math.radians(augmentation.rotation) * (2.0 * draws[1] - 1.0)
    kept = side * (1.0 - augmentation.crop * draws[2])
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
        images=resize_square(image, side)[None],
        transforms=transform[None],
        output_shape=[size, size],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="REFLECT",
    )
    return tf.ensure_shape(turned[0], (size, size, 3))
