"""negcolor-export: makes a trained model ready for TensorFlow Serving."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from negcolor.cli.common import run
from negcolor.serving.export import Direction, export_model


def export(
    model: Annotated[
        Path,
        typer.Argument(
            metavar="MODEL", help="Run folder, .keras file, compact folder or bundled model's name."
        ),
    ],
    output: Annotated[
        Path, typer.Option(help="Folder of the served model, such as saved_models/NAME.")
    ],
    version: Annotated[int, typer.Option(help="Folder in OUTPUT; must not exist.")] = 1,
    direction: Annotated[
        Direction, typer.Option(help="Which generator of the run.")
    ] = Direction.NEGATIVE_TO_COLOR,
) -> None:
    """Write OUTPUT/VERSION, a SavedModel as TensorFlow Serving takes it, with a model card."""
    folder = export_model(model, output, version=version, direction=direction)
    typer.echo(f"Wrote {folder}; saved_models/README.md says how to serve it.")


def main() -> None:
    """Entry point of negcolor-export."""
    run(export)
