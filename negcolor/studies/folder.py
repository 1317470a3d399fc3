"""The folder that a study lives in: what belongs to it, and what may be asked of it later.

STUDY/options.json says what belongs to the study; every run is a run folder of the training below
STUDY/runs, with an evaluation.json once it has ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from negcolor.atomic import atomic_write_text
from negcolor.errors import NegcolorError
from negcolor.experiments.config import option

OPTIONS = "options.json"
EVALUATION = "evaluation.json"  # in a run folder, written last


def exists(study: Path) -> bool:
    """Whether the folder is a study that was begun."""
    return (study / OPTIONS).is_file()


def is_finished(run: Path) -> bool:
    """Whether a run has been trained and evaluated."""
    return (run / EVALUATION).is_file()


def save_record(study: Path, record: Mapping[str, Any]) -> None:
    """Writes what belongs to a new study, or to one that has grown.

    Raises:
        NegcolorError: the folder holds other things than a study, or cannot be written.
    """
    try:
        study.mkdir(parents=True, exist_ok=True)
        if not exists(study) and any(study.iterdir()):
            raise NegcolorError(f"{study} is not empty and no study; give --output another folder.")
        atomic_write_text(study / OPTIONS, json.dumps(record, indent=2) + "\n")
    except OSError as error:
        raise NegcolorError(
            f"{study} cannot be written ({error.strerror}); give --output another folder."
        ) from error


def load_record(study: Path) -> dict[str, Any]:
    """What belongs to a study.

    Raises:
        NegcolorError: the folder is no study.
    """
    try:
        record = json.loads((study / OPTIONS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise no_study(study) from error
    if not isinstance(record, dict):
        raise no_study(study)
    return record


def no_study(study: Path) -> NegcolorError:
    """What is raised where a folder is no study, or its options cannot be understood."""
    return NegcolorError(
        f"{study} is not a study of negcolor-ablate (no readable {OPTIONS} in it); give "
        "--output another folder."
    )


def check_budget(study: Path, budget: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Compares the budget's options that the user gives with those that a study was begun with.

    Raises:
        NegcolorError: one of them is another.
    """
    for name, value in given.items():
        first = budget.get(name)
        if value != first:
            started = "the default" if first is None else first
            raise NegcolorError(
                f"{option(name)} {value} contradicts {study}, which was started with {started}; "
                "leave the option out, or give --output another folder."
            )


def check_grown(study: Path, begun: Iterable[Any], wanted: Iterable[Any]) -> None:
    """Compares the modifications, or the seeds, of a study with those that are asked for now.

    Raises:
        NegcolorError: some of the former are not among the latter.
    """
    missing = set(begun) - set(wanted)
    if missing:
        names = ", ".join(sorted(map(str, missing)))
        raise NegcolorError(
            f"{study} was started with {names} as well; name them, too, or leave the option "
            "out, or give --output another folder."
        )
