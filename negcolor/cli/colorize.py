"""negcolor-colorize: turns negatives and grey positives into color photographs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negcolor.atomic import remove_leftovers
from negcolor.cli.common import FAILED, progress, run
from negcolor.cli.conversions import Choice, choose_conversion
from negcolor.cli.tally import BatchSummary
from negcolor.converters.classical import CLASSICAL
from negcolor.errors import NegcolorError
from negcolor.inference.batch import BitDepth, Settings, convert_batch
from negcolor.inference.bundled import DEFAULT_MODEL, bundled_models
from negcolor.inference.convert import Method
from negcolor.inference.jobs import Format, Job, plan_batch, unfinished
from negcolor.inference.memory import parse_memory
from negcolor.inference.trims import NO_TRIMS, Trims

if TYPE_CHECKING:
    from negcolor.inference.contact_sheet import ContactSheet
    from negcolor.inference.conversion import Conversion


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
            help="Name of a model that comes along, run folder, .keras file or folder of a compact "
            f"or exported model; without it, {DEFAULT_MODEL}."
        ),
    ] = None,
    list_models: Annotated[
        bool, typer.Option("--list-models", help="Show the models that come along, and end.")
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
        Format, typer.Option("--format", help="Of the outputs; RAW files become TIFF.")
    ] = Format.SAME,
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
    trims = Trims(exposure, temperature, tint, contrast)
    bytes_ = parse_memory(memory)
    choice = Choice(model, server, classical, roll, system, black_and_white, then, method)
    load, check = choose_conversion(choice, bytes_, trims)
    if format_ is Format.JPEG and bit_depth is BitDepth.SIXTEEN:
        raise NegcolorError("--format jpeg holds 8 bits: choose tiff or png for --bit-depth 16.")
    settings = Settings(bytes_, bit_depth, overwrite)
    jobs = plan_batch(inputs, output, format_, contact_sheet=contact_sheet, overwrite=overwrite)
    sheet = _new_sheet(contact_sheet, jobs, overwrite) if contact_sheet else None
    tally = _convert(jobs, partial(load, [job.scan for job in jobs]), check, settings, sheet)
    typer.echo(f"Wrote {tally.converted} of {len(jobs)} pictures to {output}.")
    if tally.failed:
        raise typer.Exit(FAILED)


def _convert(
    jobs: Sequence[Job],
    load: Callable[[], Conversion],
    check: Callable[[], None],
    settings: Settings,
    sheet: ContactSheet | None,
) -> BatchSummary:
    """Converts what is not there yet, with a progress bar, and prints a table at the end."""
    waiting = jobs if settings.overwrite else unfinished(jobs)
    tally = BatchSummary(skipped=len(jobs) - len(waiting))
    started = time.time()
    try:
        with progress(len(waiting)) as advance:
            convert_batch(
                waiting,
                load,
                settings,
                report=lambda outcome: advance(tally.add(outcome)),
                show=sheet.add if sheet else None,
                check=check,
            )
        if sheet:
            sheet.write()
    except KeyboardInterrupt:
        remedy = () if settings.overwrite else ("the same command does the rest.",)
        raise KeyboardInterrupt(*remedy) from None
    finally:
        for folder in {job.output.parent for job in jobs}:
            remove_leftovers(folder, before=started)
        tally.print_table()
    return tally


def _print_models() -> None:
    """The models that come along on standard output, the default one marked."""
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
