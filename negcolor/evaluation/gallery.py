"""The images that a report shows, reduced and encoded while an evaluation goes on."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib
import numpy as np
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from negcolor.evaluation.aggregation import extremes
from negcolor.evaluation.dataset import Sample
from negcolor.evaluation.measurement import Measurement, Row
from negcolor.images.color import from_unit
from negcolor.images.resize import downscale_to

SHOWN = 12
"""How many images are shown with the results of all methods."""

SIDE = 512  # pixels on the long side of images that can be looked at closely
SMALL_SIDE = 240  # of error maps, and of the best and worst images
EXTREMES = 3  # best images of each method that are shown, and as many of its worst
QUALITY = 80  # of the JPEGs

ERROR_COLORS = "magma"  # black to white, evenly in lightness
ERROR_LIMIT = 30.0
"""The ΔE2000 that has the last color of an error map, as has everything above."""

Jpeg = bytes


@dataclass(frozen=True)
class View:
    """What a method made of an image; metrics and the map of ΔE2000 if the truth is known."""

    result: Jpeg
    row: Row | None
    error_map: Jpeg | None


@dataclass(frozen=True)
class Panel:
    """A negative, its truth if known, and what the methods made of it."""

    name: str
    negative: Jpeg
    truth: Jpeg | None
    views: Mapping[str, View]


class Gallery:
    """Images evenly spaced over the samples, and the best and the worst of each method.

    Attributes:
        panels: the former, with all methods.
        extremes: method -> name -> the latter, with this method only, from the best to the worst.
    """

    def __init__(self, samples: Sequence[Sample]) -> None:
        positions = np.linspace(0, len(samples) - 1, min(SHOWN, len(samples))).round()
        self._chosen = {samples[int(position)].name for position in positions}
        self._ranked: dict[str, list[Row]] = defaultdict(list)
        self.panels: list[Panel] = []
        self.extremes: dict[str, dict[str, Panel]] = {}

    def add(self, measurement: Measurement) -> None:
        """Takes what will be shown of a measurement."""
        if measurement.sample.name in self._chosen:
            self.panels.append(_panel(measurement, list(measurement.results), SIDE))
        for method, row in measurement.rows.items():
            ranked = extremes([*self._ranked[method], row], EXTREMES)
            if row in ranked:
                panels = self.extremes.get(method, {})
                panels[row.image] = _panel(measurement, [method], SMALL_SIDE)
                self.extremes[method] = {each.image: panels[each.image] for each in ranked}
                self._ranked[method] = ranked


def error_colors(delta_e: np.ndarray) -> np.ndarray:
    """CIEDE2000 of any shape -> its color in error maps, (..., 3) uint8 sRGB."""
    scaled = np.clip(np.asarray(delta_e) / ERROR_LIMIT, 0.0, 1.0)
    return matplotlib.colormaps[ERROR_COLORS](scaled, bytes=True)[..., :3]


def _panel(measurement: Measurement, methods: Sequence[str], side: int) -> Panel:
    truth = measurement.truth
    views = {}
    for method in methods:
        result = measurement.results[method]
        error_map = None if truth is None else _error_map(result, truth)
        views[method] = View(_jpeg(result, side), measurement.rows.get(method), error_map)
    negative = _jpeg(measurement.negative, side)
    return Panel(
        measurement.sample.name, negative, None if truth is None else _jpeg(truth, side), views
    )


def _jpeg(image: np.ndarray, side: int) -> Jpeg:
    return _encode(from_unit(downscale_to(image, side), "uint8"))


def _error_map(result: np.ndarray, truth: np.ndarray) -> Jpeg:
    delta_e = deltaE_ciede2000(rgb2lab(truth), rgb2lab(result))
    channels = np.repeat(delta_e[..., np.newaxis], 3, axis=2)
    return _encode(error_colors(downscale_to(channels, SMALL_SIDE)[..., 0]))


def _encode(pixels: np.ndarray) -> Jpeg:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
