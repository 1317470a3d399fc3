"""negcolor-summary: what the networks of a modification or a system consist of."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from negcolor.cli.common import run
from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import modification as find_modification
from negcolor.experiments.systems import find_system


class Network(StrEnum):
    """What --network takes."""

    GENERATOR = "generator"
    DISCRIMINATOR = "discriminator"
    BOTH = "both"


class Format(StrEnum):
    """What --format takes."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


def summary(
    modification: Annotated[
        str | None, typer.Option(help="Number 0 to 19 or a variant's name.")
    ] = None,
    system: Annotated[
        str | None, typer.Option(help="Name of a companion paper's system, e.g. unet-gan.")
    ] = None,
    all_modifications: Annotated[
        bool, typer.Option("--all", help="Compare all modifications and variants.")
    ] = False,
    network: Annotated[Network, typer.Option(help="Which networks to list.")] = Network.BOTH,
    format_: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TEXT,
    image_size: Annotated[
        int | None,
        typer.Option(
            help="Side of the pictures that output sizes are given for; 256 or the system's."
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Also draw the networks into this new PNG file.")
    ] = None,
) -> None:
    """List the layers of a modification's or a system's networks beside what the paper states."""
    if (modification is not None) + (system is not None) + all_modifications != 1:
        raise NegcolorError("give one of --modification N|NAME, --system NAME and --all.")
    if all_modifications and (plot or network is not Network.BOTH):
        raise NegcolorError("--all compares whole modifications; leave out --plot and --network.")
    if system is not None:
        if plot:
            raise NegcolorError("--plot draws modifications; leave it out with --system.")
        _describe_system(system, network, image_size, format_)
    elif modification is not None:
        _describe(modification, network, image_size or 256, format_, plot)
    else:
        _compare(image_size or 256, format_)


def _compare(image_size: int, format_: Format) -> None:
    from negcolor.summary.architecture import (
        all_reports,
        comparison_markdown,
        comparison_text,
        to_json,
    )

    reports = all_reports(image_size)
    if format_ is Format.JSON:
        typer.echo(json.dumps([to_json(report) for report in reports], indent=2))
    else:
        write = comparison_text if format_ is Format.TEXT else comparison_markdown
        typer.echo(write(reports), nl=False)


def _describe(
    key: str, network: Network, image_size: int, format_: Format, plot: Path | None
) -> None:
    chosen = find_modification(key)  # complains before Keras is loaded

    from negcolor.summary.architecture import architecture_report, to_json, to_markdown, to_text

    report = architecture_report(chosen, image_size, network)
    if plot:
        from negcolor.images.io import write
        from negcolor.summary.drawing import draw

        write(plot, draw(report))
    if format_ is Format.JSON:
        typer.echo(json.dumps(to_json(report), indent=2))
    else:
        typer.echo((to_text if format_ is Format.TEXT else to_markdown)(report), nl=False)


def _describe_system(name: str, network: Network, image_size: int | None, format_: Format) -> None:
    chosen = find_system(name)  # complains before Keras is loaded

    from negcolor.summary.system_architecture import (
        system_report,
        system_to_json,
        system_to_markdown,
        system_to_text,
    )

    report = system_report(chosen, image_size, network)
    if format_ is Format.JSON:
        typer.echo(json.dumps(system_to_json(report), indent=2))
    else:
        write = system_to_text if format_ is Format.TEXT else system_to_markdown
        typer.echo(write(report), nl=False)


def main() -> None:
    """Entry point of negcolor-summary."""
    run(summary)
