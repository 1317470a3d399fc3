"""A training from its configuration to trained networks: what every command that trains calls."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import overload

import keras
from rich.console import Console

from negcolor.converters.classical import density_stretch, plain_inversion
from negcolor.errors import NegcolorError
from negcolor.evaluation.color_metrics import Predict, compare_colors, grey
from negcolor.evaluation.converters import compare_converters
from negcolor.evaluation.metrics import Metrics, average
from negcolor.experiments.config import ColorizationConfig, CycleGANConfig
from negcolor.experiments.run_folder import (
    CONFIG,
    check_resumable,
    create_run,
    write_metrics,
    writing,
)
from negcolor.inference.convert import ImageFunction
from negcolor.inference.models import load_generator
from negcolor.networks.apply import apply_generator
from negcolor.networks.density_prior import has_prior
from negcolor.training.colorization_metrics import predicted_colors
from negcolor.training.colorization_task import ColorizationTask
from negcolor.training.negative_task import NegativeTask
from negcolor.training.trainer import Trainer
from pipelines.lab_batches import load_validation
from pipelines.photographs import Photographs
from pipelines.py_function import readable_errors
from pipelines.training_data import (
    colorization_data,
    negative_data,
    open_domains,
    open_split_photographs,
)


@dataclass(frozen=True)
class TestMetrics:
    """How a generator does on images that it never saw.

    Attributes:
        images: how many of them have a truth.
        means: method's name -> the mean metrics of its results; empty without images.
    """

    __test__ = False  # pytest: this is no test

    images: int
    means: Mapping[str, Metrics]


@dataclass(frozen=True)
class TrainedOnNegatives:
    """A CycleGAN, or a part of one, at the end of its training.

    Attributes:
        trainer: with the networks and the run's folder.
        task: what was trained, with its data.
    """

    trainer: Trainer
    task: NegativeTask

    def test_metrics(self) -> TestMetrics:
        """Of "this model" and of two classical converters, on the test images with a truth."""
        pairs = [(p.negative, p.truth) for p in self.task.data.test if p.truth is not None]
        converters: dict[str, ImageFunction] = {
            "this model": partial(apply_generator, self.trainer.networks["generator_g"]),
            "density stretch": density_stretch,
            "plain inversion": plain_inversion,
        }
        return TestMetrics(len(pairs), compare_converters(pairs, converters))


@dataclass(frozen=True)
class TrainedOnPhotographs:
    """A grey-to-color system at the end of its training.

    Attributes:
        trainer: with the networks and the run's folder.
        task: what was trained, with its data.
        photographs: all of them, also those that the training did not see.
    """

    trainer: Trainer
    task: ColorizationTask
    photographs: Photographs

    def test_metrics(self) -> TestMetrics:
        """Of "this system" and of no colors at all, on the test or else the validation images."""
        images = self.photographs.test or self.photographs.validation
        truth = load_validation(images, self.task.system.image_size)
        methods: dict[str, Predict] = {
            "this system": partial(predicted_colors, self.trainer.networks["generator_g"]),
            "grey": grey,
        }
        means = {name: average(compare_colors(method, truth)) for name, method in methods.items()}
        return TestMetrics(len(truth), means)


def record_test_metrics(folder: Path, metrics: TestMetrics) -> None:
    """Writes a run's figures.json, unless there are no metrics.

    Raises:
        NegcolorError: the folder cannot be written.
    """
    if metrics.means:
        rows = {name: dataclasses.asdict(mean) for name, mean in metrics.means.items()}
        with writing(folder):
            write_metrics(folder, metrics.images, rows)


@overload
def train(
    config: CycleGANConfig,
    folder: Path,
    *,
    console: Console,
    minutes: float | None = None,
    announce: bool = False,
) -> TrainedOnNegatives: ...
@overload
def train(
    config: ColorizationConfig,
    folder: Path,
    *,
    console: Console,
    minutes: float | None = None,
    announce: bool = False,
) -> TrainedOnPhotographs: ...
def train(
    config: CycleGANConfig | ColorizationConfig,
    folder: Path,
    *,
    console: Console,
    minutes: float | None = None,
    announce: bool = False,
) -> TrainedOnNegatives | TrainedOnPhotographs:
    """Trains a configuration in a run folder, from where the folder is to the end.

    Args:
        config: what to train; where the folder is a run, its configuration.
        folder: a run, in which the training goes on, or the place for a new one.
        console: where progress is printed.
        minutes: after them, the training stops at the next checkpoint.
        announce: whether the folder and its data are printed first.

    Raises:
        NegcolorError: the data cannot be read or fits no network, the model to start from has no
            density prior, the folder is not empty and no run that can be continued, or it cannot
            be written.
        KeyboardInterrupt: the training can be continued from its last checkpoint.
    """
    if (folder / CONFIG).exists():
        check_resumable(folder)
    if isinstance(config, CycleGANConfig):
        domains = open_domains(config)
        negatives = NegativeTask(config, negative_data(config, domains), _load_start(config))
        trainer = Trainer(folder, negatives, console)
        _train(trainer, domains.description, minutes, announce)
        return TrainedOnNegatives(trainer, negatives)
    photographs = open_split_photographs(config)
    colorization = ColorizationTask(config, colorization_data(config, photographs))
    trainer = Trainer(folder, colorization, console)
    _train(trainer, photographs.description, minutes, announce)
    return TrainedOnPhotographs(trainer, colorization, photographs)


def _train(trainer: Trainer, description: str, minutes: float | None, announce: bool) -> None:
    if not (trainer.folder / CONFIG).exists():
        create_run(trainer.folder, trainer.task.config)
    if announce:
        line = f"{trainer.folder}: {description}"
        trainer.console.print(line, highlight=False, soft_wrap=True)
    with readable_errors():
        trainer.train(minutes)


def _load_start(config: CycleGANConfig) -> keras.Model | None:
    """The generator that is adapted, if one is."""
    if config.start is None:
        return None
    start = load_generator(config.start)
    if not has_prior(start):
        raise NegcolorError(
            f"{config.start} has no density prior, whose balance is adapted; give a model that was "
            "trained with --prior density."
        )
    return start
