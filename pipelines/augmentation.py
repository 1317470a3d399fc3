"""Augmentation as in the paper, on the fly and stateless: the same seed gives the same image."""

import math
from dataclasses import dataclass

import tensorflow as tf

CONTRAST = 0.15
"""Contrast is changed by at most this fraction, up or down."""

BRIGHTNESS = 0.05
"""Brightness is changed by at most this fraction of white, up or down."""


@dataclass(frozen=True)
class Augmentation:
    """What is varied at random; every switch works alone.

    Attributes:
        rotate: by 0, 90, 180 or 270 degrees.
        flip: horizontally and vertically, each for half of the images.
        crop: the short side is resized to 286/256 of the image size and a square is cut out at
            random; otherwise it is resized to the image size and the middle is cut out.
        contrast: around the mean of each channel, see `CONTRAST`.
        brightness: of all channels alike, see `BRIGHTNESS`.
        zoom: with more than 1, images are loaded that many times larger, and the square is one
            of any size from there down to the image size, reduced to it.
    """

    rotate: bool = True
    flip: bool = True
    crop: bool = True
    contrast: bool = True
    brightness: bool = True
    zoom: float = 1.0

    @classmethod
    def none(cls) -> "Augmentation":
        """Nothing is varied."""
        return cls(rotate=False, flip=False, crop=False, contrast=False, brightness=False)

    def load_size(self, size: int) -> int:
        """Short side, in pixels, of the images from which squares of side `size` are cut."""
        return math.ceil(size * self.zoom * (286 / 256 if self.crop else 1))


FULL = Augmentation()
"""The paper's augmentation, everything on."""


def geometry(
    image: tf.Tensor, size: int, seed: tf.Tensor, options: Augmentation = FULL
) -> tf.Tensor:
    """Cuts out a square and turns and flips it at random.

    Args:
        image: (H, W, 3), both sides at least `size`.
        size: side of the square, in pixels.
        seed: (2,), integer.
        options: which of `crop`, `rotate` and `flip` to do.

    Returns:
        (size, size, 3) of the same dtype.
    """
    draws = tf.random.stateless_uniform((5,), seed)
    if options.zoom > 1:
        image = _zoomed(image, size, tf.random.fold_in(seed, 5), options.zoom)
    room = tf.shape(image)[:2] - size
    corner = room // 2
    if options.crop:
        corner = tf.cast(draws[:2] * tf.cast(room + 1, tf.float32), tf.int32)
        corner = tf.minimum(corner, room)  # the product may be rounded up
    square = tf.slice(image, tf.concat([corner, [0]], 0), (size, size, 3))
    # A quarter turn is a transposition and one reversed axis, so turns and flips share two copies.
    quarters = tf.cast(draws[2] * 4, tf.int32) if options.rotate else tf.constant(0)
    swapped, rows, columns = quarters % 2 == 1, quarters >= 2, quarters % 3 > 0
    if options.flip:
        rows, columns = rows ^ (draws[3] < 0.5), columns ^ (draws[4] < 0.5)
    square = tf.transpose(square, tf.where(swapped, [1, 0, 2], [0, 1, 2]))
    square = tf.reverse(square, tf.boolean_mask([0, 1], tf.stack([rows, columns])))
    return tf.ensure_shape(square, (size, size, 3))


def _zoomed(image: tf.Tensor, size: int, seed: tf.Tensor, zoom: float) -> tf.Tensor:
    """A part of the image with its proportions, 1 to 1 / zoom of its sides, reduced alike."""
    draws = tf.random.stateless_uniform((3,), seed)
    whole = tf.shape(image)[:2]
    factor = 1.0 + draws[0] * (zoom - 1.0)  # 1: the whole; zoom: the smallest part
    part = tf.cast(tf.math.ceil(tf.cast(whole, tf.float32) / factor), tf.int32)
    corner = tf.cast(draws[1:] * tf.cast(whole - part + 1, tf.float32), tf.int32)
    corner = tf.minimum(corner, whole - part)
    cut = tf.slice(image, tf.concat([corner, [0]], 0), tf.concat([part, [3]], 0))
    target = tf.maximum(size, tf.cast(tf.cast(part, tf.float32) * (factor / zoom), tf.int32))
    return tf.clip_by_value(tf.image.resize(cut, target, antialias=True), 0.0, 1.0)


def tone(image: tf.Tensor, seed: tf.Tensor, options: Augmentation = FULL) -> tf.Tensor:
    """Changes contrast and brightness at random.

    Args:
        image: (H, W, 3) float32 in [0, 1].
        seed: (2,), integer.
        options: which of `contrast` and `brightness` to change.

    Returns:
        (H, W, 3) float32, clipped to [0, 1].
    """
    contrast, brightness = tf.unstack(tf.random.stateless_uniform((2,), seed, -1.0, 1.0))
    if options.contrast:
        mean = tf.reduce_mean(image, axis=(0, 1))
        image = mean + (1.0 + CONTRAST * contrast) * (image - mean)
    if options.brightness:
        image = image + BRIGHTNESS * brightness
    return tf.clip_by_value(image, 0.0, 1.0)
