"""negcolor-ablate: trains the paper's modifications, or a companion paper's systems."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from negcolor.cli.common import FAILED, print_error, run
from negcolor.cli.study_runs import continue_or_create, train_runs
from negcolor.errors import NegcolorError
from negcolor.experiments.config import CycleGANConfig, option

if TYPE_CHECKING:
    from negcolor.studies.ablation_options import StudyOptions

DEFAULTS = CycleGANConfig()
ALL = "0-19"
SEEDS = (0, 1, 2)
OF_MODIFICATIONS = ("modifications", "variants", "schedule", "pretrain_steps")
OF_SYSTEMS = ("backbone_weights",)
KNOWN = (*vars(DEFAULTS), *OF_SYSTEMS)  # what decides the numbers of runs


def _option(help_text: str, name: str = "") -> Any:
    """An option whose default is decided by CycleGANConfig or by the study that is continued."""
    default = getattr(DEFAULTS, name, None)
    return typer.Option(help=help_text + (f" [default: {default}]" if name else ""))


def ablate(
    output: Annotated[Path, typer.Option(help="Folder of the study, new or to be continued.")],
    data: Annotated[str | None, _option("Where the pictures are, see negcolor-train.")] = None,
    study: Annotated[
        str | None,
        _option("Instead of modifications the systems of a companion paper: 001 to 004."),
    ] = None,
    modifications: Annotated[
        str | None,
        _option("Numbers and ranges; the baseline, 0, is always added. [default: 0-19]"),
    ] = None,
    variants: Annotated[
        str | None, _option("Names of variants, such as patch-70,layer-norm. [default: none]")
    ] = None,
    seeds: Annotated[
        str | None,
        _option("What each of them is trained with. [default: 0,1,2; of a paper's systems 0]"),
    ] = None,
    epochs: Annotated[int | None, _option("Passes through the longer domain.", "epochs")] = None,
    steps_per_epoch: Annotated[
        int | None, _option("Steps counted as an epoch. [default: the longer domain]")
    ] = None,
    image_size: Annotated[int | None, _option("Side of the crops.", "image_size")] = None,
    filters: Annotated[
        int | None, _option("First channels of the baseline; others in proportion. [default: 64]")
    ] = None,
    batch_size: Annotated[int | None, _option("Pictures per step.", "batch_size")] = None,
    pretrain_steps: Annotated[
        int | None, _option("Supervised steps on simulated pairs first.", "pretrain_steps")
    ] = None,
    precision: Annotated[
        str | None, _option("auto, float32, bfloat16 or float16.", "precision")
    ] = None,
    schedule: Annotated[str | None, _option("linear or constant.", "schedule")] = None,
    backbone_weights: Annotated[
        str | None,
        _option("Of the systems' pretrained parts, see negcolor-train. [default: keras]"),
    ] = None,
    inception_weights: Annotated[
        Path | None,
        _option("Keras' file of InceptionV3's weights, to report KID (002: FID and IS), too."),
    ] = None,
) -> None:
    """Train modifications under one budget with the same seeds, and write what came of it.

    With --study, train a companion paper's systems; size, batches and epochs are then the paper's
    unless they are given. A study that was stopped goes on with the same command; one that is
    finished gets its report again. Modifications and seeds can be added to a study.
    """
    from negcolor.studies.ablation_options import parse_keys, parse_seeds

    values = {name: value for name, value in locals().items() if value is not None}
    given = {name: value for name, value in values.items() if name in KNOWN}
    _check_kind(values)
    chosen = None if seeds is None else parse_seeds(seeds)
    if study is not None:
        from negcolor.cli.paper_study import compare_systems

        compare_systems(output, study, chosen, given, inception_weights)
        return
    keys = None
    if modifications is not None or variants is not None:
        keys = parse_keys(ALL if modifications is None else modifications, variants or "")
    options = _options(output, keys, chosen, given)
    failed = train_runs(
        output,
        options,
        partial(_prepare, output, options),
        train_run,
        f"negcolor-ablate --output {output}",
    )
    _report(output, inception_weights)
    if failed:
        raise typer.Exit(FAILED)


def _check_kind(values: Mapping[str, Any]) -> None:
    """Refuses options of the other kind of study."""
    for name in values:
        if "study" not in values and name in OF_SYSTEMS:
            raise NegcolorError(f"{option(name)} goes with --study only; leave it out.")
        if "study" in values and name in OF_MODIFICATIONS:
            raise NegcolorError(f"{option(name)} does not go with --study; leave it out.")


def _options(
    output: Path,
    keys: tuple[str, ...] | None,
    seeds: tuple[int, ...] | None,
    given: dict[str, Any],
) -> StudyOptions:
    """Those of the study that exists, or of a new one."""
    from negcolor.studies.ablation_options import StudyOptions, continued, parse_keys
    from negcolor.studies.folder import exists

    if exists(output):
        return continued(output, keys, seeds, given)
    if "data" not in given:
        raise NegcolorError("--data is missing; name a folder, or demo.")
    keys = parse_keys(ALL, "") if keys is None else keys
    return StudyOptions(keys, SEEDS if seeds is None else seeds, CycleGANConfig(**given))


def _prepare(output: Path, options: StudyOptions) -> None:
    """Opens the data before anything is made, and copies the test images for the report."""
    from negcolor.studies.ablation_evaluation import save_test_images
    from negcolor.studies.ablation_options import save_options
    from pipelines.sources import open_data

    domains = open_data(options.budget.data)
    save_options(output, options)
    save_test_images(output / "test", domains.test)


def train_run(folder: Path, config: CycleGANConfig) -> None:
    """Trains a run, or continues it, as negcolor-train does, and evaluates it."""
    from rich.console import Console

    from negcolor.cli.training_data import training_data
    from negcolor.studies.ablation_evaluation import evaluate_run
    from negcolor.training.negative_task import NegativeTask
    from negcolor.training.trainer import Trainer
    from pipelines.py_function import readable_errors
    from pipelines.sources import open_data

    try:
        data = training_data(config, open_data(config.data))
        continue_or_create(folder, config)
        plan = NegativeTask(config, data)
        training = Trainer(folder, plan, Console())
        with readable_errors():
            training.train()
        evaluate_run(training, plan)
    except NegcolorError as error:
        print_error(f"{folder.name}: {error}")
        raise SystemExit(FAILED) from None


def _report(output: Path, inception_weights: Path | None) -> None:
    from negcolor.evaluation.inception import load_inception
    from negcolor.studies.ablation_report import write_report

    judge = load_inception(inception_weights) if inception_weights else None
    for file in write_report(output, judge):
        typer.echo(f"Wrote {file}.")


def main() -> None:
    """Entry point of negcolor-ablate."""
    run(ablate)
