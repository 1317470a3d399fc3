"""What the run folders of a study say, read without TensorFlow."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.experiments.config import ColorizationConfig
from negcolor.studies.study import EVALUATION, AblationStudy, CompanionStudy, PlannedRun, Study

# The columns of history.csv, in short.
LOSSES = {
    "G": "generator G",
    "F": "generator F",
    "D_X": "discriminator X",
    "D_Y": "discriminator Y",
}
HISTORY = "history.csv"
HELD_OUT, TRAINING = "held-out", "training"  # parts of the photographs

Column = tuple[float, ...]


@dataclass(frozen=True)
class RunResult:
    """A run that has ended.

    Attributes:
        name, seed: what was trained.
    """

    name: str
    seed: int


@dataclass(frozen=True)
class AblationRun(RunResult):
    """A modification's run.

    Attributes:
        losses: G, F, D_X or D_Y -> its mean over each epoch.
        test_losses: likewise on the test images, after the last epoch; None without truths.
        metrics: image -> metric -> value, as `metrics.compare` has them.
        architecture: our counts for Table III, see `run_evaluation`.
        trained_parameters: of the generator and the discriminator that were trained.
        kid: Kernel Inception Distance of the results to the truths, NaN where it is not computed.
    """

    losses: Mapping[str, Sequence[float]]
    test_losses: Mapping[str, float] | None
    metrics: Mapping[str, Mapping[str, float]]
    architecture: Mapping[str, int]
    trained_parameters: Mapping[str, int]
    kid: float = math.nan

    def last_loss(self, loss: str) -> float:
        """A loss of the last epoch."""
        return self.losses[loss][-1]

    def mean_loss(self, losses: Sequence[str]) -> float:
        """The mean of some losses over all epochs."""
        return float(np.mean([self.losses[loss] for loss in losses]))

    def test_loss(self, loss: str) -> float:
        """A loss on the test images; NaN without truths."""
        return math.nan if self.test_losses is None else self.test_losses[loss]

    def metric(self, name: str) -> float:
        """The mean of a metric over the test images; NaN without truths."""
        values = [metrics[name] for metrics in self.metrics.values()]
        return float(np.mean(values)) if values else math.nan


@dataclass(frozen=True)
class InceptionMetrics:
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
class CompanionRun(RunResult):
    """The run of a companion paper's system.

    Attributes:
        config: of the run.
        phases: phase -> column of its history -> a value per epoch; NaN where a row has none.
        parts: part -> "system", "grey" or "truth" -> metric -> a value per image.
        validation_of_grey: "ab error", "ab mse" and "chroma" of grey on the validation images.
        chroma_of_truth: mean chroma of the validation images.
        photographs: what was trained on, for people.
        training_images: how many.
        sets: part -> metrics of its images as sets, where they are computed.
    """

    config: ColorizationConfig
    phases: Mapping[str, Mapping[str, Column]]
    parts: Mapping[str, Mapping[str, Mapping[str, Column]]]
    validation_of_grey: Mapping[str, float]
    chroma_of_truth: float
    photographs: str
    training_images: int
    sets: Mapping[str, InceptionMetrics] = dataclasses.field(default_factory=dict)

    def at_end(self, phase: str, column: str) -> float:
        """A column of a phase's history in its last epoch; NaN where there is none."""
        return self.phases[phase].get(column, (math.nan,))[-1]

    def mean(self, metric: str, of: str = "system", part: str = HELD_OUT) -> float:
        """The mean of a metric over the images of a part; NaN without that part."""
        values = self.parts.get(part, {}).get(of, {}).get(metric, ())
        return float(np.mean(values)) if values else math.nan


AnyStudy = TypeVar("AnyStudy", bound=Study)
AnyRun = TypeVar("AnyRun", bound=RunResult)


@dataclass(frozen=True)
class Results(Generic[AnyStudy, AnyRun]):
    """All runs of a study that have ended.

    Attributes:
        study: that they belong to.
        folder: of the study.
        runs: in the order of the study's names, then of the seeds.
        missing: (name, seed) of the runs without a result.
    """

    study: AnyStudy
    folder: Path
    runs: tuple[AnyRun, ...]
    missing: tuple[tuple[str, int], ...]

    @property
    def names(self) -> list[str]:
        """The entries that have a result."""
        return list(dict.fromkeys(run.name for run in self.runs))

    def of(self, name: str) -> list[AnyRun]:
        """An entry's runs, in the order of their seeds."""
        return [run for run in self.runs if run.name == name]

    def values(self, name: str, measure: Callable[[AnyRun], float]) -> list[float]:
        """A measure of an entry's runs, in the order of their seeds."""
        return [measure(run) for run in self.of(name)]

    def mean(self, name: str, measure: Callable[[AnyRun], float]) -> float:
        """The mean of a measure over an entry's seeds; NaN without a result."""
        values = self.values(name, measure)
        return float(np.mean(values)) if values else math.nan

    def run_folder(self, run: RunResult) -> Path:
        """Where a run was trained."""
        return self.study.run(self.folder, run.name, run.seed).folder

    def with_runs(self, change: Callable[[AnyRun], AnyRun]) -> Results[AnyStudy, AnyRun]:
        """The same results with changed runs."""
        return dataclasses.replace(self, runs=tuple(map(change, self.runs)))

    def record(self) -> dict[str, Any]:
        """The study's raw numbers, as `json.dumps` takes them; what is not known is NaN."""
        return {
            "options": self.study.record(),
            "runs": [dataclasses.asdict(run) for run in self.runs],
            "missing": [{"name": name, "seed": seed} for name, seed in self.missing],
        }


AblationResults = Results[AblationStudy, AblationRun]
CompanionResults = Results[CompanionStudy, CompanionRun]


def read_results(
    folder: Path, study: AnyStudy, read: Callable[[PlannedRun], AnyRun]
) -> Results[AnyStudy, AnyRun]:
    """Reads every run of a study that has ended.

    Args:
        folder: the study's.
        study: what belongs to it.
        read: `read_ablation_run` or `read_companion_run`.

    Raises:
        NegcolorError: no run has ended, or a run's files are damaged.
    """
    runs, missing = [], []
    for name in study.names:
        for seed in study.seeds:
            run = study.run(folder, name, seed)
            if not run.is_finished:
                missing.append((name, seed))
                continue
            try:
                runs.append(read(run))
            except (OSError, ValueError, LookupError, TypeError) as error:
                raise NegcolorError(
                    f"{run.folder}: {EVALUATION} or a history of its training is damaged; delete "
                    "the folder and give the same command to train the run again."
                ) from error
    if not runs:
        raise NegcolorError(f"{folder} has no run that has ended, so there is nothing to report.")
    return Results(study, folder, tuple(runs), tuple(missing))


def read_ablation_run(run: PlannedRun) -> AblationRun:
    """Reads the run of a modification that has ended."""
    history = _read_history(run.folder / HISTORY)
    record = _read_evaluation(run)
    test = record["test_losses"]
    return AblationRun(
        run.name,
        run.config.seed,
        losses={short: history[column] for short, column in LOSSES.items()},
        test_losses=test and {short: test[column] for short, column in LOSSES.items()},
        metrics=record["metrics"],
        architecture=record["architecture"],
        trained_parameters=record["trained_parameters"],
    )


def read_companion_run(run: PlannedRun) -> CompanionRun:
    """Reads the run of a system that has ended."""
    config = run.config
    assert isinstance(config, ColorizationConfig)
    phases = [phase.name for phase in config.configured_system().phases]
    files = [*(f"history_{phase}.csv" for phase in phases[:-1]), HISTORY]
    histories = [_read_history(run.folder / file) for file in files]
    return CompanionRun(
        run.name,
        config.seed,
        config=config,
        phases=dict(zip(phases, histories, strict=True)),
        **_read_evaluation(run),
    )


def _read_evaluation(run: PlannedRun) -> dict[str, Any]:
    return json.loads((run.folder / EVALUATION).read_text(encoding="utf-8"))


def _read_history(file: Path) -> dict[str, Column]:
    with file.open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    return {column: _floats(row[column] for row in rows) for column in rows[0]}


def _floats(cells: Iterable[str]) -> Column:
    return tuple(float(cell) if cell else math.nan for cell in cells)
