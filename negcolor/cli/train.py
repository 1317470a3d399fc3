"""negcolor-train: trains a CycleGAN on negatives, or a system that colors grey images."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from negcolor.cli.common import INTERRUPTED, print_error, run
from negcolor.errors import NegcolorError
from negcolor.experiments.config import (
    PRIORS,
    SCHEDULES,
    SIMULATIONS,
    ColorizationConfig,
    CycleGANConfig,
    option,
)
from negcolor.experiments.modifications import NUMBERED
from negcolor.experiments.phases import GAN_LOSSES
from negcolor.experiments.run_folder import (
    check_free,
    check_resumable,
    is_system_run,
    load_colorization_run,
    load_run,
    next_folder,
)
from negcolor.experiments.systems import SYSTEMS

# What --quick stands for; options given beside it win.
QUICK = {
    "data": "demo",
    "image_size": 128,
    "filters": 16,
    "pretrain_steps": 3000,
    "epochs": 4,
    "steps_per_epoch": 10,
}
QUICK_SYSTEM = {
    "data": "demo",
    "image_size": 64,
    "filters": 16,
    "batch_size": 8,
    "epochs": 4,
    "steps_per_epoch": 40,
    "backbone_weights": "none",
}
# Metrics at the end of a training: heading and format.
COLUMNS = {
    "ab_error": ("ab error ↓", ".2f"),
    "psnr": ("PSNR dB ↑", ".2f"),
    "ssim": ("SSIM ↑", ".3f"),
    "delta_e": ("ΔE2000 ↓", ".2f"),
    "colorfulness": ("colorfulness", ".1f"),
}
OF_POSITIVES = ("psnr", "ssim", "delta_e")
OF_COLORS = ("ab_error", "psnr", "ssim", "delta_e", "colorfulness")
DEFAULTS = CycleGANConfig()
SYSTEM_DEFAULTS = {field.name: field.default for field in dataclasses.fields(ColorizationConfig)}


def _option(help_text: str, name: str = "", **kwargs: Any) -> Any:
    """An option whose default is decided by CycleGANConfig, a system, --quick or --resume."""
    default = getattr(DEFAULTS, name, None)
    shown = f" [default: {default}]" if default is not None else ""
    return typer.Option(help=help_text + shown, **kwargs)


def train(
    modification: Annotated[
        str | None,
        _option(f"Number {NUMBERED[0]} to {NUMBERED[-1]} or a variant's name.", "modification"),
    ] = None,
    system: Annotated[
        str | None,
        typer.Option(help="Instead of a modification: " + ", ".join(SYSTEMS) + "."),
    ] = None,
    data: Annotated[
        str | None,
        _option(
            "Folder with trainA and trainB (testA, testB, truthA), tfds:NAME[/SPLIT], "
            "'SOURCE_A,SOURCE_B', or 'demo'. Of a system: a folder of photographs, "
            "tfds:NAME[/SPLIT][?label=CATEGORY], or 'demo'.",
            "data",
        ),
    ] = None,
    output: Annotated[
        Path | None, _option("New run folder. [default: runs/MODIFICATION, numbered]")
    ] = None,
    epochs: Annotated[
        int | None,
        _option("Passes through the longer domain, or of all phases of a system.", "epochs"),
    ] = None,
    steps_per_epoch: Annotated[
        int | None, _option("Steps counted as an epoch. [default: the longer domain]")
    ] = None,
    image_size: Annotated[int | None, _option("Side of the crops.", "image_size")] = None,
    filters: Annotated[
        int | None,
        _option("The baseline's first channels, the others' in proportion. [default: 64]"),
    ] = None,
    batch_size: Annotated[int | None, _option("Pictures per step.", "batch_size")] = None,
    seed: Annotated[int | None, _option("Seed of everything random.", "seed")] = None,
    precision: Annotated[
        str | None, _option("auto, float32, bfloat16 or float16.", "precision")
    ] = None,
    jit: Annotated[str | None, _option("XLA: auto, on or off.", "jit")] = None,
    gan_loss: Annotated[str | None, _option(" or ".join(GAN_LOSSES) + ".", "gan_loss")] = None,
    schedule: Annotated[str | None, _option(" or ".join(SCHEDULES) + ".", "schedule")] = None,
    pretrain_steps: Annotated[
        int | None, _option("Supervised steps on simulated pairs first.", "pretrain_steps")
    ] = None,
    recipe: Annotated[
        str | None,
        _option(
            "Phases: paper; supervised (pairs only); sharp (then adversarial); film.", "recipe"
        ),
    ] = None,
    prior: Annotated[
        str | None, _option(f"What the generator starts from: {' or '.join(PRIORS)}.", "prior")
    ] = None,
    film: Annotated[
        str | None, _option(f"Simulation for the pairs: {' or '.join(SIMULATIONS)}.", "film")
    ] = None,
    backbone_weights: Annotated[
        str | None,
        _option(
            "Of a system's pretrained parts: keras (download), none (random) or a path. "
            "[default: keras]"
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Small preset on the demo roll: minutes on two cores.")
    ] = False,
    resume: Annotated[Path | None, _option("Continue this run folder.")] = None,
) -> None:
    """Train a CycleGAN, or with --system a colorizer, and show what it makes of test images.

    A system's size, batches and epochs are its paper's unless they are given.
    """
    options: dict[str, Any] = {
        "modification": modification,
        "system": system,
        "data": data,
        "epochs": epochs,
        "steps_per_epoch": steps_per_epoch,
        "image_size": image_size,
        "filters": filters,
        "batch_size": batch_size,
        "seed": seed,
        "precision": precision,
        "jit": jit,
        "gan_loss": gan_loss,
        "schedule": schedule,
        "pretrain_steps": pretrain_steps,
        "recipe": recipe,
        "prior": prior,
        "film": film,
        "backbone_weights": backbone_weights,
    }
    given = {name: value for name, value in options.items() if value is not None}
    if recipe == "adapt":
        raise NegcolorError("--recipe adapt needs a model to start from; use negcolor-adapt.")
    if resume is not None and (quick or output is not None):
        raise NegcolorError(
            "--resume takes everything from the run; leave --quick and --output out."
        )
    config: CycleGANConfig | ColorizationConfig
    if system is not None or (resume is not None and is_system_run(resume)):
        folder, config = _system_run(given, quick, resume, output)
    else:
        folder, config = _modification_run(given, quick, resume, output)
    (check_free if resume is None else check_resumable)(folder)
    _train(folder, config)


def _modification_run(
    given: dict[str, Any], quick: bool, resume: Path | None, output: Path | None
) -> tuple[Path, CycleGANConfig]:
    """Where what is trained; options of a system are refused."""
    _check_options(given, vars(DEFAULTS), "a modification")
    if resume is None:
        config = CycleGANConfig(**{**(QUICK if quick else {}), **given})
        return output or next_folder(_folder_name(config.modification)), config
    config = load_run(resume, given)
    if config.recipe == "adapt":
        raise NegcolorError(
            f"{resume} is an adaptation, which cannot be continued; run negcolor-adapt again."
        )
    return resume, config


def _system_run(
    given: dict[str, Any], quick: bool, resume: Path | None, output: Path | None
) -> tuple[Path, ColorizationConfig]:
    """Where what is trained; options of a modification are refused."""
    _check_options(given, SYSTEM_DEFAULTS, "a system")
    if resume is None:
        config = ColorizationConfig(**{**(QUICK_SYSTEM if quick else {}), **given})
        return output or next_folder(config.system), config
    return resume, load_colorization_run(resume, given)


def _check_options(given: Mapping[str, Any], known: Mapping[str, Any], what: str) -> None:
    for name in given:
        if name not in known:
            raise NegcolorError(f"{option(name)} does not go with {what}; leave it out.")


def _folder_name(modification: str) -> str:
    return f"modification-{modification}" if modification.isdigit() else modification


def _train(folder: Path, config: CycleGANConfig | ColorizationConfig) -> None:
    """Trains, in a new folder or on in an old one, and shows how it does on unseen images."""
    from rich.console import Console

    from pipelines.train import record_test_metrics, train

    for warning in config.warnings():
        print_error(warning)
    console = Console()
    try:
        trained = train(config, folder, console=console, announce=True)
    except KeyboardInterrupt:
        print_error(f"interrupted; continue with: negcolor-train --resume {folder}")
        raise typer.Exit(INTERRUPTED) from None
    metrics = trained.test_metrics()
    record_test_metrics(folder, metrics)
    if isinstance(config, CycleGANConfig):
        _show_metrics(console, metrics, "test picture{s} against the truth", OF_POSITIVES)
        example = f"negcolor-colorize SCANS --model {folder} --output positives"
    else:
        _show_metrics(console, metrics, "held-out picture{s}", OF_COLORS)
        example = f"negcolor-colorize GREY_PICTURES --system {folder} --output colored"
    console.print(f"Samples: {folder / 'samples'}", highlight=False)
    console.print(f"Use it:  {example}", highlight=False, soft_wrap=True)


def _show_metrics(console: Any, metrics: Any, title: str, columns: tuple[str, ...]) -> None:
    """A row for each method, a column for each metric."""
    from rich.table import Table

    if not metrics.means:
        console.print("No test picture has a truth, so there are no figures.")
        return
    plural = "s" if metrics.images > 1 else ""
    table = Table(title=f"{metrics.images} {title.format(s=plural)}", title_justify="left")
    table.add_column("")
    for name in columns:
        table.add_column(COLUMNS[name][0], justify="right")
    for method, mean in metrics.means.items():
        cells = [format(getattr(mean, name), COLUMNS[name][1]) for name in columns]
        table.add_row(method, *cells)
    console.print(table)


def main() -> None:
    """Entry point of negcolor-train."""
    run(train)
