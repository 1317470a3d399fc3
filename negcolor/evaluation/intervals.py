"""How well a mean over images is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import bootstrap

BATCH = 10_000_000  # resampled values that are held at once


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
