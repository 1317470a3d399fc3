"""How near the colors that a system gives grey images are to the true ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from negcolor.evaluation.metrics import Metrics, compare
from negcolor.images.lab import AB_SCALE, denormalize_lab, lab_to_image

Predict = Callable[[np.ndarray], np.ndarray]
"""(N, S, S, 1) L* -> (N, S, S, 2) a* and b*, float32 in normalized Lab."""


@dataclass(frozen=True)
class ColorMetrics(Metrics):
    """The metrics of a result in sRGB, and of its colors.

    Attributes:
        ab_error: mean absolute difference in a* and b*, in CIELAB's units.
        ab_mse: mean squared difference in a* and b*, likewise.
        outside: share of the pixels that had to be clipped to sRGB.
    """

    ab_error: float
    ab_mse: float
    outside: float


def compare_colors(predict: Predict, truth: np.ndarray) -> list[ColorMetrics]:
    """The metrics of each image, at the size that the system works at.

    Args:
        predict: gives grey images colors, such as `grey`.
        truth: normalized Lab, (N, S, S, 3) float32.
    """
    pairs = zip(predict(truth[..., :1]), truth, strict=True)
    return [_compare(colors, lab) for colors, lab in pairs]


def grey(lightness: np.ndarray) -> np.ndarray:
    """The baseline that any system has to beat: a* = b* = 0 everywhere."""
    return np.zeros((*lightness.shape[:-1], 2), "float32")


def _compare(colors: np.ndarray, truth: np.ndarray) -> ColorMetrics:
    made = np.concatenate([truth[..., :1], colors], axis=-1)
    result, outside = lab_to_image(denormalize_lab(made))
    target, _ = lab_to_image(denormalize_lab(truth))
    difference = AB_SCALE * (colors.astype("float64") - truth[..., 1:])
    return ColorMetrics(
        **vars(compare(result, target)),
        ab_error=float(np.abs(difference).mean()),
        ab_mse=float(np.square(difference).mean()),
        outside=float(outside.mean()),
    )
