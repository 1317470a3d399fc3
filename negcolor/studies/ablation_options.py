"""A study of modifications: which are trained under which budget.

Its folder is as `negcolor.studies.folder` has it; STUDY/test holds the test images,
and STUDY/runs/KEY-seed-S the runs.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from negcolor.errors import NegcolorError
from negcolor.experiments.config import CycleGANConfig, option
from negcolor.experiments.modifications import BASELINE, MODIFICATIONS, modification
from negcolor.studies.folder import (
    check_budget,
    check_grown,
    load_record,
    no_study,
    save_record,
)


@dataclass(frozen=True)
class StudyOptions:
    """Everything that decides the numbers of a study.

    Attributes:
        keys: modifications and variants in the order of `MODIFICATIONS`; the baseline is always
            one of them, because all others are compared with it.
        seeds: what each of them is trained with, ascending.
        budget: the options that all runs share; its modification and seed do not count.
    """

    keys: tuple[str, ...]
    seeds: tuple[int, ...]
    budget: CycleGANConfig

    def __post_init__(self) -> None:
        wanted = {modification(key).key for key in self.keys} | {BASELINE.key}
        object.__setattr__(self, "keys", tuple(key for key in MODIFICATIONS if key in wanted))
        object.__setattr__(self, "seeds", tuple(sorted(set(self.seeds))))
        if not self.seeds:
            raise NegcolorError("--seeds names no seed; give numbers, such as 0,1,2.")

    def runs(self, study: Path) -> Iterator[tuple[Path, CycleGANConfig]]:
        """The folder and the configuration of every run, seed by seed.

        A study that is stopped early so has some seeds of all modifications, rather than all
        seeds of some.
        """
        for seed in self.seeds:
            for key in self.keys:
                config = dataclasses.replace(self.budget, modification=key, seed=seed)
                yield study / "runs" / f"{key}-seed-{seed}", config

    def title(self, config: CycleGANConfig) -> str:
        """What a run is called while it is trained."""
        return f"{modification(config.modification).name}, seed {config.seed}"


def parse_keys(modifications: str, variants: str) -> tuple[str, ...]:
    """The keys that "0-3,7" and "patch-34,layer-norm" name together; both may be empty.

    Raises:
        NegcolorError: a part of them is unknown.
    """
    keys = [*map(str, _numbers(modifications, "modifications")), *_parts(variants)]
    return tuple(modification(key).key for key in keys)


def parse_seeds(text: str) -> tuple[int, ...]:
    """The seeds that "0,1,2" or "0-2" names.

    Raises:
        NegcolorError: a part is no number.
    """
    return tuple(_numbers(text, "seeds"))


def _numbers(text: str, name: str) -> list[int]:
    numbers: list[int] = []
    for part in _parts(text):
        match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", part, re.ASCII)
        if match is None:
            raise NegcolorError(
                f"{option(name)} {text!r} is not understood at {part!r}; give numbers and ranges, "
                "such as 0,4,7-9."
            )
        first, last = int(match[1]), int(match[2] or match[1])
        if not 0 <= last - first < 1000:
            raise NegcolorError(f"{option(name)}: the range {part} is empty or too long.")
        numbers += range(first, last + 1)
    return numbers


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def save_options(study: Path, options: StudyOptions) -> None:
    """Writes what belongs to a new study, or to one that has grown.

    Raises:
        NegcolorError: the folder holds other things than a study, or cannot be written.
    """
    save_record(study, as_record(options))


def as_record(options: StudyOptions) -> dict[str, Any]:
    """The options as `json.dumps` takes them."""
    budget = dataclasses.asdict(options.budget)
    del budget["modification"], budget["seed"]
    return {"modifications": [*options.keys], "seeds": [*options.seeds], "budget": budget}


def load_options(study: Path) -> StudyOptions:
    """What belongs to a study.

    Raises:
        NegcolorError: the folder is no study, or one of systems.
    """
    record = load_record(study)
    if "study" in record:
        raise NegcolorError(
            f"{study} is a study of paper {record['study']}; give --study {record['study']}, or "
            "--output another folder."
        )
    try:
        keys, seeds = tuple(record["modifications"]), tuple(record["seeds"])
        return StudyOptions(keys, seeds, CycleGANConfig(**record["budget"]))
    except (TypeError, KeyError) as error:
        raise no_study(study) from error


def continued(
    study: Path, keys: Sequence[str] | None, seeds: Sequence[int] | None, given: Mapping[str, Any]
) -> StudyOptions:
    """The options of a study that exists, checked against those given now.

    Modifications and seeds may be added to a study; its budget cannot change.

    Args:
        study: its folder.
        keys, seeds: what the user asks for; None for what the study has.
        given: the budget's options that the user gave, by field name.

    Raises:
        NegcolorError: the folder is no study, or an option contradicts it.
    """
    options = load_options(study)
    check_budget(study, vars(options.budget), given)
    wanted = options.keys if keys is None else StudyOptions((*keys,), (0,), options.budget).keys
    chosen = options.seeds if seeds is None else tuple(seeds)
    check_grown(study, options.keys, wanted)
    check_grown(study, options.seeds, chosen)
    return StudyOptions(wanted, chosen, options.budget)
