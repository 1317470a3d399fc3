"""What the options of negcolor-colorize say about how images are converted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from negcolor.errors import NegcolorError
from negcolor.inference.bundled import default_folder
from negcolor.inference.conversion import (
    Conversion,
    GreyConversion,
    GreyNegativeConversion,
    NegativeConversion,
)
from negcolor.inference.convert import Method
from negcolor.inference.models import ClassicalConverter, Network, load_network
from negcolor.inference.trims import NO_TRIMS, Trims

if TYPE_CHECKING:
    from negcolor.inference.colorization import Colorizer

Load = Callable[[Sequence[Path]], Conversion]
"""Gives what converts a batch of these files."""


@dataclass(frozen=True)
class Choice:
    """Options of negcolor-colorize by their names there."""

    model: Path | None
    server: str | None
    classical: str | None
    roll: bool
    system: Path | None
    black_and_white: bool
    then: Path | None
    method: Method


def choose_conversion(choice: Choice, memory: int, trims: Trims) -> tuple[Load, Callable[[], None]]:
    """How the conversion is loaded, and what is asked after each failure.

    Args:
        choice: what the user asked for.
        memory: bytes that the process may take in all.
        trims: of the results.

    Raises:
        NegcolorError: options exclude each other, or what they name does not exist.
    """
    if choice.system is not None:
        _check_system(choice)
        system = choice.system
        return lambda scans: GreyConversion(_load_colorizer(system), trims), lambda: None
    if choice.then is not None and not choice.black_and_white:
        raise NegcolorError(
            "--then colors the grey positives that --black-and-white makes of negatives: add "
            "that, or color positives with --system."
        )
    load, check = _network(choice)

    def load_for(scans: Sequence[Path]) -> Conversion:
        colors = choice.then and GreyConversion(_load_colorizer(choice.then), trims)
        negatives = NegativeConversion(
            _for_roll(load(), scans) if choice.roll else load(),
            Method.WHOLE if choice.classical is not None else choice.method,
            memory,
            NO_TRIMS if colors else trims,
            choice.black_and_white,
        )
        return GreyNegativeConversion(negatives, colors) if colors else negatives

    return load_for, check


def _check_system(choice: Choice) -> None:
    given = {
        "--model": choice.model is not None,
        "--server": choice.server is not None,
        "--classical": choice.classical is not None,
        "--roll": choice.roll,
        "--black-and-white": choice.black_and_white,
        "--then": choice.then is not None,
        "--method": choice.method is not Method.AUTO,
    }
    if names := [name for name, is_given in given.items() if is_given]:
        raise NegcolorError(
            f"--system colors positives that are there already: leave out {' and '.join(names)}, "
            "or give --black-and-white --then for negatives."
        )


def _load_colorizer(folder: Path) -> Colorizer:
    from negcolor.inference.colorization import load_colorizer

    return load_colorizer(folder)


def _network(choice: Choice) -> tuple[Callable[[], Network], Callable[[], None]]:
    """How the network of negatives is loaded, and what is asked after each failure."""
    model, server, classical = choice.model, choice.server, choice.classical
    if sum(given is not None for given in (model, server, classical)) > 1:
        raise NegcolorError("give only one of --model, --server and --classical.")
    if choice.roll and (server is not None or classical is not None):
        raise NegcolorError(
            "--roll needs the layers of a network: leave --server or --classical out."
        )
    if server is not None:
        from negcolor.inference.serving_client import ServedNetwork

        served = ServedNetwork(server)
        served.check()
        return lambda: served, served.check
    if classical is not None:
        converter = ClassicalConverter(classical)
        if choice.method not in (Method.AUTO, Method.WHOLE):
            raise NegcolorError("--classical converters see whole scans: leave out --method.")
        return lambda: converter, lambda: None
    return partial(load_network, default_folder() if model is None else model), lambda: None


def _for_roll(network: Network, scans: Sequence[Path]) -> Network:
    from negcolor.inference.roll import roll_network

    typer.echo(f"Judging {len(scans)} frames as one roll.", err=True)
    return roll_network(network, scans)
