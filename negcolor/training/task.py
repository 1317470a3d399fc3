"""What a trainer needs to know of what it trains, whether that is a CycleGAN or a colorizer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from negcolor.experiments.config import RunConfig
from negcolor.experiments.phases import Phase


@dataclass(frozen=True)
class TestImage:
    """A negative to judge a model by.

    Attributes:
        name: file stem or another short name, unique within its test set.
        negative: (H, W, 3) uint8 or uint16, as scanned.
        truth: the photograph, (H, W, 3) uint8 or uint16 sRGB, or None where there is none.
    """

    __test__ = False  # pytest: this is no test

    name: str
    negative: np.ndarray
    truth: np.ndarray | None = None


class Task(ABC):
    """Networks, and the data of the phases in which they are trained.

    Networks whose names begin with "generator" are saved beside the checkpoints, "generator_g" is
    the one that is used afterwards.

    Attributes:
        config: of the run, with its phases.
        start: what generator G starts as, in float32; None for a new one.
        two_domains: whether G, F, X and Y are the letters of networks in tables; otherwise there
            are a generator G and a discriminator D.
    """

    config: RunConfig
    start: keras.Model | None = None
    two_domains: bool = True

    @property
    @abstractmethod
    def steps_per_epoch(self) -> int: ...

    @abstractmethod
    def build_networks(
        self, policy: str, names: Collection[str] | None = None
    ) -> dict[str, keras.Model]:
        """All networks, or copies of those of these names, under a dtype policy."""

    @abstractmethod
    def batches(self, phase: Phase, step: int) -> tf.data.Dataset:
        """Endless batches from a step on, a pure function of the step."""

    def validate(self, phase: Phase, networks: Mapping[str, keras.Model]) -> dict[str, float]:
        """Metrics on held-out images, after each round; none unless a task has some."""
        return {}

    @abstractmethod
    def sample_sheet(self, networks: Mapping[str, keras.Model]) -> np.ndarray | None:
        """Sample images, (H, W, 3) uint8 sRGB; None where there are none to show."""
