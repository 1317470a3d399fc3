"""What every command shares: how it is run, how it reports errors and shows progress."""

import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import typer

from negcolor.errors import NegcolorError
from negcolor.tensorflow_logging import hide_remarks

Item = TypeVar("Item")

FAILED = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells report it


def run(function: Callable[..., None]) -> None:
    """Runs a function as a command whose arguments and help come from its signature.

    A NegcolorError becomes one line on standard error and exit code 2, as for a usage error; an
    interrupt (Ctrl-C) becomes one line, with the exception's message if there is one, and exit
    code 130. Other exceptions keep their traceback: they are defects.
    """
    hide_remarks()

    @functools.wraps(function)
    def command(*args, **kwargs) -> None:
        try:
            function(*args, **kwargs)
        except NegcolorError as error:
            print_error(str(error))
            raise typer.Exit(FAILED) from None
        except KeyboardInterrupt as error:
            print_error(f"interrupted: {error}" if error.args else "interrupted.")
            raise typer.Exit(INTERRUPTED) from None

    app = typer.Typer(
        add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown"
    )
    app.command()(command)
    app(prog_name=_name())


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """Shows how far a batch is, on standard error, while the block runs.

    Yields:
        A function to call when a file is done, with a line about it. On a terminal the line
        stands beside the bar until the next one, elsewhere the lines make a log; an empty line is
        left out of it.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.table import Column

    console = Console(stderr=True)
    line = Column(no_wrap=True, overflow="ellipsis", ratio=1)
    bar = Progress(
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False, table_column=line),
        console=console,
        expand=True,
        disable=not console.is_terminal,
        speed_estimate_period=3600,  # seconds; a file may take many of them
    )
    with bar:
        task = bar.add_task("", total=total)

        def advance(line: str) -> None:
            bar.update(task, advance=1, description=line)
            if line and not console.is_terminal:
                typer.echo(f"[{bar.tasks[task].completed:.0f}/{total}] {line}", err=True)

        yield advance


def process_images(work: Callable[[Item], None], items: Sequence[Item], output: Path) -> None:
    """Does the work for every item, with a progress bar, and reports at the end.

    An item that raises a NegcolorError costs one line on standard error; the others go on, and
    the exit code is 2 in the end.
    """
    failed = 0
    with progress(len(items)) as advance:
        for item in items:
            try:
                work(item)
            except NegcolorError as error:
                print_error(str(error))
                failed += 1
            advance("")
    typer.echo(f"Wrote {len(items) - failed} of {len(items)} pictures to {output}.")
    if failed:
        raise typer.Exit(FAILED)


def print_error(sentence: str) -> None:
    """Prints a sentence on standard error after the name of the command."""
    typer.echo(f"{_name()}: {sentence}", err=True)


def _name() -> str:
    return Path(sys.argv[0]).stem
