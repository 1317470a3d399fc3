"""What the run folders of a study say, read without TensorFlow."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import BASELINE
from negcolor.studies.ablation_options import StudyOptions, load_options
from negcolor.studies.folder import EVALUATION, is_finished

# The columns of history.csv, in short.
LOSSES = {
    "G": "generator G",
    "F": "generator F",
    "D_X": "discriminator X",
    "D_Y": "discriminator Y",
}
GENERATORS, DISCRIMINATORS = ("G", "F"), ("D_X", "D_Y")


@dataclass(frozen=True)
class RunResult:
    """A run that has ended.

    Attributes:
        key, seed: what was trained.
        losses: G, F, D_X or D_Y -> its mean over each epoch.
        test_losses: likewise on the test images, after the last epoch; None without truths.
        figures: image -> figure -> value, as `metrics.Figures` has them.
        architecture: our counts for Table III, see `ablation.evaluation`.
        trained_parameters: of the generator and the discriminator that were trained.
        kid: Kernel Inception Distance of the results to the truths, NaN where it is not computed.
    """

    key: str
    seed: int
    losses: Mapping[str, Sequence[float]]
    test_losses: Mapping[str, float] | None
    figures: Mapping[str, Mapping[str, float]]
    architecture: Mapping[str, int]
    trained_parameters: Mapping[str, int]
    kid: float = math.nan

    def last(self, loss: str) -> float:
        """A loss of the last epoch."""
        return self.losses[loss][-1]

    def mean(self, losses: Sequence[str]) -> float:
        """The mean of some losses over all epochs."""
        return float(np.mean([self.losses[loss] for loss in losses]))

    def test(self, loss: str) -> float:
        """A loss on the test images; NaN without truths."""
        return math.nan if self.test_losses is None else self.test_losses[loss]

    def figure(self, name: str) -> float:
        """The mean of a figure over the test images; NaN without truths."""
        values = [figures[name] for figures in self.figures.values()]
        return float(np.mean(values)) if values else math.nan


Measure = Callable[[RunResult], float]


@dataclass(frozen=True)
class Results:
    """All runs of a study that have ended.

    Attributes:
        options: what belongs to the study.
        runs: in the order of the keys, then of the seeds.
        missing: (key, seed) of the runs without a result.
    """

    options: StudyOptions
    runs: tuple[RunResult, ...]
    missing: tuple[tuple[str, int], ...]

    @property
    def keys(self) -> list[str]:
        """The modifications that have a result."""
        found = {run.key for run in self.runs}
        return [key for key in self.options.keys if key in found]

    @property
    def others(self) -> list[str]:
        """Those that are compared with the baseline."""
        return [key for key in self.keys if key != BASELINE.key]

    @property
    def has_truths(self) -> bool:
        return any(run.figures for run in self.runs)

    def values(self, key: str, measure: Measure) -> list[float]:
        """A measure of a modification's runs, in the order of their seeds."""
        return [measure(run) for run in self.runs if run.key == key]

    def mean(self, key: str, measure: Measure) -> float:
        """The mean of a measure over a modification's seeds; NaN without a result."""
        values = self.values(key, measure)
        return float(np.mean(values)) if values else math.nan


def read_results(study: Path) -> Results:
    """Reads every run of a study that has ended.

    Raises:
        NegcolorError: the folder is no study, no run has ended, or a run's files are damaged.
    """
    options = load_options(study)
    runs, missing = [], []
    for folder, config in options.runs(study):
        if is_finished(folder):
            runs.append(_read_run(folder, config.modification, config.seed))
        else:
            missing.append((config.modification, config.seed))
    if not runs:
        raise NegcolorError(f"{study} has no run that has ended, so there is nothing to report.")
    order = {key: place for place, key in enumerate(options.keys)}
    runs.sort(key=lambda run: (order[run.key], run.seed))
    return Results(options, tuple(runs), tuple(missing))


def _read_run(folder: Path, key: str, seed: int) -> RunResult:
    try:
        with (folder / "history.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        losses = {short: [float(row[name]) for row in rows] for short, name in LOSSES.items()}
        record = json.loads((folder / EVALUATION).read_text(encoding="utf-8"))
        test = record["test_losses"]
        return RunResult(
            key,
            seed,
            losses,
            test and {short: test[name] for short, name in LOSSES.items()},
            record["figures"],
            record["architecture"],
            record["trained_parameters"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NegcolorError(
            f"{folder}: its history.csv or {EVALUATION} is damaged; delete the folder and give the "
            "same command to train the run again."
        ) from error
