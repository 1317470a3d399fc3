"""A study of a companion paper's systems: with which seeds and under which budget.

Its folder is as `negcolor.studies.folder` has it, with the runs in
STUDY/runs/NAME-seed-S.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from negcolor.errors import NegcolorError
from negcolor.experiments.config import ColorizationConfig
from negcolor.experiments.studies import Candidate, PaperStudy, find_study
from negcolor.studies.folder import (
    check_budget,
    check_grown,
    load_record,
    no_study,
    save_record,
)


@dataclass(frozen=True)
class PaperOptions:
    """Everything that decides the numbers of a study.

    Attributes:
        study: whose systems.
        seeds: what each of them is trained with, ascending.
        budget: options of `ColorizationConfig` that all runs share, by field name; the rest is
            as in the system's paper.
    """

    study: PaperStudy
    seeds: tuple[int, ...]
    budget: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "seeds", tuple(sorted(set(self.seeds))))
        if not self.seeds:
            raise NegcolorError("--seeds names no seed; give numbers, such as 0,1,2.")
        for candidate in self.study.candidates:
            self.config(candidate, self.seeds[0])  # raises for what does not fit

    def runs(self, study: Path) -> Iterator[tuple[Path, ColorizationConfig]]:
        """The folder and the configuration of every run, seed by seed."""
        for seed in self.seeds:
            for candidate in self.study.candidates:
                yield run_folder(study, candidate.name, seed), self.config(candidate, seed)

    def config(self, candidate: Candidate, seed: int) -> ColorizationConfig:
        """The configuration of a run."""
        given = {"epochs": self.study.epochs, **self.budget}
        config = ColorizationConfig(system=candidate.system, seed=seed, **given)
        if candidate.batch_divisor == 1:
            return config
        assert config.batch_size is not None  # ColorizationConfig has set it
        smaller = max(1, config.batch_size // candidate.batch_divisor)
        return ColorizationConfig(
            system=candidate.system, seed=seed, **{**given, "batch_size": smaller}
        )

    def title(self, config: ColorizationConfig) -> str:
        """What a run is called while it is trained."""
        return f"{config.system} in batches of {config.batch_size}, seed {config.seed}"


def run_folder(study: Path, name: str, seed: int) -> Path:
    """Where a candidate of that name is trained."""
    return study / "runs" / f"{name}-seed-{seed}"


def as_record(options: PaperOptions) -> dict[str, Any]:
    """The options as `json.dumps` takes them."""
    return {
        "study": options.study.number,
        "seeds": [*options.seeds],
        "budget": dict(options.budget),
    }


def save_options(study: Path, options: PaperOptions) -> None:
    """Writes what belongs to a new study, or to one that has grown.

    Raises:
        NegcolorError: the folder holds other things than a study, or cannot be written.
    """
    save_record(study, as_record(options))


def load_options(study: Path) -> PaperOptions:
    """What belongs to a study.

    Raises:
        NegcolorError: the folder is no study, or one of modifications.
    """
    record = load_record(study)
    if "modifications" in record:
        raise NegcolorError(
            f"{study} is a study of modifications; leave --study out, or give --output another "
            "folder."
        )
    try:
        seeds = tuple(record["seeds"])
        return PaperOptions(find_study(record["study"]), seeds, record["budget"])
    except (TypeError, KeyError) as error:
        raise no_study(study) from error


def continued(
    folder: Path, study: PaperStudy, seeds: Sequence[int] | None, given: Mapping[str, Any]
) -> PaperOptions:
    """The options of a study that exists, checked against those given now.

    Seeds may be added to a study; its budget cannot change.

    Args:
        folder: the study's.
        study: what the user asks for.
        seeds: likewise; None for what the study has.
        given: the budget's options that the user gave, by field name.

    Raises:
        NegcolorError: the folder is no study, or an option contradicts it.
    """
    options = load_options(folder)
    check_budget(folder, {"study": options.study.number}, {"study": study.number})
    defaults = {field.name: field.default for field in dataclasses.fields(ColorizationConfig)}
    begun = {**defaults, "epochs": study.epochs, **options.budget}
    check_budget(folder, begun, given)
    chosen = options.seeds if seeds is None else tuple(seeds)
    check_grown(folder, options.seeds, chosen)
    return PaperOptions(options.study, chosen, options.budget)
