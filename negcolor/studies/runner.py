"""Trains the runs of a study, one after the other, each in a process of its own.

TensorFlow keeps the graphs that a process has traced (some 300 MB for every run here, whatever is
cleared), and whatever happens to one process leaves the other runs alone.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar

from negcolor.experiments.config import ColorizationConfig, CycleGANConfig
from negcolor.studies.folder import is_finished

Config = TypeVar("Config", CycleGANConfig, ColorizationConfig)


class Options(Protocol[Config]):
    """What belongs to a study."""

    def runs(self, study: Path) -> Iterable[tuple[Path, Config]]:
        """The folder and the configuration of every run, in the order of the training."""

    def title(self, config: Config) -> str:
        """What a run is called."""


def train_all(
    study: Path, options: Options[Config], work: Callable[[Path, Config], None]
) -> Iterator[tuple[str, str]]:
    """Trains whatever is not finished.

    Args:
        study: the study's folder.
        options: what belongs to it.
        work: trains a run in its folder, or continues it, and evaluates it; a function of a
            module, for it is called in a new process.

    Yields:
        ("begins", "run 3 of 40, modification 4, seed 1") before each run and ("failed", "…") after
        one that did not end well; the others are trained nevertheless.
    """
    runs = list(options.runs(study))
    for number, (folder, config) in enumerate(runs, start=1):
        if is_finished(folder):
            continue
        name = options.title(config)
        yield "begins", f"run {number} of {len(runs)}, {name}"
        code = _in_new_process(work, folder, config)
        if code or not is_finished(folder):
            yield "failed", f"{name} (exit code {code})"


def _in_new_process(
    work: Callable[[Path, Config], None], folder: Path, config: Config
) -> int | None:
    """Returns the exit code; negative for a signal, as `multiprocessing` has it."""
    process = multiprocessing.get_context("spawn").Process(
        target=_with_the_parent, args=(work, folder, config)
    )
    process.start()
    try:
        process.join()
    except KeyboardInterrupt:
        process.terminate()
        process.join()
        raise
    return process.exitcode


def _with_the_parent(work: Callable[[Path, Config], None], folder: Path, config: Config) -> None:
    """Does the work, and stops at once when the parent is gone: two must not write one run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both; the parent answers
    threading.Thread(target=_end_with_parent, daemon=True).start()
    work(folder, config)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)
