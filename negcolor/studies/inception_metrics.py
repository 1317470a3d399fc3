"""KID, FID and Inception Score of a study's runs, from the images in their folders."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np

from negcolor.evaluation.inception import Inception
from negcolor.evaluation.set_metrics import fid, inception_score, kid
from negcolor.images.color import to_unit
from negcolor.images.io import find_images, read
from negcolor.studies.results import (
    AblationResults,
    AblationRun,
    CompanionResults,
    CompanionRun,
    InceptionMetrics,
)

FEWEST = 2  # images that have a covariance


def with_kid(results: AblationResults, inception: Inception) -> AblationResults:
    """The same results with the KID of each run's results to all truths of the test images.

    Unchanged where there are fewer than two truths.
    """
    test = results.folder / "test"
    _, truths = _results_and_truths(test) if test.is_dir() else ([], [])
    if len(truths) < FEWEST:
        return results
    expected = inception.features(truths)

    def measured(run: AblationRun) -> AblationRun:
        images, _ = _results_and_truths(results.run_folder(run) / "results")
        if len(images) < FEWEST:
            return run
        return dataclasses.replace(run, kid=kid(inception.features(images), expected)[0])

    return results.with_runs(measured)


def with_inception_metrics(results: CompanionResults, inception: Inception) -> CompanionResults:
    """The same results with FID and Inception Score of what each run made of each part."""

    def measured(run: CompanionRun) -> CompanionRun:
        folder = results.run_folder(run) / "results"
        sets = {part: _inception_metrics(folder / part, inception) for part in run.parts}
        return dataclasses.replace(run, sets=sets)

    return results.with_runs(measured)


def _inception_metrics(folder: Path, inception: Inception) -> InceptionMetrics:
    made, truths = _results_and_truths(folder)
    distance = math.nan
    if len(made) >= FEWEST:
        distance = fid(inception.features(made), inception.features(truths))
    scores = (inception_score(inception.probabilities(part))[0] for part in (made, truths))
    return InceptionMetrics(distance, *scores)


def _results_and_truths(folder: Path) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The images of a folder, and those among them whose name ends with -truth, in [0, 1]."""
    images: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    for file in find_images(folder):
        images[file.stem.endswith("-truth")].append(to_unit(read(file)))
    return images
