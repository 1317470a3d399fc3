"""FID, KID and Inception Score: sets of images compared by their Inception features.

None of them needs pairs. Features come from `negcolor.evaluation.inception`, whose weights are
not those behind published values. With fewer than 2048 images prefer KID: FID then depends
strongly on the number of images (Bińkowski et al. 2018, section 4), as the covariances of 2048
features are singular.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.evaluation.inception import Inception, load_inception

FEWEST = 2  # images that have a covariance


@dataclass(frozen=True)
class SetMetrics:
    """FID and KID (lower is better) and Inception Score (higher), the latter two with their
    standard deviations over subsets and splits."""

    fid: float
    kid: tuple[float, float]
    inception_score: tuple[float, float]


@dataclass(frozen=True)
class SetComparison:
    """Method -> metrics of all its results together; where there are none, the reason why."""

    metrics: Mapping[str, SetMetrics] = field(default_factory=dict)
    missing: str = ""


class ImageSets:
    """Collects what the Inception network says about images, so that none needs to be kept.

    Without a network it collects nothing, and says why.
    """

    def __init__(self, inception: Inception | None, missing: str = "") -> None:
        self._inception = inception
        self._missing = missing
        self._reference: list[np.ndarray] = []
        self._features: dict[str, list[np.ndarray]] = defaultdict(list)
        self._probabilities: dict[str, list[np.ndarray]] = defaultdict(list)

    @property
    def available(self) -> bool:
        """Whether there is a network."""
        return self._inception is not None

    def add_results(self, results: Mapping[str, np.ndarray]) -> None:
        """Takes method -> its result, (H, W, 3) float32 sRGB in [0, 1]."""
        if self._inception:
            for method, image in results.items():
                self._features[method].append(self._inception.features([image]))
                self._probabilities[method].append(self._inception.probabilities([image]))

    def add_reference(self, image: np.ndarray) -> None:
        """Takes a color photograph, likewise."""
        if self._inception:
            self._reference.append(self._inception.features([image]))

    def compare(self) -> SetComparison:
        """The metrics of what was collected, which take some images on either side."""
        if not self._inception:
            return SetComparison(missing=self._missing)
        counts = [len(self._reference), *map(len, self._features.values())]
        if min(counts) < FEWEST:
            return SetComparison(
                missing=f"they take at least {FEWEST} results and {FEWEST} color photographs"
            )
        reference = np.concatenate(self._reference)
        return SetComparison(
            {
                method: SetMetrics(
                    fid=fid(np.concatenate(features), reference),
                    kid=kid(np.concatenate(features), reference),
                    inception_score=inception_score(np.concatenate(self._probabilities[method])),
                )
                for method, features in self._features.items()
            }
        )


def load_image_sets(weights: Path | None) -> ImageSets:
    """An empty collection, which has no network if Keras' own weights cannot be had.

    Args:
        weights: file of the Inception network; None for Keras' own, which may have to be
            downloaded.

    Raises:
        NegcolorError: the given file cannot be used.
    """
    try:
        return ImageSets(load_inception(weights))
    except NegcolorError as error:
        if weights is not None:
            raise
        return ImageSets(None, str(error).rstrip("."))


def fid(x: np.ndarray, y: np.ndarray) -> float:
    """Fréchet Inception Distance (Heusel et al. 2017, eq. 6): between Gaussians fitted to sets.

    |mean_x - mean_y|² + Tr(C_x + C_y - 2 (C_x C_y)^(1/2)) with unbiased covariances C.

    Args:
        x, y: (N, D) and (M, D) floating point features, a row per image.

    Returns:
        Zero for equal sets, without upper bound; lower is better.

    Raises:
        NegcolorError: a set has fewer than two images.
    """
    x, y = _features(x), _features(y)
    root_x, root_y = _covariance_root(x), _covariance_root(y)
    # With C = RᵀR the eigenvalues of C_x C_y are the squared singular values of R_x R_yᵀ: no root
    # of a singular matrix is ever taken.
    mixed = np.linalg.svd(root_x @ root_y.T, compute_uv=False).sum()
    shift = np.sum((x.mean(0) - y.mean(0)) ** 2)
    distance = shift + np.sum(root_x**2) + np.sum(root_y**2) - 2.0 * mixed
    return max(0.0, float(distance))  # rounding can leave a trace below zero


def kid(
    x: np.ndarray, y: np.ndarray, *, subsets: int = 100, subset_size: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Kernel Inception Distance (Bińkowski et al. 2018): unbiased MMD² with a cubic kernel.

    The kernel is k(a, b) = (a·b / D + 1)³. The estimate is unbiased for any number of images,
    and so may be negative for sets that hardly differ.

    Args:
        x, y: (N, D) and (M, D) floating point features, a row per image.
        subsets: how many random pairs of subsets, drawn without replacement, are averaged.
        subset_size: images in each; at most the size of the smaller set.
        seed: decides the subsets.

    Returns:
        Mean and standard deviation over the subsets; lower is better. The deviation is zero where
        each subset is the whole set.

    Raises:
        NegcolorError: a set has fewer than two images.
    """
    x, y = _features(x), _features(y)
    size = min(subset_size, len(x), len(y))
    if size == len(x) == len(y):
        return _squared_mmd(x, y), 0.0
    rng = np.random.default_rng(seed)
    estimates = [
        _squared_mmd(
            x[rng.choice(len(x), size, replace=False)], y[rng.choice(len(y), size, replace=False)]
        )
        for _ in range(subsets)
    ]
    return float(np.mean(estimates)), float(np.std(estimates))


def inception_score(probabilities: np.ndarray, splits: int = 10) -> tuple[float, float]:
    """Inception Score (Salimans et al. 2016): exp of the mean KL(p(class | image) || p(class)).

    It rewards results that look like one of the network's classes each, and like many of them
    together. It knows no truth: colors may be wrong.

    Args:
        probabilities: (N, C) floating point, a row per image that sums to 1.
        splits: parts of the set, in the given order, that are scored by themselves; at most N.

    Returns:
        Mean and standard deviation over the parts, from 1 to C; higher is better.

    Raises:
        NegcolorError: there is no image.
    """
    p = np.asarray(probabilities, np.float64)
    if not len(p):
        raise NegcolorError("the Inception Score takes at least one picture.")
    scores = [_score(part) for part in np.array_split(p, min(splits, len(p)))]
    return float(np.mean(scores)), float(np.std(scores))


def _features(rows: np.ndarray) -> np.ndarray:
    if len(rows) < 2:
        raise NegcolorError("FID and KID take at least two pictures on either side.")
    return np.asarray(rows, np.float64)


def _covariance_root(rows: np.ndarray) -> np.ndarray:
    """R, (min(N, D), D), with RᵀR the unbiased covariance of (N, D) rows."""
    return np.linalg.qr(rows - rows.mean(0), mode="r") / np.sqrt(len(rows) - 1)


def _squared_mmd(x: np.ndarray, y: np.ndarray) -> float:
    """Unbiased estimate of the squared maximum mean discrepancy (Gretton et al. 2012, eq. 3)."""

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (a @ b.T / a.shape[1] + 1.0) ** 3

    def mean_of_others(rows: np.ndarray) -> float:
        similarity = kernel(rows, rows)
        return (similarity.sum() - np.trace(similarity)) / (len(rows) * (len(rows) - 1))

    return float(mean_of_others(x) + mean_of_others(y) - 2.0 * kernel(x, y).mean())


def _score(p: np.ndarray) -> float:
    marginal = p.mean(0)
    # A class of probability 0 adds nothing: p log p tends to 0.
    log_ratio = np.log(np.where(p > 0, p, 1.0)) - np.log(np.where(p > 0, marginal, 1.0))
    return float(np.exp(np.sum(p * log_ratio, axis=1).mean()))
