"""What a batch of negcolor-colorize tells while it runs and when it ends."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING

import typer

from negcolor.cli.common import print_error

if TYPE_CHECKING:
    from negcolor.inference.batch import Outcome


class BatchSummary:
    """Counts what became of the scans of a batch, `skipped` of which were not worked on."""

    def __init__(self, skipped: int):
        self._skipped = skipped
        self._started = time.perf_counter()
        self._converted: dict[str, list[Outcome]] = defaultdict(list)
        self.failed = 0

    @property
    def converted(self) -> int:
        """How many images were written."""
        return sum(map(len, self._converted.values()))

    def add(self, outcome: Outcome) -> str:
        """Counts an outcome, complains about a failure, and returns a line for the progress."""
        name = outcome.job.scan.name
        if outcome.reason is not None:
            self.failed += 1
            print_error(outcome.reason)
            return f"{name}: failed"
        self._converted[str(outcome.method)].append(outcome)
        size = f"{outcome.megapixels:.3g} megapixels in {outcome.seconds:.2f} s"
        return f"{name}: {outcome.method}, {size}"

    def print_table(self) -> None:
        """Prints images, megapixels and time by method on standard output, if there are any."""
        from rich.box import SIMPLE
        from rich.console import Console
        from rich.table import Table

        table = Table("", box=SIMPLE)
        for heading in ("pictures", "megapixels", "seconds", "megapixels/s"):
            table.add_column(heading, justify="right")
        for method, outcomes in sorted(self._converted.items()):
            megapixels = sum(outcome.megapixels for outcome in outcomes)
            seconds = sum(outcome.seconds for outcome in outcomes)
            table.add_row(f"converted, {method}", *_figures(len(outcomes), megapixels, seconds))
        if self.converted:
            everything = [outcome for group in self._converted.values() for outcome in group]
            megapixels = sum(outcome.megapixels for outcome in everything)
            elapsed = time.perf_counter() - self._started
            table.add_row("all, start to end", *_figures(len(everything), megapixels, elapsed))
        if self._skipped:
            table.add_row("skipped, there already", str(self._skipped))
        if self.failed:
            table.add_row("failed", str(self.failed))
        if table.row_count:
            Console().print(table)
        self._print_outside()

    def _print_outside(self) -> None:
        """Prints the share of pixels whose colors were cut, where images were colored."""
        colored = [
            outcome
            for outcomes in self._converted.values()
            for outcome in outcomes
            if outcome.outside is not None
        ]
        if colored:
            outside = sum(outcome.outside or 0 for outcome in colored)
            share = outside / 1e6 / sum(outcome.megapixels for outcome in colored)
            typer.echo(
                f"Colors of {share:.2%} of the pixels lay outside sRGB and were mixed with grey "
                "of their lightness until they fitted."
            )


def _figures(images: int, megapixels: float, seconds: float) -> tuple[str, ...]:
    rate = megapixels / max(seconds, 1e-9)
    return str(images), f"{megapixels:.4g}", f"{seconds:.1f}", f"{rate:.3g}"
