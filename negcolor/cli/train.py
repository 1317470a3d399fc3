"""negcolor-train: trains a CycleGAN of the paper on negatives and colour pictures."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from negcolor.cli.command import INTERRUPTED, complain, run
from negcolor.errors import NegcolorError
from negcolor.training.config import RunConfig, create_run, load_run, next_folder

# What --quick stands for; options given beside it win.
QUICK = {
    "data": "demo",
    "image_size": 128,
    "filters": 16,
    "pretrain_steps": 3000,
    "epochs": 4,
    "steps_per_epoch": 10,
}
DEFAULTS = RunConfig()


def _option(help_text: str, name: str = "", **kwargs: Any) -> Any:
    """An option whose default is decided by RunConfig, --quick or --resume."""
    default = getattr(DEFAULTS, name, None)
    shown = f" [default: {default}]" if default is not None else ""
    return typer.Option(help=help_text + shown, **kwargs)


def train(
    modification: Annotated[
        str | None, _option("Number 0 to 19 or a variant's name.", "modification")
    ] = None,
    data: Annotated[
        str | None,
        _option(
            "Folder with trainA and trainB (testA, testB, truthA), tfds:NAME[/SPLIT], "
            "'SOURCE_A,SOURCE_B', or 'demo'.",
            "data",
        ),
    ] = None,
    output: Annotated[
        Path | None, _option("New run folder. [default: runs/MODIFICATION, numbered]")
    ] = None,
    epochs: Annotated[int | None, _option("Passes through the longer domain.", "epochs")] = None,
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
    quick: Annotated[
        bool, typer.Option("--quick", help="Small preset on the demo roll: minutes on two cores.")
    ] = False,
    resume: Annotated[Path | None, _option("Continue this run folder.")] = None,
) -> None:
    """Train a CycleGAN and show what it makes of the test pictures."""
    options = {name: value for name, value in locals().items() if name in DEFAULTS.__dict__}
    given = {name: value for name, value in options.items() if value is not None}
    if recipe == "adapt":
        raise NegcolorError("--recipe adapt needs a model to start from; use negcolor-adapt.")
    if resume is not None:
        if quick or output is not None:
            raise NegcolorError(
                "--resume takes everything from the run; leave --quick and --output out."
            )
        folder, config = resume, load_run(resume, given)
        if config.recipe == "adapt":
            raise NegcolorError(
                f"{resume} is an adaptation, which cannot be continued; run negcolor-adapt again."
            )
    else:
        config = RunConfig(**{**(QUICK if quick else {}), **given})
        folder = output or next_folder(_folder_name(config.modification))
    _train(folder, config, resume is None)


def _folder_name(modification: str) -> str:
    return f"modification-{modification}" if modification.isdigit() else modification


def _train(folder: Path, config: RunConfig, new: bool) -> None:
    """Joins the pipelines and the training."""
    from rich.console import Console

    from negcolor.cli.training_data import training_data
    from negcolor.training.run import Run
    from pipelines.python_calls import readable_errors
    from pipelines.sources import open_data

    console = Console()
    domains = open_data(config.data)
    data = training_data(config, domains)
    if new:
        create_run(folder, config)
    console.print(f"{folder}: {domains.description}", highlight=False)
    training = Run(folder, config, data, console)
    try:
        with readable_errors():
            training.train()
    except KeyboardInterrupt:
        complain(f"interrupted; continue with: negcolor-train --resume {folder}")
        raise typer.Exit(INTERRUPTED) from None
    _show_figures(console, training)


def _show_figures(console: Any, training: Any) -> None:
    """One screen at the end: the test pictures' figures, and where everything is."""
    from rich.table import Table

    from negcolor.evaluation.summary import compare_converters
    from negcolor.film.inversion import density_stretch, plain_inversion
    from negcolor.inference.whole import apply_generator
    from negcolor.training.config import write_figures
    from negcolor.training.disk import writing

    pairs = [(p.negative, p.truth) for p in training.data.test if p.truth is not None]
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
