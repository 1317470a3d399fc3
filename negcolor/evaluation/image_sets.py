"""A method's results as a whole against color photographs: FID, KID and Inception Score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.evaluation.inception import load_inception
from negcolor.evaluation.set_metrics import fid, inception_score, kid

FEWEST = 2  # images that have a covariance


class Inception(Protocol):
    """What `negcolor.evaluation.inception.load_inception` gives."""

    def features(self, images: Sequence[np.ndarray]) -> np.ndarray: ...
    def probabilities(self, images: Sequence[np.ndarray]) -> np.ndarray: ...


@dataclass(frozen=True)
class SetFigures:
    """FID and KID (lower is better) and Inception Score (higher), the latter two with their
    standard deviations over subsets and splits."""

    fid: float
    kid: tuple[float, float]
    inception_score: tuple[float, float]


class ImageSets:
    """Collects what the Inception network says about images, so that none needs to be kept."""

    def __init__(self, inception: Inception) -> None:
        self._inception = inception
        self._reference: list[np.ndarray] = []
        self._features: dict[str, list[np.ndarray]] = defaultdict(list)
        self._probabilities: dict[str, list[np.ndarray]] = defaultdict(list)

    def add_results(self, results: Mapping[str, np.ndarray]) -> None:
        """Takes method -> its result, (H, W, 3) float32 sRGB in [0, 1]."""
        for method, image in results.items():
            self._features[method].append(self._inception.features([image]))
            self._probabilities[method].append(self._inception.probabilities([image]))

    def add_reference(self, image: np.ndarray) -> None:
        """Takes a color photograph, likewise."""
        self._reference.append(self._inception.features([image]))

    def figures(self) -> dict[str, SetFigures] | str:
        """Method -> its figures, or the reason why there are none."""
        counts = [len(self._reference), *map(len, self._features.values())]
        if min(counts) < FEWEST:
            return f"they take at least {FEWEST} results and {FEWEST} color photographs"
        reference = np.concatenate(self._reference)
        return {
            method: SetFigures(
                fid=fid(np.concatenate(features), reference),
                kid=kid(np.concatenate(features), reference),
                inception_score=inception_score(np.concatenate(self._probabilities[method])),
            )
            for method, features in self._features.items()
        }


def load_image_sets(weights: Path | None) -> ImageSets | str:
    """An empty collection, or the reason why there is none.

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
        return str(error).rstrip(".")
