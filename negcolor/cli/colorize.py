"""negcolor-colorize: turns scanned negatives into colour photographs with a trained model."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negcolor.cli.command import FAILED, progress, run
from negcolor.cli.tally import Tally
from negcolor.errors import NegcolorError
from negcolor.film.inversion import CLASSICAL
from negcolor.inference.batch import BitDepth, Settings, convert_batch, remove_leftovers
from negcolor.inference.jobs import Format, Job, plan_batch, unfinished
from negcolor.inference.memory import parse_memory
from negcolor.inference.methods import Method
from negcolor.inference.models import ClassicalConverter, Network, load_network

if TYPE_CHECKING:
    from negcolor.inference.contact_sheet import ContactSheet


def colorize(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="INPUTS...",
            help="Scans, folders (with all below them) or quoted patterns such as 'box/**/*.tif'.",
        ),
    ],
    output: Annotated[
        Path, typer.Option(help="Folder to write into, with the folders of the inputs.")
    ],
    model: Annotated[
        Path | None, typer.Option(help="Run folder, .keras file or SavedModel folder.")
    ] = None,
    server: Annotated[
        str | None, typer.Option(help="Served model instead: http://HOST:PORT/v1/models/NAME.")
    ] = None,
    classical: Annotated[
        str | None, typer.Option(help=f"Classical converter instead: {', '.join(CLASSICAL)}.")
    ] = None,
    method: Annotated[
        Method,
        typer.Option(
            help="One pass; the same in tiles; the colours of a reduced picture; or by size."
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
    """Turn scanned negatives into colour photographs at full size and depth.

    Results that exist are skipped: after an interruption, the same command does the rest.
    """
    load, check = _network(model, server, classical)
    if classical is not None:
        if method not in (Method.AUTO, Method.WHOLE):
            raise NegcolorError("--classical converters see whole scans: leave out --method.")
        method = Method.WHOLE
    if format_ is Format.JPEG and bit_depth is BitDepth.SIXTEEN:
        raise NegcolorError("--format jpeg holds 8 bits: choose tiff or png for --bit-depth 16.")
    settings = Settings(method, parse_memory(memory), bit_depth, overwrite)
    jobs = plan_batch(inputs, output, format_, contact_sheet=contact_sheet, overwrite=overwrite)
    waiting = jobs if overwrite else unfinished(jobs)
    sheet = contact_sheet and _new_sheet(contact_sheet, jobs, overwrite)
    tally = Tally(skipped=len(jobs) - len(waiting))
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
        remedy = () if overwrite else ("the same command does the rest.",)
        raise KeyboardInterrupt(*remedy) from None
    finally:
        remove_leftovers({job.output.parent for job in jobs}, before=started)
        tally.print_table()
    typer.echo(f"Wrote {tally.converted} of {len(jobs)} pictures to {output}.")
    if tally.failed:
        raise typer.Exit(FAILED)


def _network(
    model: Path | None, server: str | None, classical: str | None
) -> tuple[Callable[[], Network], Callable[[], None]]:
    """How the network is loaded, and what is asked after each failure."""
    if sum(given is not None for given in (model, server, classical)) != 1:
        raise NegcolorError("give one of --model, --server and --classical.")
    if server is not None:
        from negcolor.inference.server import ServedNetwork

        served = ServedNetwork(server)
        served.check()
        return lambda: served, served.check
    if classical is not None:
        converter = ClassicalConverter(classical)
        return lambda: converter, lambda: None
    assert model is not None
    return partial(load_network, model), lambda: None


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
