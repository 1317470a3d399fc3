"""negcolor-train: trains a CycleGAN on negatives, or a system that colors grey images."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from negcolor.cli.common import INTERRUPTED, print_error, run
from negcolor.errors import NegcolorError
from negcolor.experiments.checks import option
from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.run_folder import (
    create_run,
    is_system_run,
    load_colorization_run,
    load_run,
    next_folder,
)
from negcolor.experiments.system_config import ColorizationConfig
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
DEFAULTS = CycleGANConfig()
SYSTEM_DEFAULTS = {field.name: field.default for field in dataclasses.fields(ColorizationConfig)}


def _option(help_text: str, name: str = "", **kwargs: Any) -> Any:
    """An option whose default is decided by CycleGANConfig, a system, --quick or --resume."""
    default = getattr(DEFAULTS, name, None)
    shown = f" [default: {default}]" if default is not None else ""
    return typer.Option(help=help_text + shown, **kwargs)


def train(
    modification: Annotated[
        str | None, _option("Number 0 to 19 or a variant's name.", "modification")
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
    gan_loss: Annotated[str | None, _option("bce or lsgan.", "gan_loss")] = None,
    schedule: Annotated[str | None, _option("linear or constant.", "schedule")] = None,
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
        str | None, _option("What the generator starts from: none or density.", "prior")
    ] = None,
    film: Annotated[str | None, _option("Simulation for the pairs: plain or wide.", "film")] = None,
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
    known = {**vars(DEFAULTS), **SYSTEM_DEFAULTS}
    options = {name: value for name, value in locals().items() if name in known}
    given = {name: value for name, value in options.items() if value is not None}
    if recipe == "adapt":
        raise NegcolorError("--recipe adapt needs a model to start from; use negcolor-adapt.")
    if resume is not None and (quick or output is not None):
        raise NegcolorError(
            "--resume takes everything from the run; leave --quick and --output out."
        )
    if system is not None or (resume is not None and is_system_run(resume)):
        _check_options(given, SYSTEM_DEFAULTS, "a system")
        _train_system(given, quick, resume, output)
        return
    _check_options(given, vars(DEFAULTS), "a modification")
    if resume is not None:
        folder, config = resume, load_run(resume, given)
        if config.recipe == "adapt":
            raise NegcolorError(
                f"{resume} is an adaptation, which cannot be continued; run negcolor-adapt again."
            )
    else:
        config = CycleGANConfig(**{**(QUICK if quick else {}), **given})
        folder = output or next_folder(_folder_name(config.modification))
    _train(folder, config, resume is None)


def _check_options(given: Mapping[str, Any], known: Mapping[str, Any], what: str) -> None:
    for name in given:
        if name not in known:
            raise NegcolorError(f"{option(name)} does not go with {what}; leave it out.")


def _train_system(
    given: dict[str, Any], quick: bool, resume: Path | None, output: Path | None
) -> None:
    if resume is not None:
        folder, config = resume, load_colorization_run(resume, given)
    else:
        config = ColorizationConfig(**{**(QUICK_SYSTEM if quick else {}), **given})
        folder = output or next_folder(config.system)

    from negcolor.cli.system_training import train_system

    train_system(folder, config, resume is None)


def _folder_name(modification: str) -> str:
    return f"modification-{modification}" if modification.isdigit() else modification


def _train(folder: Path, config: CycleGANConfig, new: bool) -> None:
    """Joins the pipelines and the training."""
    from rich.console import Console

    from negcolor.cli.training_data import training_data
    from negcolor.training.negative_task import FilmPlan
    from negcolor.training.trainer import Run
    from pipelines.py_function import readable_errors
    from pipelines.sources import open_data

    console = Console()
    domains = open_data(config.data)
    data = training_data(config, domains)
    if new:
        create_run(folder, config)
    console.print(f"{folder}: {domains.description}", highlight=False)
    plan = FilmPlan(config, data)
    training = Run(folder, plan, console)
    try:
        with readable_errors():
            training.train()
    except KeyboardInterrupt:
        print_error(f"interrupted; continue with: negcolor-train --resume {folder}")
        raise typer.Exit(INTERRUPTED) from None
    _show_figures(console, training, plan)


def _show_figures(console: Any, training: Any, plan: Any) -> None:
    """One screen at the end: the test images' figures, and where everything is."""
    from rich.table import Table

    from negcolor.converters.classical import density_stretch, plain_inversion
    from negcolor.evaluation.summary import compare_converters
    from negcolor.experiments.run_folder import write_figures
    from negcolor.networks.apply import apply_generator
    from negcolor.training.disk import writing

    pairs = [(p.negative, p.truth) for p in plan.data.test if p.truth is not None]
    generator = training.networks["generator_g"]
    converters = {
        "this model": lambda negative: apply_generator(generator, negative),
        "density stretch": density_stretch,
        "plain inversion": plain_inversion,
    }
    figures = compare_converters(pairs, converters)
    if figures:
        record = {name: dataclasses.asdict(values) for name, values in figures.items()}
        with writing(training.folder):
            write_figures(training.folder, len(pairs), record)
        count = f"{len(pairs)} test picture" + ("s" if len(pairs) > 1 else "")
        table = Table(title=f"{count} against the truth", title_justify="left")
        for heading in ("", "PSNR dB ↑", "SSIM ↑", "ΔE2000 ↓"):
            table.add_column(heading, justify="left" if heading == "" else "right")
        for name, values in figures.items():
            table.add_row(name, f"{values.psnr:.2f}", f"{values.ssim:.3f}", f"{values.delta_e:.2f}")
        console.print(table)
    else:
        console.print("No test picture has a truth, so there are no figures.")
    console.print(f"Samples: {training.folder / 'samples'}", highlight=False)
    console.print(
        f"Use it:  negcolor-colorize SCANS --model {training.folder} --output positives",
        highlight=False,
    )


def main() -> None:
    """Entry point of negcolor-train."""
    run(train)
