"""What negcolor-ablate --study does: a companion paper's systems trained under one budget."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from negcolor.cli.common import FAILED, print_error
from negcolor.cli.study_runs import continue_or_create, train_runs
from negcolor.errors import NegcolorError
from negcolor.experiments.config import ColorizationConfig
from negcolor.experiments.studies import PaperStudy, find_study
from negcolor.studies.companion_options import PaperOptions, continued, save_options
from negcolor.studies.companion_results import HELD_OUT, TRAINING
from negcolor.studies.folder import exists

if TYPE_CHECKING:
    import numpy as np

    from negcolor.experiments.systems import System
    from pipelines.photographs import Photographs

SEEDS = (0,)
MEASURED = 600  # images of each part at most: as many as 001 holds out


def compare_systems(
    output: Path,
    number: str,
    seeds: tuple[int, ...] | None,
    given: Mapping[str, Any],
    inception_weights: Path | None,
) -> None:
    """Trains what is not finished of a study, and writes its report.

    Args:
        output: the study's folder, new or to be continued.
        number: of the paper.
        seeds: None for those of the study, or for one.
        given: options of `ColorizationConfig` by field name.
        inception_weights: Keras' file of InceptionV3's weights, for FID and Inception Score.

    Raises:
        NegcolorError: an option is not understood, or contradicts the study.
        typer.Exit: a run failed.
    """
    study = find_study(number)
    if exists(output):
        options = continued(output, study, seeds, given)
    elif "data" in given:
        options = PaperOptions(study, SEEDS if seeds is None else seeds, given)
    else:
        raise NegcolorError("--data is missing; name a folder of photographs, or demo.")
    failed = train_runs(
        output,
        options,
        partial(_prepare, output, options),
        partial(train_system_run, study=study),
        f"negcolor-ablate --study {number} --output {output}",
    )
    _report(output, inception_weights)
    if failed:
        raise typer.Exit(FAILED)


def _prepare(output: Path, options: PaperOptions) -> None:
    """Opens the data before anything is made."""
    from negcolor.cli.system_training import open_for

    _, config = next(options.runs(output))
    open_for(config.configured_system(), config)
    save_options(output, options)


def train_system_run(folder: Path, config: ColorizationConfig, study: PaperStudy) -> None:
    """Trains a run, or continues it, as negcolor-train does, and evaluates it."""
    from rich.console import Console

    from negcolor.cli.system_training import color_data, open_for, warn_of_random_backbones
    from negcolor.studies.companion_evaluation import evaluate_run
    from negcolor.training.colorization_task import ColorizationTask
    from negcolor.training.trainer import Trainer
    from pipelines.py_function import readable_errors

    try:
        system = config.configured_system()
        photographs = open_for(system, config)
        plan = ColorizationTask(config, color_data(config, photographs))
        warn_of_random_backbones(config)
        continue_or_create(folder, config)
        with readable_errors():
            run = Trainer(folder, plan, Console())
            run.train()
            evaluate_run(
                run,
                plan,
                _parts(system, config, photographs, study.distributions),
                description=photographs.description,
                keep_all=study.distributions,
            )
    except NegcolorError as error:
        print_error(f"{folder.name}: {error}")
        raise SystemExit(FAILED) from None


def _parts(
    system: System, config: ColorizationConfig, photographs: Photographs, trained_on: bool
) -> dict[str, np.ndarray]:
    """The images that are measured, in network Lab; as many of the training as held out."""
    import numpy as np

    from negcolor.experiments.systems import Variation
    from pipelines.lab_batches import held_out, lab_batches

    images = photographs.test or photographs.validation
    parts = {HELD_OUT: held_out(images, system.image_size, limit=MEASURED)}
    if trained_on:
        stream = lab_batches(
            photographs.train,
            image_size=system.image_size,
            batch_size=1,
            seed=config.seed,
            variation=Variation(flip=False),
        )
        count = min(len(parts[HELD_OUT]), len(photographs.train))
        parts[TRAINING] = np.concatenate([*stream.take(count).as_numpy_iterator()])
    return parts


def _report(output: Path, inception_weights: Path | None) -> None:
    from negcolor.evaluation.inception import load_inception
    from negcolor.studies.companion_report import write_report

    judge = load_inception(inception_weights) if inception_weights else None
    for file in write_report(output, judge):
        typer.echo(f"Wrote {file}.")
