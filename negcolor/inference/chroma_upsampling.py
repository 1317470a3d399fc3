"""Joint chroma upsampling: colors of a small image, made to follow the lightness of a large one.

The colors become affine maps of the lightness, one per pixel of the small image. At that pixel, a*
and b* are what the network says; between the pixels they follow the lightness of the large image,
by the slope that a* and b* have over the lightness around the pixel: the regression in windows of
the guided filter (He, Sun, Tang 2010), but without its smoothing of what is filtered, which would
cost saturation. Where the lightness is even, that is bilinear enlargement.
"""

from __future__ import annotations

from typing import Any

from keras import ops

RADIUS = 1  # pixels on each side: wider windows mix colors on both sides of an edge
RIDGE = 4e-3  # a variance of lightness in [-1, 1]: 3 units of L*, below which slopes fade away


def color_maps(lightness: Any, colors: Any) -> Any:
    """Affine maps from lightness to colors.

    Args:
        lightness: (N, h, w, 1) float32, L* of normalized Lab.
        colors: (N, h, w, 2) float32, a* and b* of normalized Lab.

    Returns:
        (N, h, w, 2, 2) float32: colors = maps[..., 0] * lightness + maps[..., 1].
    """
    mean = _window_mean(lightness)
    variance = _window_mean(lightness * lightness) - mean * mean
    covariance = _window_mean(lightness * colors) - mean * _window_mean(colors)
    slopes = _window_mean(covariance / (variance + RIDGE))
    return ops.stack([slopes, colors - slopes * lightness], axis=-1)


def _window_mean(x: Any) -> Any:
    """Means in the window around each pixel, of what lies inside the image."""
    return ops.average_pool(x, 2 * RADIUS + 1, strides=1, padding="same")
