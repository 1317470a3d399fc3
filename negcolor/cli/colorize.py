"""negcolor-colorize: turns scanned negatives into colour photographs with a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from negcolor.cli.command import process_pictures, run


def colorize(
    inputs: Annotated[
        list[Path], typer.Argument(metavar="INPUTS...", help="Scans, or folders of them.")
    ],
    model: Annotated[Path, typer.Option(help="Run folder of negcolor-train, or a .keras file.")],
    output: Annotated[Path, typer.Option(help="Folder to write into; nothing is overwritten.")],
) -> None:
    """Turn scanned negatives into colour photographs of the same size, depth and format."""
    from negcolor.inference.batch import colorize_file, plan_batch
    from negcolor.inference.colorize import load_generator

    jobs = plan_batch(inputs, output)
    generator = load_generator(model)
    process_pictures(lambda job: colorize_file(job, generator), jobs, output)


def main() -> None:
    """Entry point of negcolor-colorize."""
    run(colorize)
