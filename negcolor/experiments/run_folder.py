"""The folder that a run lives in: made, found again, written into."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from negcolor.atomic import PREFIX, atomic_write_text
from negcolor.errors import NegcolorError
from negcolor.experiments.config import ColorizationConfig, CycleGANConfig, RunConfig, option

Config = TypeVar("Config", CycleGANConfig, ColorizationConfig)

CONFIG = "config.json"
HISTORY = "history.csv"  # of the last phase
METRICS = "figures.json"  # see `write_metrics`
SAMPLES = "samples"

FORMAT = 2
"""Of the checkpoints; a configuration without a format is of those that were written before."""


def create_run(folder: Path, config: RunConfig) -> None:
    """Makes a new run folder and writes its config.json.

    Raises:
        NegcolorError: the folder exists and is not empty, or cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        check_free(folder)
        record = {"format": FORMAT, **dataclasses.asdict(config)}
        atomic_write_text(folder / CONFIG, json.dumps(record, indent=2) + "\n")
    except OSError as error:
        raise NegcolorError(
            f"{folder} cannot be written ({error.strerror}); give --output another folder."
        ) from error


def check_free(folder: Path) -> None:
    """Raises a NegcolorError if there is something in a folder that is to be a new run's.

    What a process left behind that was killed while it made the folder does not count.
    """
    if folder.is_dir() and any(not path.name.startswith(PREFIX) for path in folder.iterdir()):
        raise NegcolorError(
            f"{folder} is not empty; give --output another folder, or continue the run in it "
            f"with --resume {folder}."
        )


def check_resumable(folder: Path) -> None:
    """Raises a NegcolorError unless this version's checkpoints are in a run's folder."""
    if _record(folder).get("format") != FORMAT:
        raise NegcolorError(
            f"{folder} was begun with another version of negcolor and cannot be continued by this "
            "one; its model can be used as it is, or start a new run."
        )


def is_system_run(folder: Path) -> bool:
    """Whether a folder is the run of a grey-to-color system."""
    try:
        return "system" in _record(folder)
    except (OSError, ValueError, TypeError):
        return False


def load_run(folder: Path, given: Mapping[str, Any]) -> CycleGANConfig:
    """The configuration of an existing run, checked against the options given with --resume.

    Args:
        folder: the run's folder.
        given: options by field name that the user gave beside --resume.

    Raises:
        NegcolorError: the folder is no run of a modification, or an option contradicts the run's.
    """
    if is_system_run(folder):
        system = _record(folder)["system"]
        raise NegcolorError(f"{folder} is the run of the system {system}, of no modification.")
    return _load(folder, given, CycleGANConfig)


def load_colorization_run(folder: Path, given: Mapping[str, Any]) -> ColorizationConfig:
    """The same for the run of a system."""
    return _load(folder, given, ColorizationConfig)


def _load(folder: Path, given: Mapping[str, Any], kind: Callable[..., Config]) -> Config:
    try:
        options = _record(folder)
        options.pop("format", None)
        config = kind(**options)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise NegcolorError(
            f"{folder} is not a run of negcolor-train (no readable {CONFIG} in it); give "
            "--resume the folder of a run."
        ) from error
    for name, value in given.items():
        first = getattr(config, name)
        if value not in (first, "auto"):
            started = "the default" if first is None else first
            raise NegcolorError(
                f"{option(name)} {value} contradicts {folder}, which was started with {started}; "
                "leave the option out, or start a new run."
            )
    return config


def _record(folder: Path) -> dict[str, Any]:
    return json.loads((folder / CONFIG).read_text(encoding="utf-8"))


def next_folder(name: str) -> Path:
    """runs/NAME, or the first of runs/NAME-2, -3, … that does not exist."""
    candidates = (Path("runs") / (name if n == 1 else f"{name}-{n}") for n in range(1, 10_000))
    return next(folder for folder in candidates if not folder.exists())


def write_metrics(folder: Path, images: int, means: Mapping[str, Mapping[str, float]]) -> None:
    """Records in a run's figures.json how generator G did on images that it never saw.

    Args:
        folder: the run's folder.
        images: how many test images had a truth.
        means: method's name -> its mean metrics; the generator is "this model" or "this system".

    Raises:
        OSError: the folder cannot be written.
    """
    record = {"pictures": images, "figures": means}
    atomic_write_text(folder / METRICS, json.dumps(record, indent=2) + "\n")


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Put around whatever writes into a run folder and does nothing else.

    Raises:
        NegcolorError: for an error of the file system, such as a full disk.
    """
    try:
        yield
    except Exception as error:
        reason = _file_system_reason(error)
        if reason is None:
            raise
        raise NegcolorError(
            f"{folder} cannot be written ({reason}): free some space or mend its permissions, "
            f"then continue with --resume {folder}."
        ) from error


def _file_system_reason(error: Exception) -> str | None:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    import tensorflow as tf  # not for OSErrors, which need no TensorFlow

    if isinstance(error, tf.errors.OpError):  # "FILE; REASON [Op:NAME]"
        return error.message.split(" [Op:")[0].split("; ")[-1]
    return None
