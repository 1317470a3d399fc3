"""What a run needs to know of what it trains, whether that is a CycleGAN or a colorizer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf

from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.system_config import ColorizationConfig
from negcolor.training.rounds import Rounds


class StepModel(Protocol):
    """A Keras model that trains a phase; `fit` is Keras'."""

    generator_optimizer: keras.optimizers.Optimizer

    @property
    def generator_variables(self) -> list[Any]: ...

    @property
    def optimizers(self) -> dict[str, keras.optimizers.Optimizer]:
        """By what they train."""

    @property
    def variables(self) -> list[Any]: ...

    def fit(self, *args: Any, **options: Any) -> Any: ...


class Task(Protocol):
    """Networks, the phases in which they are trained, and the data of each.

    Networks whose names begin with "generator" are saved beside the checkpoints, "generator_g" is
    the one that is used afterwards.
    """

    @property
    def config(self) -> CycleGANConfig | ColorizationConfig: ...

    @property
    def phases(self) -> Sequence[Any]:
        """In order; each has a name."""

    def build_networks(
        self, policy: str, names: Collection[str] | None = None
    ) -> dict[str, keras.Model]:
        """All networks, or those of these names, with first weights, under a dtype policy."""

    def rounds(self, phase: Any) -> Rounds: ...

    def batch_size(self, phase: Any) -> int: ...

    def batches(self, phase: Any, step: int) -> tf.data.Dataset:
        """Endless batches from a step on, a pure function of the step."""

    def build_trainer(
        self, phase: Any, networks: Mapping[str, keras.Model], policy: str, jit: bool
    ) -> StepModel:
        """A new trainer of the networks; `jit` lets XLA compile the gradients."""

    def figures(self, phase: Any, networks: Mapping[str, keras.Model]) -> dict[str, float]:
        """What is measured on held-out images after each round; may be nothing."""

    def sheet(self, networks: Mapping[str, keras.Model]) -> np.ndarray | None:
        """Sample images, (H, W, 3) uint8 sRGB; None where there are none to show."""
