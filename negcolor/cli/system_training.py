"""Joins the photographs and the training of a grey-to-color system, for every command."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from negcolor.cli.common import INTERRUPTED, print_error
from negcolor.experiments.config import ColorizationConfig
from negcolor.experiments.systems import System

if TYPE_CHECKING:
    import tensorflow as tf

    from negcolor.training.colorization_task import ColorizationData, ColorizationTask
    from pipelines.photographs import Photographs

VALIDATED = 64  # images that are looked at after every epoch


def open_for(system: System, config: ColorizationConfig) -> Photographs:
    """The photographs of a run, split as the system's paper splits them."""
    from pipelines.photographs import open_photographs

    return open_photographs(config.data, images=system.images, split=system.split, seed=config.seed)


def color_data(config: ColorizationConfig, photographs: Photographs) -> ColorizationData:
    """What a run of that configuration reads of its photographs."""
    from negcolor.training.colorization_task import ColorizationData
    from pipelines.lab_batches import held_out, lab_batches

    system = config.configured_system()

    def batches(step: int, order: int) -> tf.data.Dataset:
        return lab_batches(
            photographs.train,
            image_size=system.image_size,
            batch_size=system.batch_size,
            seed=config.seed,
            start_step=step,
            variation=system.variation,
            order=order,
        )

    validation = held_out(photographs.validation, system.image_size, limit=VALIDATED)
    return ColorizationData(batches, len(photographs.train), validation)


def train_system(folder: Path, config: ColorizationConfig, new: bool) -> None:
    """Trains a system in a new folder, or goes on in an old one, and shows what came of it."""
    from rich.console import Console

    from negcolor.experiments.run_folder import create_run
    from negcolor.training.colorization_task import ColorizationTask
    from negcolor.training.trainer import Trainer
    from pipelines.py_function import readable_errors

    console = Console()
    system = config.configured_system()
    photographs = open_for(system, config)
    plan = ColorizationTask(config, color_data(config, photographs))
    warn_of_random_backbones(config)
    run = Trainer(folder, plan, console)
    if new:
        create_run(folder, config)
    console.print(f"{folder}: {photographs.description}", highlight=False, soft_wrap=True)
    try:
        with readable_errors():
            run.train()
    except KeyboardInterrupt:
        print_error(f"interrupted; continue with: negcolor-train --resume {folder}")
        raise typer.Exit(INTERRUPTED) from None
    _show_figures(console, folder, plan, run.networks, photographs)


def warn_of_random_backbones(config: ColorizationConfig) -> None:
    """Says on standard error that parts of a system know nothing, where that is so."""
    parts = config.configured_system().backbones()
    if parts and config.backbone_weights == "none":
        print_error(
            f"ATTENTION: RANDOM weights in {' and '.join(parts)} of {config.system} "
            "(--backbone-weights none): this is not the paper's system."
        )


def _show_figures(
    console: Any, folder: Path, plan: ColorizationTask, networks: Any, photographs: Photographs
) -> None:
    """One screen at the end: the held-out images' figures, and where everything is."""
    from rich.table import Table

    from negcolor.evaluation.color_metrics import Predict, compare_colors, grey
    from negcolor.evaluation.metrics import average
    from negcolor.experiments.run_folder import write_metrics, writing
    from negcolor.training.colorization_metrics import predicted_colors
    from pipelines.lab_batches import held_out

    images = photographs.test or photographs.validation
    truth = held_out(images, plan.system.image_size)
    methods: dict[str, Predict] = {
        "this system": partial(predicted_colors, networks["generator_g"]),
        "grey": grey,
    }
    figures = {name: average(compare_colors(method, truth)) for name, method in methods.items()}
    with writing(folder):
        record = {name: dataclasses.asdict(values) for name, values in figures.items()}
        write_metrics(folder, len(truth), record)
    count = f"{len(truth)} held-out picture" + ("s" if len(truth) > 1 else "")
    table = Table(title=count, title_justify="left")
    columns = ("", "ab error ↓", "PSNR dB ↑", "SSIM ↑", "ΔE2000 ↓", "colorfulness")
    for heading in columns:
        table.add_column(heading, justify="right" if heading else "left")
    for name, row in figures.items():
        table.add_row(
            name,
            f"{row.ab_error:.2f}",
            f"{row.psnr:.2f}",
            f"{row.ssim:.3f}",
            f"{row.delta_e:.2f}",
            f"{row.colorfulness:.1f}",
        )
    console.print(table)
    console.print(f"Samples: {folder / 'samples'}", highlight=False)
    console.print(
        f"Use it:  negcolor-colorize GREY_PICTURES --system {folder} --output colored",
        highlight=False,
        soft_wrap=True,
    )
