"""FID and Inception Score of every run of a study, from the results in its folder."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np

from negcolor.evaluation.inception import Inception
from negcolor.evaluation.set_metrics import fid, inception_score
from negcolor.images.color import to_unit
from negcolor.images.io import find_images, read
from negcolor.studies.companion_options import run_folder
from negcolor.studies.companion_results import Results, RunResult, SetFigures

FEWEST = 2  # images that have a covariance


def with_set_figures(study: Path, results: Results, judge: Inception) -> Results:
    """The same results with FID and Inception Score of what each run made of each part."""

    def judged(run: RunResult) -> RunResult:
        folder = run_folder(study, run.name, run.seed) / "results"
        found = {part: _figures(folder / part, judge) for part in run.parts}
        return dataclasses.replace(run, sets=found)

    return dataclasses.replace(results, runs=tuple(map(judged, results.runs)))


def _figures(folder: Path, judge: Inception) -> SetFigures:
    made: list[np.ndarray] = []
    truths: list[np.ndarray] = []
    for file in find_images(folder):
        (truths if file.stem.endswith("-truth") else made).append(to_unit(read(file)))
    distance = math.nan
    if len(made) >= FEWEST:
        distance = fid(judge.features(made), judge.features(truths))
    scores = (inception_score(judge.probabilities(part))[0] for part in (made, truths))
    return SetFigures(distance, *scores)
