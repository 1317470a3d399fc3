"""What every command shares: how it is run and how it reports errors."""

import functools
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import typer

from negcolor.errors import NegcolorError

Item = TypeVar("Item")

FAILED = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells report it


def run(function: Callable[..., None]) -> None:
    """Runs a function as a command whose arguments and help come from its signature.

    A NegcolorError becomes one line on standard error and exit code 2, as for a usage error; an
    interrupt (Ctrl-C) becomes one line and exit code 130. Other exceptions keep their traceback:
    they are defects.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's remarks about the processor

    @functools.wraps(function)
    def command(*args, **kwargs) -> None:
        try:
            function(*args, **kwargs)
        except NegcolorError as error:
            complain(str(error))
            raise typer.Exit(FAILED) from None
        except KeyboardInterrupt:
            complain("interrupted.")
            raise typer.Exit(INTERRUPTED) from None

    app = typer.Typer(
        add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown"
    )
    app.command()(command)
    app(prog_name=_name())


def process_pictures(work: Callable[[Item], None], items: Sequence[Item], output: Path) -> None:
    """Does the work for every item, with a progress bar, and reports at the end.

    An item that raises a NegcolorError costs one line on standard error; the others go on, and
    the exit code is 2 in the end.
    """
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    failed = 0
    for item in track(items, "Working", console=console, disable=not console.is_terminal):
        try:
            work(item)
        except NegcolorError as error:
            complain(str(error))
            failed += 1
    typer.echo(f"Wrote {len(items) - failed} of {len(items)} pictures to {output}.")
    if failed:
        raise typer.Exit(FAILED)


def complain(sentence: str) -> None:
    """Prints a sentence on standard error after the name of the command."""
    typer.echo(f"{_name()}: {sentence}", err=True)


def _name() -> str:
    return Path(sys.argv[0]).stem
