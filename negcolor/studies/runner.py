"""Runs a study: trains what is not finished, each run in a process of its own, and reports.

TensorFlow keeps the graphs that a process has traced (some 300 MB for every run here, whatever is
cleared), and whatever happens to one process leaves the other runs alone.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from negcolor.errors import NegcolorError
from negcolor.experiments.config import ColorizationConfig, CycleGANConfig
from negcolor.studies.study import CompanionStudy, PlannedRun, Study
from negcolor.studies.study_options import plan_study, save_study
from negcolor.tensorflow_logging import hide_remarks


class Event(NamedTuple):
    """What a study tells while its runs are trained.

    Attributes:
        text: a line for people.
        kind: a "failure" is a run that has ended without a result.
    """

    text: str
    kind: Literal["progress", "warning", "failure"] = "progress"


def run_study(
    folder: Path, paper: str | None, given: Mapping[str, Any], inception_weights: Path | None
) -> Iterator[Event]:
    """Trains what is not finished of a study, new or to be continued, and writes its report.

    Args:
        folder: the study's.
        paper, given: what the user asks for, see `study_options.plan_study`.
        inception_weights: Keras' file of InceptionV3's weights, for KID, FID and Inception Score.

    Yields:
        What `train_runs` yields; nothing, and without waiting for TensorFlow, if all is finished.
        Then an event for each document of the report.

    Raises:
        NegcolorError: an option is not understood or contradicts the study, the data cannot be
            opened, no run has ended, or the folder cannot be written.
        KeyboardInterrupt: with a message that names the command that continues the study.
    """
    from negcolor.evaluation.inception import load_inception
    from negcolor.studies.report import write_report

    study = plan_study(folder, paper, given)
    if not all(run.is_finished for run in study.runs(folder)):
        _prepare(folder, study)
        try:
            yield from train_runs(folder, study, train_and_evaluate)
        except KeyboardInterrupt:
            option = "" if paper is None else f" --study {paper}"
            remedy = f"continue with negcolor-ablate{option} --output {folder}"
            raise KeyboardInterrupt(remedy) from None
    inception = load_inception(inception_weights) if inception_weights else None
    for file in write_report(folder, inception):
        yield Event(f"Wrote {file}.")


def _prepare(folder: Path, study: Study) -> None:
    """Opens the data before anything is written; copies the test images for the report."""
    from negcolor.studies.run_evaluation import save_test_images
    from pipelines.training_data import open_domains, open_split_photographs

    config = next(study.runs(folder)).config
    if isinstance(config, CycleGANConfig):
        domains = open_domains(config)
        save_study(folder, study)
        save_test_images(folder / "test", domains.test)
    else:
        open_split_photographs(config)
        save_study(folder, study)


def train_runs(folder: Path, study: Study, work: Callable[[PlannedRun], None]) -> Iterator[Event]:
    """Trains the runs that are not finished, also those after one that fails.

    Args:
        folder: the study's.
        study: what belongs to it.
        work: trains a run, or continues it, and evaluates it; a function of a module, for it is
            called in a new process.

    Yields:
        Progress as each run begins, such as "run 3 of 40, modification 4, seed 1", what somebody
        should know of its configuration, and a failure where it has ended without a result.
    """
    runs = list(study.runs(folder))
    for number, run in enumerate(runs, start=1):
        if run.is_finished:
            continue
        yield Event(f"run {number} of {len(runs)}, {run.title}")
        yield from (Event(text, "warning") for text in run.config.warnings())
        code = in_new_process(work, run)
        if code or not run.is_finished:
            yield Event(
                f"{run.title} (exit code {code}) has no result; the same command tries again.",
                "failure",
            )


def train_and_evaluate(run: PlannedRun) -> None:
    """Trains a run, or continues it, as negcolor-train does, and evaluates it.

    Raises:
        SystemExit: with a sentence about what the user can mend.
    """
    from rich.console import Console

    from negcolor.studies.run_evaluation import evaluate_modification, evaluate_system
    from pipelines.train import train

    try:
        if isinstance(run.config, ColorizationConfig):
            system = train(run.config, run.folder, console=Console())
            assert isinstance(run.study, CompanionStudy)
            evaluate_system(system, with_training=run.study.paper.distributions)
        else:
            evaluate_modification(train(run.config, run.folder, console=Console()))
    except NegcolorError as error:
        raise SystemExit(f"negcolor-ablate: {run.folder.name}: {error}") from None


def in_new_process(work: Callable[[PlannedRun], None], run: PlannedRun) -> int | None:
    """Does the work in a new process and returns its exit code, negative for a signal."""
    process = multiprocessing.get_context("spawn").Process(
        target=_with_the_parent, args=(work, run)
    )
    process.start()
    try:
        process.join()
    except KeyboardInterrupt:
        process.terminate()
        process.join()
        raise
    return process.exitcode


def _with_the_parent(work: Callable[[PlannedRun], None], run: PlannedRun) -> None:
    """Does the work, and stops at once when the parent is gone: two must not write one run."""
    hide_remarks()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both; the parent answers
    threading.Thread(target=_end_with_parent, daemon=True).start()
    work(run)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)
