"""negcolor-adapt: fits a trained model to somebody's own film and scanner."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from negcolor.cli.common import INTERRUPTED, print_error, run
from negcolor.errors import NegcolorError
from negcolor.experiments.config import WIDE, CycleGANConfig
from negcolor.experiments.run_folder import check_free, load_run, next_folder
from negcolor.images.formats import WRITTEN
from negcolor.images.io import find_images
from negcolor.inference.models import find_model, latest_version

STEPS = 300
UNLIMITED = 1_000_000  # steps, where the time is limited
FEWEST = 4  # images of each kind

OPTIONS: dict[str, Any] = {
    "recipe": "adapt",
    "film": WIDE,
    "prior": "density",
    "gan_loss": "lsgan",
    "precision": "float32",
}


def adapt(
    model: Annotated[
        Path,
        typer.Option(
            help="Run folder, .keras file, compact folder or bundled model's name, trained with "
            "--prior density."
        ),
    ],
    scans: Annotated[
        Path, typer.Option(help="Folder of negatives of that film and scanner, without borders.")
    ],
    photos: Annotated[
        Path, typer.Option(help="Folder of color photographs, of whatever the user takes.")
    ],
    output: Annotated[
        Path | None, typer.Option(help="New run folder. [default: runs/adapted, numbered]")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help=f"Length of the training. [default: {STEPS}]")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.0, help="Length of the training in minutes instead.")
    ] = None,
) -> None:
    """Adapt a model to a film and a scanner, from scans and photographs of different things."""
    if steps is not None and minutes is not None:
        raise NegcolorError("--steps and --minutes both say how long to train; give one of them.")
    if latest_version(find_model(model)):
        raise NegcolorError(
            f"{model} is an exported model, which cannot be trained on; give the run folder or the "
            ".keras file that it was exported from."
        )
    for option, folder in {"--scans": scans, "--photos": photos}.items():
        _check_images(option, folder)
    base = load_run(model, {}) if (model / "config.json").is_file() else CycleGANConfig()
    config = dataclasses.replace(
        base,
        **OPTIONS,
        data=f"{scans},{photos}",
        start=str(model),
        pretrain_steps=steps or (STEPS if minutes is None else UNLIMITED),
    )
    folder = output or next_folder("adapted")
    check_free(folder)
    _adapt(config, folder, minutes)


def _check_images(option: str, folder: Path) -> None:
    if not folder.is_dir():
        raise NegcolorError(f"{option} {folder} is no folder; name a folder of pictures.")
    count = len(find_images(folder))
    if count < FEWEST:
        raise NegcolorError(
            f"{option} {folder} has too few pictures to learn from ({count}); put {FEWEST} or more "
            f"into it, {WRITTEN}."
        )


def _adapt(config: CycleGANConfig, folder: Path, minutes: float | None) -> None:
    """Trains and says where what is."""
    from rich.console import Console

    from pipelines.train import train

    console = Console()
    try:
        train(config, folder, console=console, minutes=minutes, announce=True)
    except KeyboardInterrupt:
        print_error(f"interrupted; {folder} has what was reached until then.")
        raise typer.Exit(INTERRUPTED) from None
    console.print(f"Negative, before, after: {folder / 'samples'}", highlight=False)
    console.print(
        f"Use it:  negcolor-colorize SCANS --model {folder} --output positives", highlight=False
    )


def main() -> None:
    """Entry point of negcolor-adapt."""
    run(adapt)
