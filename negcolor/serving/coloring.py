"""What an exported colorizer does to images, all inside the graph."""

from __future__ import annotations

import keras
import tensorflow as tf

from negcolor.images.lab import denormalize_lab, lab_to_image, normalize_lab, srgb_to_lab
from negcolor.inference.chroma_upsampling import color_maps
from negcolor.serving.signatures import ImageFunction


def maps_function(generator: keras.Model) -> tf.types.experimental.GenericFunction:
    """Small images' lightness to maps of colors, see `negcolor.inference.chroma_upsampling`.

    Args:
        generator: (N, S, S, 1) -> (N, S, S, 2 or 3), normalized Lab.

    Returns:
        (N, S, S, 1) float32, L* of normalized Lab -> (N, S, S, 2, 2) float32.
    """

    @tf.function(input_signature=[tf.TensorSpec(generator.input_shape, "float32")])
    def maps(lightness: tf.Tensor) -> tf.Tensor:
        return color_maps(lightness, generator(lightness, training=False)[..., -2:])

    return maps


def coloring_function(maps: tf.types.experimental.GenericFunction, side: int) -> ImageFunction:
    """The coloring of images of any size, as `inference.colorization.GreyConverter` does it.

    Args:
        maps: see `maps_function`.
        side: S, height and width of the images that the network sees.
    """

    def color(images: tf.Tensor) -> tf.Tensor:
        lightness = normalize_lab(srgb_to_lab(images))[..., :1]
        small = tf.image.resize(lightness, (side, side), antialias=True)
        found = tf.reshape(maps(small), (-1, side, side, 4))
        # Anti-aliased, so that it is right, too, for images with a side shorter than S.
        large = tf.image.resize(found, tf.shape(images)[1:3], antialias=True)
        lab = tf.concat([lightness, large[..., ::2] * lightness + large[..., 1::2]], axis=-1)
        return lab_to_image(denormalize_lab(lab))[0]

    return color
