"""What an exported model answers: four signatures around one function, all inside the graph.

The graph consists of TensorFlow's own operations, so that a model server needs neither negcolor
nor Keras.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import tensorflow as tf

from negcolor.images.color import from_network, from_unit, to_network, to_unit
from negcolor.images.lab import denormalize_lab, lab_to_image, normalize_lab, srgb_to_lab
from negcolor.inference.chroma_upsampling import color_maps
from negcolor.networks.apply import MULTIPLE, SMALLEST

Signature = Callable[..., dict[str, tf.Tensor]]
ImageFunction = Callable[[tf.Tensor], tf.Tensor]
"""(N, H, W, 3) float32 sRGB in [0, 1] -> the same, of TensorFlow's own operations."""


def converting_function(generator: keras.Model) -> ImageFunction:
    """A generator's pass over whole images of any size.

    Args:
        generator: (N, H, W, 3) -> (N, H, W, 3) in [-1, 1], H and W multiples of 4 from 8 on.
    """

    def convert(images: tf.Tensor) -> tf.Tensor:
        height, width = tf.shape(images)[1], tf.shape(images)[2]
        padded = _pad_by_reflection(_pad_by_reflection(images, 1), 2)
        result = generator(to_network(padded), training=False)
        return from_network(result[:, :height, :width])

    return convert


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


def build_signatures(function: ImageFunction) -> dict[str, Signature]:
    """The signatures of a model by name, each a tf.function.

    - serving_default: `image`, (N, H, W, 3) float32 sRGB in [0, 1] -> `image`, the same.
    - serve_uint8, serve_uint16: `image`, (N, H, W, 3) of that dtype, sRGB -> `image`, the same.
    - serve_image_bytes: `image_bytes`, (N,) encoded PNG or JPEG, each of its own size and depth
      -> `image_bytes`, (N,) PNG of the same sizes and depths.

    N, H and W are free from 1 on.

    Args:
        function: what the model does to images.
    """
    # One function, so that it is saved once.
    convert = tf.function(function, [tf.TensorSpec((None, None, None, 3), "float32")])

    def convert_pixels(pixels: tf.Tensor) -> tf.Tensor:
        return from_unit(convert(to_unit(pixels)), pixels.dtype.name)

    def convert_file(data: tf.Tensor) -> tf.Tensor:
        return tf.cond(
            _is_16_bit_png(data),
            lambda: tf.io.encode_png(convert_pixels(_decode_16_bit(data)[None])[0]),
            lambda: tf.io.encode_png(convert_pixels(_decode_8_bit(data)[None])[0]),
        )

    def convert_files(files: tf.Tensor) -> tf.Tensor:
        # One by one: sizes differ, and memory is bounded by the largest image.
        return tf.map_fn(convert_file, files, fn_output_signature=tf.string, parallel_iterations=1)

    def on_pixels(function: Callable[[tf.Tensor], tf.Tensor], dtype: str) -> Signature:
        specification = tf.TensorSpec((None, None, None, 3), dtype, "image")
        return tf.function(lambda image: {"image": function(image)}, [specification])

    return {
        "serving_default": on_pixels(convert, "float32"),
        "serve_uint8": on_pixels(convert_pixels, "uint8"),
        "serve_uint16": on_pixels(convert_pixels, "uint16"),
        # REST encodes outputs in base64 whose names end in _bytes.
        "serve_image_bytes": tf.function(
            lambda image_bytes: {"image_bytes": convert_files(image_bytes)},
            [tf.TensorSpec((None,), tf.string, "image_bytes")],
        ),
    }


def _pad_by_reflection(x: tf.Tensor, axis: int) -> tf.Tensor:
    """Mirrors at the far end of an axis, without repeating the border, however short the axis."""
    size = tf.shape(x)[axis]
    padded = tf.maximum(SMALLEST, -(-size // MULTIPLE) * MULTIPLE)
    period = tf.maximum(1, 2 * (size - 1))
    position = tf.range(padded) % period
    return tf.gather(x, tf.minimum(position, period - position), axis=axis)


def _is_16_bit_png(data: tf.Tensor) -> tf.Tensor:
    # Signature, then the IHDR chunk: length, name, width, height, bit depth (PNG, 11.2.1).
    header = tf.strings.substr(data, 0, 25) + b"\0" * 25  # of any file, however short
    is_png = tf.strings.substr(header, 0, 8) == b"\x89PNG\r\n\x1a\n"
    return tf.logical_and(is_png, tf.strings.substr(header, 24, 1) == b"\x10")


def _decode_16_bit(data: tf.Tensor) -> tf.Tensor:
    return tf.io.decode_png(data, channels=3, dtype=tf.uint16)


def _decode_8_bit(data: tf.Tensor) -> tf.Tensor:
    return tf.cond(
        tf.strings.substr(data, 0, 2) == b"\xff\xd8",
        # TensorFlow's default is the fast, inexact transform.
        lambda: tf.io.decode_jpeg(data, channels=3, dct_method="INTEGER_ACCURATE"),
        lambda: tf.io.decode_png(data, channels=3),
    )
