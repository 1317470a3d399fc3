"""negcolor-evaluate: measures models and classical converters on test images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from negcolor.cli.common import FAILED, print_error, progress, run


def evaluate(
    data: Annotated[
        Path,
        typer.Option(help="Folder with testA, and truthA or testB or both; maybe manifest.json."),
    ],
    model: Annotated[
        list[Path] | None,
        typer.Option(
            help="Run folder, .keras file, folder of a compact or exported model, or name of a "
            "bundled one; may be repeated."
        ),
    ] = None,
    classical: Annotated[
        list[str] | None,
        typer.Option(help="Classical converter's name, or 'all'; may be repeated."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="New folder for the report: HTML, Markdown, JSON and CSV.")
    ] = None,
    inception_weights: Annotated[
        Path | None,
        typer.Option(help="Weights of Keras' InceptionV3 for FID, KID and Inception Score."),
    ] = None,
) -> None:
    """Convert the negatives of testA by every method and compare the results.

    With truthA each result is compared with its truth; with testB, or else truthA, all results of
    a method together are compared with color photographs.
    """
    from negcolor.evaluation.dataset import open_data
    from negcolor.evaluation.report import check_output

    if output:
        check_output(output)
    images = open_data(data)

    from negcolor.evaluation.converters import gather_converters
    from negcolor.evaluation.evaluate import evaluate as measure_all
    from negcolor.evaluation.report import write_report
    from negcolor.evaluation.report_text import print_tables
    from negcolor.evaluation.set_metrics import load_image_sets

    converters = gather_converters(model or [], classical or [])
    sets = load_image_sets(inception_weights)
    photographs = images.photographs if sets.available else []
    with progress(len(images.samples) + len(photographs)) as show:

        def advance(name: str, reason: str | None) -> None:
            if reason:
                print_error(reason)
            show(f"{name}: left out" if reason else name)

        evaluation = measure_all(images, converters, sets, advance)
    print_tables(evaluation)
    if output:
        write_report(output, evaluation)
        typer.echo(f"Wrote {output / 'report.html'}; report.md, report.json and pictures.csv too.")
    if evaluation.left_out:
        raise typer.Exit(FAILED)


def main() -> None:
    """Entry point of negcolor-evaluate."""
    run(evaluate)
