"""What the methods make of one negative, and how near that is to its truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from negcolor.evaluation.dataset import Sample, Trait, read_sample
from negcolor.evaluation.metrics import Metrics, compare
from negcolor.inference.convert import ImageFunction


@dataclass(frozen=True)
class Row:
    """The metrics of a method's result for an image, and what the manifest says about that."""

    image: str
    method: str
    metrics: Metrics
    traits: Mapping[str, Trait] = field(default_factory=dict)


@dataclass(frozen=True)
class Measurement:
    """The results for a sample.

    Attributes:
        sample: what was measured.
        negative: (H, W, 3) float32 sRGB in [0, 1], in the size that is compared.
        truth: likewise, or None if it is not known.
        results: method -> what it made of the negative, likewise.
        rows: method -> its metrics; empty without a truth.
    """

    sample: Sample
    negative: np.ndarray
    truth: np.ndarray | None
    results: Mapping[str, np.ndarray]
    rows: Mapping[str, Row]


def measure(sample: Sample, converters: Mapping[str, ImageFunction]) -> Measurement:
    """Reads a sample once and converts it by each method.

    Raises:
        NegcolorError: the images cannot be read, differ in size, or cannot be converted.
    """
    negative, truth = read_sample(sample)
    results = {method: convert(negative) for method, convert in converters.items()}
    rows = {}
    if truth is not None:
        rows = {
            method: Row(sample.name, method, compare(result, truth), sample.traits)
            for method, result in results.items()
        }
    return Measurement(sample, negative, truth, results, rows)
