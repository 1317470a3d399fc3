"""negcolor-colorize: turns scanned negatives into colour photographs with a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from negcolor.cli.command import FAILED, complain, run
from negcolor.errors import NegcolorError


def colorize(
    inputs: Annotated[
        list[Path], typer.Argument(metavar="INPUTS...", help="Scans, or folders of them.")
    ],
    model: Annotated[Path, typer.Option(help="Run folder of negcolor-train, or a .keras file.")],
    output: Annotated[Path, typer.Option(help="Folder to write into; nothing is overwritten.")],
) -> None:
    """Turn scanned negatives into colour photographs of the same size, depth and format."""
    from rich.console import Console
    from rich.progress import track

    from negcolor.inference.batch import colorize_file, plan_batch
    from negcolor.inference.colorize import load_generator

    jobs = plan_batch(inputs, output)
    generator = load_generator(model)
    console = Console(stderr=True)
    failures = 0
    for job in track(jobs, "Colorizing", console=console, disable=not console.is_terminal):
        try:
            colorize_file(job, generator)
        except NegcolorError as error:
            complain(str(error))
            failures += 1
    typer.echo(f"Wrote {len(jobs) - failures} of {len(jobs)} pictures to {output}.")
    if failures:
        raise typer.Exit(FAILED)


def main() -> None:
    """Entry point of negcolor-colorize."""
    run(colorize)
