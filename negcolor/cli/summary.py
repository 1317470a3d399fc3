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
from negcolor.summary.architecture import ArchitectureReport
from negcolor.summary.modification_report import (
    all_reports,
    comparison_markdown,
    comparison_text,
    modification_report,
)
from negcolor.summary.system_report import system_report


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
        str | None, typer.Option(help="Its number or name, such as 4 or patch-70.")
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
    if system is not None and plot:
        raise NegcolorError("--plot draws modifications; leave it out with --system.")
    if all_modifications:
        text = _compare(256 if image_size is None else image_size, format_)
    elif system is not None:
        text = _show(system_report(find_system(system), image_size, network), format_)
    else:
        entry = find_modification(str(modification))
        report = modification_report(entry, 256 if image_size is None else image_size, network)
        text = _show(report, format_)
        if plot:
            from negcolor.images.io import write
            from negcolor.summary.drawing import draw

            write(plot, draw(report))
    typer.echo(text, nl=False)


def _compare(image_size: int, format_: Format) -> str:
    reports = all_reports(image_size)
    match format_:
        case Format.JSON:
            return _json([report.to_json() for report in reports.values()])
        case Format.MARKDOWN:
            return comparison_markdown(reports)
        case Format.TEXT:
            return comparison_text(reports)


def _show(report: ArchitectureReport, format_: Format) -> str:
    match format_:
        case Format.JSON:
            return _json(report.to_json())
        case Format.MARKDOWN:
            return report.to_markdown()
        case Format.TEXT:
            return report.to_text()


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def main() -> None:
    """Entry point of negcolor-summary."""
    run(summary)
