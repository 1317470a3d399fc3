"""negcolor-colorize: turns negatives and grey positives into color photographs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negcolor.cli.common import FAILED, print_error, progress, run
from negcolor.converters.classical import CLASSICAL
from negcolor.errors import NegcolorError
from negcolor.inference.batch import (
    BatchSummary,
    Outcome,
    Total,
    convert_batch,
)
from negcolor.inference.convert import Method
from negcolor.inference.jobs import (
    OUTPUT_SUFFIXES,
    SAME,
    BitDepth,
    Job,
    Settings,
    parse_memory,
    plan_batch,
    unfinished,
)
from negcolor.inference.models import DEFAULT_MODEL, bundled_models
from negcolor.inference.options import ConversionOptions
from negcolor.inference.trims import NO_TRIMS, Trims

if TYPE_CHECKING:
    from negcolor.inference.contact_sheet import ContactSheet


def colorize(
    inputs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="INPUTS...",
            help="Scans, folders (with all below them) or quoted patterns such as 'box/**/*.tif'.",
        ),
    ] = None,
    output: Annotated[
        Path, typer.Option(help="Folder to write into, with the folders of the inputs.")
    ] = Path("positives"),
    model: Annotated[
        Path | None,
        typer.Option(
            help="Name of a bundled model, run folder, .keras file or folder of a compact "
            f"or exported model; without it, {DEFAULT_MODEL}."
        ),
    ] = None,
    list_models: Annotated[
        bool, typer.Option("--list-models", help="Show the bundled models, and end.")
    ] = False,
    server: Annotated[
        str | None, typer.Option(help="Served model instead: http://HOST:PORT/v1/models/NAME.")
    ] = None,
    classical: Annotated[
        str | None, typer.Option(help=f"Classical converter instead: {', '.join(CLASSICAL)}.")
    ] = None,
    system: Annotated[
        Path | None,
        typer.Option(
            help="The inputs are positives, to be colored by this run folder of negcolor-train "
            "--system, or its export."
        ),
    ] = None,
    black_and_white: Annotated[
        bool, typer.Option("--black-and-white", help="Make the positives of negatives grey.")
    ] = False,
    then: Annotated[
        Path | None,
        typer.Option(help="After --black-and-white: color them by this run, as --system does."),
    ] = None,
    roll: Annotated[
        bool, typer.Option("--roll", help="The inputs are one film: print all frames alike.")
    ] = False,
    exposure: Annotated[
        float, typer.Option(help="Stops by which results become lighter, -4 to 4.")
    ] = NO_TRIMS.exposure,
    temperature: Annotated[
        float,
        typer.Option(
            help="Mired by which they become warmer, -150 to 150; an 81A filter is 18, an 80A -131."
        ),
    ] = NO_TRIMS.temperature,
    tint: Annotated[
        float,
        typer.Option(help="CC units of a magenta filter, -50 to 50; below 0 of a green one."),
    ] = NO_TRIMS.tint,
    contrast: Annotated[
        float, typer.Option(help="Factor of the slope at mid grey, 0.5 to 2.")
    ] = NO_TRIMS.contrast,
    method: Annotated[
        Method,
        typer.Option(
            help="One pass; the same in tiles; the colors of a reduced picture; or by size."
        ),
    ] = Method.AUTO,
    memory: Annotated[
        str, typer.Option(help="How much all this may take, as in 1500MB or 4GiB.")
    ] = "2GiB",
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            metavar=f"[{'|'.join(OUTPUT_SUFFIXES)}]",
            help="Of the outputs; RAW files become TIFF.",
        ),
    ] = SAME,
    bit_depth: Annotated[
        BitDepth, typer.Option(help="Bits per channel of the outputs; a JPEG has always 8.")
    ] = BitDepth.SAME,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Convert again what was converted already.")
    ] = False,
    contact_sheet: Annotated[
        Path | None, typer.Option(help="Also draw all scans and results into this PNG or JPEG.")
    ] = None,
) -> None:
    """Turn scanned negatives into color photographs at full size and depth.

    With --system, color grey positives; with --black-and-white --then, grey negatives.
    Results that exist are skipped: after an interruption, the same command does the rest.
    """
    if list_models:
        _print_models()
        return
    if not inputs:
        raise NegcolorError("name scans, folders or patterns to convert; --help tells more.")
    options = ConversionOptions(
        trims=Trims(exposure, temperature, tint, contrast),
        memory=parse_memory(memory),
        model=model,
        server=server,
        classical=classical,
        system=system,
        black_and_white=black_and_white,
        then=then,
        roll=roll,
        method=method,
    )
    settings = Settings(options.memory, format_, bit_depth, overwrite)
    jobs = plan_batch(inputs, output, format_, contact_sheet=contact_sheet, overwrite=overwrite)
    sheet = _new_sheet(contact_sheet, jobs, overwrite) if contact_sheet else None
    summary = _convert(jobs, options, settings, sheet)
    typer.echo(f"Wrote {summary.total.images} of {len(jobs)} pictures to {output}.")
    if summary.failed:
        raise typer.Exit(FAILED)


def _convert(
    jobs: Sequence[Job],
    options: ConversionOptions,
    settings: Settings,
    sheet: ContactSheet | None,
) -> BatchSummary:
    """Converts what is not there yet, with a progress bar, and prints a table at the end."""
    waiting = jobs if settings.overwrite else unfinished(jobs)
    summary = BatchSummary(skipped=len(jobs) - len(waiting))
    if options.roll and waiting:
        typer.echo(f"Judging {len(jobs)} frames as one roll.", err=True)
    try:
        with progress(len(waiting)) as advance:

            def report(outcome: Outcome) -> None:
                summary.add(outcome)
                if outcome.reason is not None:
                    print_error(outcome.reason)
                advance(_line(outcome))

            scans = [job.scan for job in jobs]
            show = sheet.add if sheet else None
            convert_batch(waiting, lambda: options.load(scans), settings, report, show=show)
        if sheet:
            sheet.write()
    except KeyboardInterrupt:
        remedy = () if settings.overwrite else ("the same command does the rest.",)
        raise KeyboardInterrupt(*remedy) from None
    finally:
        _print_summary(summary)
    return summary


def _line(outcome: Outcome) -> str:
    """What the progress says about a job that ended."""
    name = outcome.job.scan.name
    if outcome.reason is not None:
        return f"{name}: failed"
    size = f"{outcome.megapixels:.3g} megapixels in {outcome.seconds:.2f} s"
    return f"{name}: {outcome.method}, {size}"


def _print_summary(summary: BatchSummary) -> None:
    """Images, megapixels and time by method on standard output, if there are any."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    table = Table("", box=SIMPLE)
    for heading in ("pictures", "megapixels", "seconds", "megapixels/s"):
        table.add_column(heading, justify="right")
    for method, total in summary.by_method.items():
        table.add_row(f"converted, {method}", *_cells(total))
    if summary.total.images:
        table.add_row("all, start to end", *_cells(summary.total))
    if summary.skipped:
        table.add_row("skipped, there already", str(summary.skipped))
    if summary.failed:
        table.add_row("failed", str(summary.failed))
    if table.row_count:
        Console().print(table)
    if summary.out_of_gamut is not None:
        typer.echo(
            f"Colors of {summary.out_of_gamut:.2%} of the pixels lay outside sRGB and were mixed "
            "with grey of their lightness until they fitted."
        )


def _cells(total: Total) -> tuple[str, ...]:
    rate = total.megapixels / max(total.seconds, 1e-9)
    return str(total.images), f"{total.megapixels:.4g}", f"{total.seconds:.1f}", f"{rate:.3g}"


def _print_models() -> None:
    """The bundled models on standard output, the default one marked."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    models = bundled_models()
    if not models:
        typer.echo("No models come with this installation.")
        return
    table = Table("name", "", box=SIMPLE)
    table.add_column("MB", justify="right")
    table.add_column("description")
    for model in models:
        mark = "default" if model.name == DEFAULT_MODEL else ""
        table.add_row(
            escape(model.name), mark, f"{model.size / 1e6:.1f}", escape(model.description)
        )
    Console().print(table)


def _new_sheet(file: Path, jobs: Sequence[Job], overwrite: bool) -> ContactSheet | None:
    from negcolor.inference.contact_sheet import ContactSheet, check_name

    check_name(file)
    if file.exists() and not overwrite:
        typer.echo(f"{file} exists already and stays; --overwrite draws it again.", err=True)
        return None
    return ContactSheet(file, jobs, overwrite)


def main() -> None:
    """Entry point of negcolor-colorize."""
    run(colorize)
