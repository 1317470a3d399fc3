"""From the metrics of single images to those of methods and groups, with intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from scipy.stats import bootstrap

from negcolor.evaluation.dataset import Trait
from negcolor.evaluation.measurement import Row
from negcolor.evaluation.metrics import HIGHER_IS_BETTER, Metrics

METRICS = tuple(metric.name for metric in fields(Metrics))
BATCH = 10_000_000  # resampled values that are held at once

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Estimate:
    """A mean over images and its 95 % bootstrap interval, in the metric's unit.

    A single image has no interval, nor has an infinite mean, as PSNR of a perfect result is.
    """

    mean: float
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Summary:
    """Over how many images, and the estimate of each metric by name."""

    images: int
    metrics: Mapping[str, Estimate]


def summarize(rows: Iterable[Row]) -> dict[str, Summary]:
    """Method -> its summary, in the order in which the methods appear."""
    return {
        method: Summary(len(own), {name: _estimate(own, name) for name in METRICS})
        for method, own in _split(rows, lambda row: row.method).items()
    }


def summarize_groups(rows: Iterable[Row], trait: str) -> dict[Trait, dict[str, Summary]]:
    """Value of a trait -> `summarize` of the images with it; numbers first, then by name."""
    known = [row for row in rows if trait in row.traits]
    groups = _split(known, lambda row: row.traits[trait])
    return {
        value: summarize(groups[value])
        for value in sorted(groups, key=lambda value: (isinstance(value, str), value))
    }


def best_methods(summaries: Mapping[str, Summary], metric: str) -> frozenset[str]:
    """The methods with the best mean of a metric; none if the metric has no better or worse."""
    higher = HIGHER_IS_BETTER[metric]
    if higher is None or not summaries:
        return frozenset()
    means = {method: summary.metrics[metric].mean for method, summary in summaries.items()}
    best = (max if higher else min)(means.values())
    return frozenset(method for method, mean in means.items() if mean == best)


def extremes(rows: Iterable[Row], count: int) -> list[Row]:
    """The `count` rows of the least and of the largest ΔE2000, from the best to the worst.

    Where there are no more than twice as many, all rows, sorted.
    """
    ranked = sorted(rows, key=lambda row: row.metrics.delta_e)
    return ranked if len(ranked) <= 2 * count else ranked[:count] + ranked[-count:]


def bootstrap_interval(
    values: Sequence[float], *, level: float = 0.95, resamples: int = 10_000, seed: int = 0
) -> tuple[float, float]:
    """The interval that covers the mean of a population in `level` of all samples of it.

    Bias-corrected and accelerated bootstrap (BCa; Efron 1987), which needs no normal
    distribution. Of a handful of values every bootstrap interval is too narrow: of ten it covers
    about 90 % instead of 95 %.

    Args:
        values: one per image, finite, at least one.
        level: probability of coverage.
        resamples: samples drawn with replacement.
        seed: the same seed gives the same interval.

    Returns:
        Lower and upper end, in the unit of the values; twice the mean if all values are equal,
        or if there is only one.

    Raises:
        ValueError: there are no values, or they are not finite.
    """
    sample = np.asarray(values, np.float64)
    if not sample.size or not np.isfinite(sample).all():
        raise ValueError("an interval takes one or more finite values")
    mean = float(sample.mean())
    if np.ptp(sample) <= 1e-12 * np.abs(sample).max():  # there is no spread to resample
        return mean, mean
    low, high = bootstrap(
        (sample,),
        np.mean,
        n_resamples=resamples,
        batch=max(1, BATCH // sample.size),
        confidence_level=level,
        method="BCa",
        random_state=np.random.default_rng(seed),
    ).confidence_interval
    return float(low), float(high)


def _estimate(rows: Sequence[Row], metric: str) -> Estimate:
    values = [getattr(row.metrics, metric) for row in rows]
    mean = math.fsum(values) / len(values)
    known = len(values) > 1 and math.isfinite(mean)
    return Estimate(mean, bootstrap_interval(values) if known else None)


def _split(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    parts: dict[Key, list[Row]] = {}
    for row in rows:
        parts.setdefault(key(row), []).append(row)
    return parts
