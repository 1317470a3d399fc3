"""Trains the runs of a study and says how it goes, for every kind of study."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from negcolor.cli.common import print_error
from negcolor.experiments.config import ColorizationConfig, CycleGANConfig
from negcolor.experiments.run_folder import CONFIG, create_run

if TYPE_CHECKING:
    from negcolor.studies.runner import Config, Options


def train_runs(
    output: Path,
    options: Options[Config],
    prepare: Callable[[], None],
    work: Callable[[Path, Config], None],
    remedy: str,
) -> int:
    """Trains what is not finished.

    Args:
        output: the study's folder.
        options: what belongs to it.
        prepare: called before the first training, if there is one.
        work: see `negcolor.studies.runner.train_all`.
        remedy: the command that continues the study.

    Returns:
        How many runs failed.

    Raises:
        KeyboardInterrupt: with a message that names the remedy.
    """
    from negcolor.studies.folder import is_finished
    from negcolor.studies.runner import train_all

    if all(is_finished(folder) for folder, _ in options.runs(output)):
        return 0  # without waiting for TensorFlow
    prepare()
    failed = 0
    try:
        for event, text in train_all(output, options, work):
            if event == "failed":
                failed += 1
                print_error(f"{text} has no result; the same command tries again.")
            else:
                typer.echo(text)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"continue with {remedy}") from None
    return failed


def continue_or_create(folder: Path, config: CycleGANConfig | ColorizationConfig) -> None:
    """Makes the folder of a run unless it was begun; one killed at the very beginning was not."""
    if not (folder / CONFIG).exists():
        for unfinished in folder.glob(f".{CONFIG}.*"):
            unfinished.unlink()
        create_run(folder, config)
