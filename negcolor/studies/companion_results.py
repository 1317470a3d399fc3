"""What the run folders of a study of systems say, read without TensorFlow."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.experiments.config import ColorizationConfig
from negcolor.studies.companion_options import PaperOptions, load_options, run_folder
from negcolor.studies.folder import EVALUATION, is_finished

Column = tuple[float, ...]

HELD_OUT, TRAINING = "held-out", "training"  # parts of the photographs


@dataclass(frozen=True)
class SetFigures:
    """Of a part's results as a set, beside the set of its truths.

    Attributes:
        fid: Fréchet Inception Distance between both; NaN for fewer than two images.
        inception_score: of the results.
        inception_score_of_truth: of the truths.
    """

    fid: float
    inception_score: float
    inception_score_of_truth: float


@dataclass(frozen=True)
class RunResult:
    """A run that has ended.

    Attributes:
        name, seed: what was trained.
        config: of the run.
        phases: phase -> column of its history -> a value per epoch; NaN where a row has none.
        parts: part -> "system", "grey" or "truth" -> figure -> a value per image.
        validation_of_grey: "ab error", "ab mse" and "chroma" of grey on the validation images.
        chroma_of_truth: mean chroma of the validation images.
        photographs: what was trained on, for people.
        training_images: how many.
        sets: part -> figures of its images as sets, where they are computed.
    """

    name: str
    seed: int
    config: ColorizationConfig
    phases: Mapping[str, Mapping[str, Column]]
    parts: Mapping[str, Mapping[str, Mapping[str, Column]]]
    validation_of_grey: Mapping[str, float]
    chroma_of_truth: float
    photographs: str
    training_images: int
    sets: Mapping[str, SetFigures] = dataclasses.field(default_factory=dict)

    def at_end(self, phase: str, column: str) -> float:
        """A column of a phase's history in its last epoch; NaN where there is none."""
        return self.phases[phase].get(column, (math.nan,))[-1]

    def mean(self, figure: str, of: str = "system", part: str = HELD_OUT) -> float:
        """The mean of a figure over the images of a part; NaN without that part."""
        values = self.parts.get(part, {}).get(of, {}).get(figure, ())
        return float(np.mean(values)) if values else math.nan


@dataclass(frozen=True)
class Results:
    """All runs of a study that have ended.

    Attributes:
        options: what belongs to the study.
        runs: in the order of the candidates, then of the seeds.
        missing: (name, seed) of the runs without a result.
    """

    options: PaperOptions
    runs: tuple[RunResult, ...]
    missing: tuple[tuple[str, int], ...]

    @property
    def names(self) -> list[str]:
        """The candidates that have a result."""
        return list(dict.fromkeys(run.name for run in self.runs))

    def of(self, name: str) -> list[RunResult]:
        """A candidate's runs, in the order of their seeds."""
        return [run for run in self.runs if run.name == name]

    def values(self, name: str, measure: Callable[[RunResult], float]) -> list[float]:
        """A measure of a candidate's runs, without those where it is not known."""
        found = (measure(run) for run in self.of(name))
        return [value for value in found if not math.isnan(value)]


def read_results(folder: Path) -> Results:
    """Reads every run of a study that has ended.

    Raises:
        NegcolorError: the folder is no study, no run has ended, or a run's files are damaged.
    """
    options = load_options(folder)
    runs, missing = [], []
    for candidate in options.study.candidates:
        for seed in options.seeds:
            run = run_folder(folder, candidate.name, seed)
            if is_finished(run):
                config = options.config(candidate, seed)
                runs.append(_read_run(run, candidate.name, config))
            else:
                missing.append((candidate.name, seed))
    if not runs:
        raise NegcolorError(f"{folder} has no run that has ended, so there is nothing to report.")
    return Results(options, tuple(runs), tuple(missing))


def _read_run(folder: Path, name: str, config: ColorizationConfig) -> RunResult:
    phases = [phase.name for phase in config.configured_system().phases]
    files = [f"history_{phase}.csv" for phase in phases[:-1]] + ["history.csv"]
    try:
        record = json.loads((folder / EVALUATION).read_text(encoding="utf-8"))
        return RunResult(
            name=name,
            seed=config.seed,
            config=config,
            phases={
                phase: _read_history(folder / file)
                for phase, file in zip(phases, files, strict=True)
            },
            parts=record["parts"],
            validation_of_grey=record["validation_of_grey"],
            chroma_of_truth=record["chroma_of_truth"],
            photographs=record["photographs"],
            training_images=record["training_pictures"],
        )
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise NegcolorError(
            f"{folder}: one of {', '.join(files)} and {EVALUATION} is damaged; delete the folder "
            "and give the same command to train the run again."
        ) from error


def _read_history(file: Path) -> dict[str, Column]:
    with file.open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    return {column: _floats(row[column] for row in rows) for column in rows[0]}


def _floats(cells: Iterable[str]) -> Column:
    return tuple(float(cell) if cell else math.nan for cell in cells)
