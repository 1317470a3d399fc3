"""negcolor-ablate: trains the paper's modifications, or a companion paper's systems."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from negcolor.cli.common import FAILED, print_error, run
from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.modifications import NUMBERED
from negcolor.experiments.studies import STUDIES

DEFAULTS = CycleGANConfig()


def _option(help_text: str, name: str = "") -> Any:
    """An option whose default is decided by CycleGANConfig or by the study that is continued."""
    default = getattr(DEFAULTS, name, None)
    return typer.Option(help=help_text + (f" [default: {default}]" if name else ""))


def ablate(
    output: Annotated[Path, typer.Option(help="Folder of the study, new or to be continued.")],
    data: Annotated[str | None, _option("Where the pictures are, see negcolor-train.")] = None,
    study: Annotated[
        str | None,
        _option(
            "Instead of modifications the systems of a companion paper: "
            f"{min(STUDIES)} to {max(STUDIES)}."
        ),
    ] = None,
    modifications: Annotated[
        str | None,
        _option(
            "Numbers and ranges; the baseline, 0, is always added. "
            f"[default: {NUMBERED[0]}-{NUMBERED[-1]}]"
        ),
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
    """Train modifications under one budget with the same seeds, and report the results.

    With --study, train a companion paper's systems; size, batches and epochs are then the paper's
    unless they are given. A study that was stopped goes on with the same command; one that is
    finished gets its report again. Modifications and seeds can be added to a study.
    """
    from negcolor.studies.runner import run_study

    options = {
        "modifications": modifications,
        "variants": variants,
        "seeds": seeds,
        "data": data,
        "epochs": epochs,
        "steps_per_epoch": steps_per_epoch,
        "image_size": image_size,
        "filters": filters,
        "batch_size": batch_size,
        "pretrain_steps": pretrain_steps,
        "precision": precision,
        "schedule": schedule,
        "backbone_weights": backbone_weights,
    }
    given = {name: value for name, value in options.items() if value is not None}
    kinds = set()
    for event in run_study(output, study, given, inception_weights):
        kinds.add(event.kind)
        (typer.echo if event.kind == "progress" else print_error)(event.text)
    if "failure" in kinds:
        raise typer.Exit(FAILED)


def main() -> None:
    """Entry point of negcolor-ablate."""
    run(ablate)
