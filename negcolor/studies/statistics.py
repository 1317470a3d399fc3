"""Statistics of repeated runs: tests, effect sizes, corrections, power, rank correlation.

Small samples are the rule here: two or three seeds of each modification.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats


@dataclass(frozen=True)
class Comparison:
    """A sample against the baseline's.

    Attributes:
        difference: the sample's mean minus the baseline's.
        t, degrees, p: Welch's statistic, its degrees of freedom, and the two-sided p-value.
        p_holm: the p-value after Holm's correction for all comparisons made together.
        effect: Hedges' g.

    What a sample is too small for is NaN.
    """

    difference: float
    t: float
    degrees: float
    p: float
    p_holm: float
    effect: float


@dataclass(frozen=True)
class RankCorrelation:
    """Spearman's ρ of `count` pairs, its two-sided p-value, and its 95 % interval."""

    rho: float
    p: float
    low: float
    high: float
    count: int


def compare_with_baseline(
    samples: Mapping[str, Sequence[float]], baseline: Sequence[float]
) -> dict[str, Comparison]:
    """Every sample against the baseline, by Welch's t-test with Holm's correction for all."""
    tests = {name: welch(sample, baseline) for name, sample in samples.items()}
    corrected = holm([p for _, _, p in tests.values()])
    return {
        name: Comparison(
            float(np.mean(sample) - np.mean(baseline)),
            *tests[name],
            p_holm,
            hedges_g(sample, baseline),
        )
        for (name, sample), p_holm in zip(samples.items(), corrected, strict=True)
    }


def welch(first: Sequence[float], second: Sequence[float]) -> tuple[float, float, float]:
    """Welch's t-test: (t, degrees of freedom, two-sided p); NaN unless both samples vary.

    It does not assume that both samples vary equally much (Welch 1947).
    """
    if min(len(first), len(second)) < 2 or np.var(first) + np.var(second) == 0.0:
        return math.nan, math.nan, math.nan
    result = stats.ttest_ind(first, second, equal_var=False)
    return float(result.statistic), float(result.df), float(result.pvalue)


def hedges_g(first: Sequence[float], second: Sequence[float]) -> float:
    """The difference of the means in pooled standard deviations, without small samples' bias.

    Hedges 1981 with the exact correction; NaN for samples of one value or without variation.
    """
    sizes = len(first), len(second)
    degrees = sum(sizes) - 2
    if min(sizes) < 2:
        return math.nan
    squares = sum(float(np.var(x)) * len(x) for x in (first, second))
    if squares == 0.0:
        return math.nan
    d = float(np.mean(first) - np.mean(second)) / math.sqrt(squares / degrees)
    log_correction = special.gammaln(degrees / 2) - special.gammaln((degrees - 1) / 2)
    return d * math.exp(log_correction) / math.sqrt(degrees / 2)


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values corrected for their number by Holm's step-down method (1979), in their order.

    NaN stays NaN and does not count.
    """
    p = np.asarray(p_values, dtype=float)
    order = [index for index in np.argsort(p) if not np.isnan(p[index])]
    corrected = np.full(len(p), np.nan)
    largest = 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p[index]))
        corrected[index] = largest
    return [float(value) for value in corrected]


def spearman(x: Sequence[float], y: Sequence[float]) -> RankCorrelation:
    """Spearman's rank correlation.

    The interval is Fisher's, with the standard error sqrt((1 + ρ²/2) / (n - 3)) of Bonett and
    Wright (2000); fewer than four pairs have none, and fewer than three no p-value.
    """
    count = len(x)
    if count < 2 or np.ptp(x) == 0.0 or np.ptp(y) == 0.0:
        return RankCorrelation(math.nan, math.nan, math.nan, math.nan, count)
    result = stats.spearmanr(x, y)
    rho, p = float(result.statistic), float(result.pvalue) if count > 2 else math.nan
    if count < 4 or abs(rho) >= 1.0:
        return RankCorrelation(rho, p, math.nan, math.nan, count)
    error = math.sqrt((1 + rho**2 / 2) / (count - 3))
    half = float(stats.norm.ppf(0.975)) * error
    center = math.atanh(rho)
    return RankCorrelation(rho, p, math.tanh(center - half), math.tanh(center + half), count)


def detectable_effect(count: int, level: float, power: float = 0.8) -> float:
    """The difference in standard deviations that two samples of `count` values need to tell.

    The smallest one that a two-sided t-test at that level finds with that power, for samples
    that vary equally much; infinite for samples of one value.
    """
    if count < 2:
        return math.inf
    degrees = 2 * count - 2
    critical = stats.t.isf(level / 2, degrees)

    def missing(effect: float) -> float:
        return float(stats.nct.sf(critical, degrees, effect * math.sqrt(count / 2))) - power

    return float(optimize.brentq(missing, 0.0, 4 * critical))
