"""What a study is: entries that are trained with the same seeds under one budget.

Every run is a run folder of the training, STUDY/runs/NAME-seed-S, with an evaluation.json once it
has ended.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from negcolor.errors import NegcolorError
from negcolor.experiments.config import ColorizationConfig, CycleGANConfig
from negcolor.experiments.modifications import BASELINE, MODIFICATIONS, modification
from negcolor.experiments.studies import PaperStudy

EVALUATION = "evaluation.json"  # in a run folder, written last
OF_MODIFICATIONS = "modifications"

Config = CycleGANConfig | ColorizationConfig


@dataclass(frozen=True)
class PlannedRun:
    """One training of a study.

    Attributes:
        study: that it belongs to.
        folder: its run folder.
        name: of the entry that is trained.
        config: of the run, with its seed.
    """

    study: Study
    folder: Path
    name: str
    config: Config

    @property
    def title(self) -> str:
        """What it is called while it is trained."""
        return self.study.title(self.config)

    @property
    def is_finished(self) -> bool:
        """Whether it has been trained and evaluated."""
        return (self.folder / EVALUATION).is_file()


@dataclass(frozen=True)
class Study(ABC):
    """Everything that decides the numbers of a study.

    Attributes:
        seeds: what each entry is trained with, ascending.
        budget: the options that all runs share, by field name of `config_class`.
    """

    config_class: ClassVar[type[Config]]
    default_seeds: ClassVar[tuple[int, ...]]

    seeds: tuple[int, ...]
    budget: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "seeds", tuple(sorted(set(self.seeds))))
        if not self.seeds:
            raise NegcolorError("--seeds names no seed; give numbers, such as 0,1,2.")
        for name in self.names:
            self.config(name, self.seeds[0])  # raises for what does not fit

    @property
    @abstractmethod
    def kind(self) -> str:
        """ "modifications", or the number of a companion paper."""

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The entries that are trained, in the order of the tables."""

    @abstractmethod
    def config(self, name: str, seed: int) -> Config:
        """The configuration of a run."""

    @abstractmethod
    def title(self, config: Any) -> str:
        """What a run is called while it is trained."""

    def full_budget(self) -> dict[str, Any]:
        """The budget, with the defaults of what is not in it."""
        fields = dataclasses.fields(self.config_class)
        return {field.name: field.default for field in fields} | dict(self.budget)

    def run(self, folder: Path, name: str, seed: int) -> PlannedRun:
        """A run of the study in that folder."""
        place = folder / "runs" / f"{name}-seed-{seed}"
        return PlannedRun(self, place, name, self.config(name, seed))

    def runs(self, folder: Path) -> Iterator[PlannedRun]:
        """Every run, seed by seed.

        A study that is stopped early so has some seeds of all entries, rather than all seeds of
        some.
        """
        for seed in self.seeds:
            for name in self.names:
                yield self.run(folder, name, seed)

    def record(self) -> dict[str, Any]:
        """What belongs to the study, as `json.dumps` takes it."""
        return {
            "study": self.kind,
            "names": [*self.names],
            "seeds": [*self.seeds],
            "budget": dict(self.budget),
        }


@dataclass(frozen=True)
class AblationStudy(Study):
    """A study of modifications and variants.

    Attributes:
        keys: in the order of `MODIFICATIONS`; the baseline is always one of them, because all
            others are compared with it.
    """

    config_class = CycleGANConfig
    default_seeds = (0, 1, 2)
    kind = OF_MODIFICATIONS

    keys: tuple[str, ...]

    def __post_init__(self) -> None:
        wanted = {modification(key).key for key in self.keys} | {BASELINE.key}
        object.__setattr__(self, "keys", tuple(key for key in MODIFICATIONS if key in wanted))
        budget = self.full_budget()  # what a later version's defaults must not change
        del budget["modification"], budget["seed"]
        object.__setattr__(self, "budget", budget)
        super().__post_init__()

    @property
    def names(self) -> tuple[str, ...]:
        return self.keys

    def config(self, name: str, seed: int) -> CycleGANConfig:
        return CycleGANConfig(modification=name, seed=seed, **self.budget)

    def title(self, config: CycleGANConfig) -> str:
        return f"{modification(config.modification).name}, seed {config.seed}"


@dataclass(frozen=True)
class CompanionStudy(Study):
    """A study of a companion paper's systems; what the budget leaves open is as in the paper.

    Attributes:
        paper: whose systems.
    """

    config_class = ColorizationConfig
    default_seeds = (0,)

    paper: PaperStudy

    @property
    def kind(self) -> str:
        return self.paper.number

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(candidate.name for candidate in self.paper.candidates)

    def full_budget(self) -> dict[str, Any]:
        return {**super().full_budget(), "epochs": self.paper.epochs, **self.budget}

    def config(self, name: str, seed: int) -> ColorizationConfig:
        (candidate,) = (c for c in self.paper.candidates if c.name == name)
        given = {"epochs": self.paper.epochs, **self.budget, "seed": seed}
        config = ColorizationConfig(system=candidate.system, **given)
        if candidate.batch_divisor == 1:
            return config
        smaller = max(1, config.batch_size // candidate.batch_divisor)
        return dataclasses.replace(config, batch_size=smaller)

    def title(self, config: ColorizationConfig) -> str:
        return f"{config.system} in batches of {config.batch_size}, seed {config.seed}"
