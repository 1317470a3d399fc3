"""The metrics of converters on test images whose truth is known, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from negcolor.evaluation.metrics import Metrics, average, compare
from negcolor.images.color import to_unit
from negcolor.images.resize import downscale_to

LONG_SIDE = 1024  # larger images are reduced to this before they are converted and compared

Converter = Callable[[np.ndarray], np.ndarray]


def compare_converters(
    pairs: Iterable[tuple[np.ndarray, np.ndarray]], converters: Mapping[str, Converter]
) -> dict[str, Metrics]:
    """Mean metrics of each converter over (negative, truth) pairs.

    Args:
        pairs: (H, W, 3) uint8 or uint16 images of equal size.
        converters: name -> function of a negative (H, W, 3) float32 in [0, 1] that returns the
            positive in sRGB, likewise.

    Returns:
        Converter's name -> the mean of its metrics; empty if there is no pair.
    """
    metrics: dict[str, list[Metrics]] = {name: [] for name in converters}
    for negative, truth in pairs:
        scan, target = (downscale_to(to_unit(image), LONG_SIDE) for image in (negative, truth))
        for name, convert in converters.items():
            metrics[name].append(compare(convert(scan), target))
    return {name: average(values) for name, values in metrics.items() if values}
