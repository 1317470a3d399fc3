"""negcolor-evaluate: measures models and classical converters on test images."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negcolor.cli.common import FAILED, print_error, progress, run

if TYPE_CHECKING:
    from negcolor.evaluation.evaluate import Evaluation


def evaluate(
    data: Annotated[
        Path,
        typer.Option(help="Folder with testA, and truthA or testB or both; maybe manifest.json."),
    ],
    model: Annotated[
        list[Path] | None,
        typer.Option(
            help="Run folder, .keras file, folder of a compact or exported model, or name of one "
            "that comes along; may be repeated."
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
    from negcolor.evaluation.image_sets import load_image_sets
    from negcolor.evaluation.report import write_report

    converters = gather_converters(model or [], classical or [])
    sets = load_image_sets(inception_weights)
    photographs = [] if isinstance(sets, str) else images.photographs
    with progress(len(images.samples) + len(photographs)) as show:

        def advance(name: str, reason: str | None) -> None:
            if reason:
                print_error(reason)
            show(f"{name}: left out" if reason else name)

        evaluation = measure_all(images, converters, sets, advance)
    _print_figures(evaluation)
    if output:
        write_report(output, evaluation)
        typer.echo(f"Wrote {output / 'report.html'}; report.md, report.json and pictures.csv too.")
    if evaluation.left_out:
        raise typer.Exit(FAILED)


def _print_figures(evaluation: Evaluation) -> None:
    """The methods' figures on standard output."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Column, Table

    from negcolor.evaluation import report_text as text
    from negcolor.evaluation.aggregation import FIGURES

    console = Console()
    if evaluation.rows:
        # Names are folded where the terminal is narrow, figures are not: they take 71 columns.
        names = Column(overflow="fold", max_width=max(8, console.width - 71))
        table = Table(names, box=SIMPLE, padding=(0, 0, 0, 1), pad_edge=False, show_edge=False)
        for heading in map(text.heading, FIGURES):
            widest = max(len("12.34–56.78"), *map(len, heading.split()))
            table.add_column(heading, justify="right", min_width=widest)
        for method, summary in evaluation.summaries.items():
            cells = (
                f"{text.number(figure, estimate.mean)}\n{text.interval(figure, estimate)}"
                for figure, estimate in summary.figures.items()
            )
            table.add_row(escape(method), *map(escape, cells))
        console.print(table)
    if isinstance(evaluation.sets, str):
        typer.echo(text.set_introduction(evaluation)[0])
    else:
        table = Table("", *text.SET_HEADINGS, box=SIMPLE)
        for method, figures in evaluation.sets.items():
            table.add_row(escape(method), *text.set_numbers(figures))
        console.print(table)


def main() -> None:
    """Entry point of negcolor-evaluate."""
    run(evaluate)
