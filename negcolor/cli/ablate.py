"""negcolor-ablate: trains the paper's modifications under one budget and compares them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from negcolor.cli.command import FAILED, complain, run
from negcolor.errors import NegcolorError
from negcolor.training.config import RunConfig

if TYPE_CHECKING:
    from negcolor.evaluation.ablation.options import StudyOptions

DEFAULTS = RunConfig()
ALL = "0-19"
SEEDS = (0, 1, 2)


def _option(help_text: str, name: str = "") -> Any:
    """An option whose default is decided by RunConfig or by the study that is continued."""
    default = getattr(DEFAULTS, name, None)
    return typer.Option(help=help_text + (f" [default: {default}]" if name else ""))


def ablate(
    output: Annotated[Path, typer.Option(help="Folder of the study, new or to be continued.")],
    data: Annotated[str | None, _option("Where the pictures are, see negcolor-train.")] = None,
    modifications: Annotated[
        str | None,
        _option("Numbers and ranges; the baseline, 0, is always added. [default: 0-19]"),
    ] = None,
    variants: Annotated[
        str | None, _option("Names of variants, such as patch-70,layer-norm. [default: none]")
    ] = None,
    seeds: Annotated[
        str | None, _option("What each modification is trained with. [default: 0,1,2]")
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
    inception_weights: Annotated[
        Path | None, _option("Keras' file of InceptionV3's weights, to report KID, too.")
    ] = None,
) -> None:
    """Train modifications under one budget with the same seeds, and write what came of it.

    A study that was stopped goes on with the same command; one that is finished gets its report
    again. Modifications and seeds can be added to a study.
    """
    from negcolor.evaluation.ablation.options import parse_keys, parse_seeds

    budget = {name: value for name, value in locals().items() if name in DEFAULTS.__dict__}
    given = {name: value for name, value in budget.items() if value is not None}
    keys = None
    if modifications is not None or variants is not None:
        keys = parse_keys(ALL if modifications is None else modifications, variants or "")
    options = _options(output, keys, None if seeds is None else parse_seeds(seeds), given)
    failed = _train(output, options)
    _report(output, inception_weights)
    if failed:
        raise typer.Exit(FAILED)


def _options(
    output: Path,
    keys: tuple[str, ...] | None,
    seeds: tuple[int, ...] | None,
    given: dict[str, Any],
) -> StudyOptions:
    """Those of the study that exists, or of a new one."""
    from negcolor.evaluation.ablation.options import StudyOptions, continued, exists, parse_keys

    if exists(output):
        return continued(output, keys, seeds, given)
    if "data" not in given:
        raise NegcolorError("--data is missing; name a folder, or demo.")
    keys = parse_keys(ALL, "") if keys is None else keys
    return StudyOptions(keys, SEEDS if seeds is None else seeds, RunConfig(**given))


def _train(output: Path, options: StudyOptions) -> int:
    """Trains what is not finished; returns how many runs failed."""
    from negcolor.evaluation.ablation.training import is_finished, train_all

    if all(is_finished(folder) for folder, _ in options.runs(output)):
        return 0  # without waiting for TensorFlow
    _prepare(output, options)
    failed = 0
    try:
        for event, text in train_all(output, options, train_run):
            if event == "failed":
                failed += 1
                complain(f"{text} has no result; the same command tries again.")
            else:
                typer.echo(text)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"continue with negcolor-ablate --output {output}") from None
    return failed


def _prepare(output: Path, options: StudyOptions) -> None:
    """Opens the data before anything is made, and copies the test pictures for the report."""
    from negcolor.evaluation.ablation.evaluation import save_test_pictures
    from negcolor.evaluation.ablation.options import save_options
    from pipelines.sources import open_data

    domains = open_data(options.budget.data)
    save_options(output, options)
    save_test_pictures(output / "test", domains.test)


def train_run(folder: Path, config: RunConfig) -> None:
    """Trains a run, or continues it, as negcolor-train does, and evaluates it."""
    from rich.console import Console

    from negcolor.cli.training_data import training_data
    from negcolor.evaluation.ablation.evaluation import evaluate_run
    from negcolor.training.config import create_run
    from negcolor.training.run import Run
    from pipelines.python_calls import readable_errors
    from pipelines.sources import open_data

    try:
        data = training_data(config, open_data(config.data))
        if not (folder / "config.json").exists():
            for unfinished in folder.glob(".config.json.*"):  # killed at the very beginning
                unfinished.unlink()
            create_run(folder, config)
        training = Run(folder, config, data, Console())
        with readable_errors():
            training.train()
        evaluate_run(training)
    except NegcolorError as error:
        complain(f"{folder.name}: {error}")
        raise SystemExit(FAILED) from None


def _report(output: Path, inception_weights: Path | None) -> None:
    from negcolor.evaluation.ablation.report import write_report
    from negcolor.evaluation.inception import load_inception

    judge = load_inception(inception_weights) if inception_weights else None
    for file in write_report(output, judge):
        typer.echo(f"Wrote {file}.")


def main() -> None:
    """Entry point of negcolor-ablate."""
    run(ablate)
