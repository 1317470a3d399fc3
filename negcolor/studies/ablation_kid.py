"""Kernel Inception Distance of every run of a study, from the results in its folder."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np

from negcolor.evaluation.inception import Inception
from negcolor.evaluation.set_metrics import kid
from negcolor.images.color import to_unit
from negcolor.images.io import find_images, read
from negcolor.studies.ablation_results import Results


def with_kid(study: Path, results: Results, judge: Inception) -> Results:
    """The same results with the KID of each run's results to all truths of the test images.

    Unchanged where there are fewer than two truths.
    """
    files = find_images(study / "test") if (study / "test").is_dir() else []
    truths = [file for file in files if file.stem.endswith("-truth")]
    if len(truths) < 2:
        return results
    expected = _features(judge, truths)

    def distance(key: str, seed: int) -> float:
        found = find_images(study / "runs" / f"{key}-seed-{seed}" / "results")
        return kid(_features(judge, found), expected)[0] if len(found) > 1 else math.nan

    runs = [dataclasses.replace(run, kid=distance(run.key, run.seed)) for run in results.runs]
    return dataclasses.replace(results, runs=tuple(runs))


def _features(judge: Inception, files: list[Path]) -> np.ndarray:
    return judge.features([to_unit(read(file)) for file in files])
