"""What densitometry knows of a negative, as the first layers of a generator.

A scan is decoded to transmittance and density; the film base and the densest part of the image
are found in a small copy of it, and each channel's density between them becomes the logarithm of
scene light. That much is a formula without parameters, and alone it is a fair converter. A small
network, the balance, then sees the small copy and corrects the formula's exposure, contrast and
color by one polynomial for the whole image. It starts at zero, so that a new generator gives
exactly what the formula gives.

Everything that depends on the whole image is read from the small copy, so tiles of an image, or
all frames of a roll, can share it.
"""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import layers, ops

from negcolor.converters.classical import DENSITY_RANGE
from negcolor.images.color import linear_to_srgb, srgb_to_linear, to_network
from negcolor.networks.layers import IMAGE, PIXEL, register

SIDE = 64
"""Height and width of the small copy, in pixels."""

QUANTILES = (0.001, 0.999)
"""Of a channel's densities in the small copy: the film base and the densest highlight.

Between them lies `DENSITY_RANGE` of scene light, as for the classical density stretch.
"""

MAXIMUM_DENSITY = 4.0
"""Above the blackest that 8 bits of sRGB can tell from nothing."""

CENTER = 0.76
"""Share of each side that borders and sprocket holes leave free."""

MARGIN = 0.5
"""Densities beyond the center's range by more than this share of it are not the image's."""

CLEAR = 0.99
"""Encoded value from which on, in all channels, a pixel shows no film but the light source."""

TERMS = 13
"""Of the balance's polynomial per channel, see `balanced`."""


def density(scan: Any) -> Any:
    """Density -log10 T of a scan in [-1, 1], sRGB-encoded; any shape, float32."""
    light = srgb_to_linear(ops.cast(scan, "float32") * 0.5 + 0.5)
    return -ops.log(ops.maximum(light, 10.0**-MAXIMUM_DENSITY)) / math.log(10)


def balanced(x: Any, coefficients: Any) -> Any:
    """x + P(x), a cubic polynomial that keeps a polynomial's terms few: no mixed cubic ones.

    Args:
        x: (B, H, W, 3) relative densities.
        coefficients: (B, TERMS, 3), of 1, r, g, b, r², g², b², gb, rb, rg, r³, g³, b³.
    """
    x = ops.clip(x, -0.3, 1.3)
    mixed = ops.roll(x, 1, axis=-1) * ops.roll(x, 2, axis=-1)
    terms = [x, x * x, mixed, x * x * x]
    result = x + coefficients[:, None, None, 0]
    for number, term in enumerate(terms):
        matrix = coefficients[:, 1 + 3 * number : 4 + 3 * number]
        for channel in range(3):
            row = matrix[:, channel][:, None, None]
            result = result + term[..., channel : channel + 1] * row
    return result


def density_to_positive(x: Any) -> Any:
    """The positive of relative densities (0 black, 1 white), in [-1, 1] for x in [0, 1]."""
    floor = 10.0**-DENSITY_RANGE
    exponent = DENSITY_RANGE * (ops.clip(x, -0.5, 1.2) - 1.0)
    light = (ops.exp(math.log(10) * exponent) - floor) / (1.0 - floor)
    return to_network(linear_to_srgb(light))


def clip_straight_through(x: Any) -> Any:
    """x clipped to [-1, 1]; its gradient is that of x, so that what is clipped can be learnt."""
    return x + ops.stop_gradient(ops.clip(x, -1.0, 1.0) - x)


@register
class Thumbnail(layers.Layer):
    """Area means: (B, H, W, C) -> (B, SIDE, SIDE, C) float32, for any H and W from 1 on.

    `partial_mean` gives a band's share of it, and the shares of all bands add up to it.
    """

    sees = IMAGE

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})

    def call(self, inputs: Any) -> Any:
        return self.partial_mean(inputs, 0, ops.shape(inputs)[1])

    def partial_mean(self, rows: Any, start: Any, height: Any) -> Any:
        """What `rows` (B, h, W, C), from row `start` on of `height`, contribute."""
        _, count, width, _ = ops.shape(rows)
        down = _area_weights(start, count, height)
        across = _area_weights(0, width, width)
        return ops.einsum("ih,bhwc,jw->bijc", down, rows, across)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape[0], SIDE, SIDE, input_shape[-1]


def _area_weights(start: Any, count: Any, size: Any) -> Any:
    """(SIDE, count): the share of pixels `start`, … of `size` in each of SIDE equal parts."""
    step = ops.cast(size, "float32") / SIDE
    first = step * ops.arange(SIDE, dtype="float32")[:, None]
    pixel = ops.cast(start, "float32") + ops.cast(ops.arange(count), "float32")
    overlap = ops.minimum(first + step, pixel + 1) - ops.maximum(first, pixel)
    return ops.relu(overlap) / step


@register
class DensityRange(layers.Layer):
    """The film base and the densest highlight: thumbnail (B, SIDE, SIDE, 3) -> (B, 2, 3).

    Densities of each channel, at `QUANTILES` of the pixels that show the image. Those are: all
    of the center; at the sides, those whose densities are not far outside the center's (the opaque
    holder is); nowhere those as clear as the light source (sprocket holes), nor the neighbors of
    any of these, which show a mixture.
    """

    sees = IMAGE

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})

    def call(self, inputs: Any) -> Any:
        pixels = ops.reshape(inputs, (-1, SIDE * SIDE, 3))
        film = ops.any(pixels < 2 * CLEAR - 1, axis=-1, keepdims=True)
        densities = density(pixels)
        position = ops.abs(ops.arange(SIDE, dtype="float32") + 0.5 - SIDE / 2) < CENTER * SIDE / 2
        center = ops.reshape(ops.logical_and(position[:, None], position), (1, SIDE * SIDE, 1))
        low, high = _quantiles(densities, ops.logical_and(film, center))
        margin = MARGIN * (high - low)
        near = ops.logical_and(densities >= low - margin, densities <= high + margin)
        image = ops.logical_or(center, ops.all(near, axis=-1, keepdims=True))
        counted = _without_border(ops.logical_and(film, image))
        return ops.concatenate(_quantiles(densities, counted), axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape[0], 2, 3


def _without_border(counted: Any) -> Any:
    """(B, SIDE * SIDE, 1), whether a pixel and all eight around it count."""
    others = ops.reshape(1.0 - ops.cast(counted, "float32"), (-1, SIDE, SIDE, 1))
    touched = ops.max_pool(others, 3, strides=1, padding="same")
    return ops.reshape(touched < 0.5, (-1, SIDE * SIDE, 1))


def _quantiles(values: Any, counted: Any) -> list[Any]:
    """`QUANTILES` of (B, N, 3) over the pixels that (B, N, 1) counts, each (B, 1, 3)."""
    last = ops.maximum(ops.sum(ops.cast(counted, "float32"), axis=1, keepdims=True) - 1, 0)
    ordered = ops.sort(ops.where(counted, values, MAXIMUM_DENSITY + 1.0), axis=1)
    found = []
    for quantile in QUANTILES:
        index = ops.broadcast_to(ops.cast(quantile * last, "int32"), ops.shape(ordered[:, :1]))
        found.append(ops.minimum(ops.take_along_axis(ordered, index, axis=1), MAXIMUM_DENSITY))
    return found


@register
class Balance(layers.Layer):
    """The balance of an image: (thumbnail, density range) -> (B, TERMS, 3) coefficients.

    A branch of 1×1 convolutions sees the distribution of colors, one of 3×3 convolutions what is
    in the image; both are averaged over the image. Nothing is normalized: the levels are what
    tells the film, the scanner and the exposure. The last layer starts at zero. When not training,
    it is the mean over the eight orientations of the copy, which a film does not know either.
    """

    sees = IMAGE

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})
        # British: by these attributes, saved models find the weights.
        self.colours = [layers.Conv2D(64, 1, activation="relu") for _ in range(3)]
        self.scene = [
            layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")
            for filters in (32, 64, 96, 128)
        ]
        self.dense = [layers.Dense(128, activation="relu") for _ in range(2)]
        self.last = layers.Dense(3 * TERMS, kernel_initializer="zeros")

    def build(self, input_shape: Any) -> None:
        for branch in (self.colours, self.scene):
            shape: tuple[int | None, ...] = (None, SIDE, SIDE, 6)
            for layer in branch:
                layer.build(shape)
                shape = layer.compute_output_shape(shape)
        features = 6 + 64 + 64 + 128
        for layer in (*self.dense, self.last):
            layer.build((None, features))
            features = layer.units

    def call(self, inputs: Any, training: bool = False) -> Any:
        thumbnail, limits = inputs
        if training:
            return self._coefficients(thumbnail, limits)
        return sum(self._coefficients(turned, limits) for turned in _orientations(thumbnail)) / 8

    def _coefficients(self, thumbnail: Any, limits: Any) -> Any:
        densities = density(thumbnail)
        relative = ops.clip(_relative(densities, limits), -0.5, 1.5)
        pixels = ops.concatenate([densities - 1.0, relative - 0.5], axis=-1)
        colors = scene = pixels
        for layer in self.colours:
            colors = layer(colors)
        for layer in self.scene:
            scene = layer(scene)
        mean = ops.mean(colors, axis=(1, 2))
        spread = ops.sqrt(ops.mean(ops.square(colors - mean[:, None, None]), axis=(1, 2)) + 1e-6)
        limits = ops.reshape(limits, (-1, 6)) - 1.0
        x = ops.concatenate([limits, mean, spread, ops.mean(scene, axis=(1, 2))], axis=-1)
        for layer in self.dense:
            x = layer(x)
        return ops.reshape(self.last(x), (-1, TERMS, 3))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        return input_shape[0][0], TERMS, 3


def _orientations(x: Any) -> list[Any]:
    """The quarter turns of square images (B, S, S, C) and their mirror images."""
    mirrored = [x, ops.flip(x, 1), ops.flip(x, 2), ops.flip(x, (1, 2))]
    return mirrored + [ops.transpose(y, (0, 2, 1, 3)) for y in mirrored]


def has_prior(generator: keras.Model) -> bool:
    """Whether a generator has a density prior, which sees the whole of each image."""
    return any(isinstance(layer, Balance) for layer in generator.layers)


@keras.saving.register_keras_serializable(package="negcolor", name="Print")  # in saved models
class DensityToPositive(layers.Layer):
    """The positive: (scan, density range, coefficients) -> (B, H, W, 3) float32 in [-1, 1]."""

    sees = PIXEL

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})

    def call(self, inputs: Any) -> Any:
        scan, limits, coefficients = inputs
        return clip_straight_through(
            density_to_positive(balanced(_relative(density(scan), limits), coefficients))
        )

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        return input_shape[0]


@register
class ClippedSum(layers.Layer):
    """(positive, residual) -> their sum, by `clip_straight_through`, float32."""

    sees = PIXEL

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})

    def call(self, inputs: Any) -> Any:
        return clip_straight_through(inputs[0] + inputs[1])

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        return input_shape[0]


def _relative(densities: Any, limits: Any) -> Any:
    """Densities (B, H, W, 3) between the film base (0) and the densest highlight (1)."""
    low, high = limits[:, None, :1], limits[:, None, 1:]
    return (densities - low) / ops.maximum(high - low, 1e-3)
