"""What every training step is made of: networks, their losses, gradients and optimizers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf


class AdversarialModel(keras.Model):
    """Generators and the discriminators that they are trained against, if there are any.

    One optimizer steps for all generators, another one for all discriminators. A subclass says
    with `generator_losses` and `discriminator_losses` what they minimize, and with `train_step`
    which of them steps when.

    Args:
        name: of the model.
        generators, discriminators: by the letters that name them in tables; trained in place.
        losses: names of the losses that are shown, the generators' before the discriminators'.
        frozen: names of the generators' layers that stay as they are.
    """

    def __init__(
        self,
        name: str,
        generators: Mapping[str, keras.Model],
        discriminators: Mapping[str, keras.Model],
        losses: Sequence[str],
        frozen: Collection[str] = (),
    ) -> None:
        super().__init__(name=name)
        self.generators = dict(generators)
        self.discriminators = dict(discriminators)
        self.frozen = tuple(frozen)
        self.trackers = [keras.metrics.Mean(name=loss) for loss in losses]
        self.built = True

    def generator_losses(self, *batch: Any) -> tuple[Any, Sequence[Any], Any]:
        """(what the generators minimize, losses to show, images they made) for a batch."""
        raise NotImplementedError

    def discriminator_losses(self, *batch: Any) -> tuple[Any, Sequence[Any]]:
        """(what the discriminators minimize, losses to show) for real and generated images."""
        raise NotImplementedError

    @property
    def generator_variables(self) -> list[Any]:
        return [
            variable
            for network in self.generators.values()
            for layer in network.layers
            if layer.name not in self.frozen
            for variable in layer.trainable_variables
        ]

    @property
    def discriminator_variables(self) -> list[Any]:
        return [v for network in self.discriminators.values() for v in network.trainable_variables]

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return self.trackers

    @property
    def optimizers(self) -> dict[str, keras.optimizers.Optimizer]:
        """By the letters of the networks that they train."""
        optimizers = {", ".join(self.generators): self.generator_optimizer}
        if self.discriminators:
            optimizers[", ".join(self.discriminators)] = self.discriminator_optimizer
        return optimizers

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer,
        discriminator_optimizer: keras.optimizers.Optimizer | None = None,
        *,
        jit: bool = False,
    ) -> None:
        """Sets the optimizers; with `jit` XLA compiles the gradients of both sides."""
        super().compile(optimizer=None, jit_compile=False)
        self.generator_optimizer = generator_optimizer
        generator_optimizer.build(self.generator_variables)
        if self.discriminators:
            assert discriminator_optimizer is not None
            self.discriminator_optimizer = discriminator_optimizer
            discriminator_optimizer.build(self.discriminator_variables)
        # XLA on parts of the step: as a whole it would not run under MirroredStrategy.
        self.compiled_generator_gradients = tf.function(
            self.generator_gradients, jit_compile=jit, autograph=False
        )
        self.compiled_discriminator_gradients = tf.function(
            self.discriminator_gradients, jit_compile=jit, autograph=False
        )

    def generator_gradients(self, *batch: Any) -> tuple[Any, Sequence[Any], Any]:
        """(gradients of the generators' variables, losses to show, images they made)."""
        with tf.GradientTape() as tape:
            objective, losses, images = self.generator_losses(*batch)
            scaled = self.generator_optimizer.scale_loss(objective)
        return tape.gradient(scaled, self.generator_variables), losses, images

    def discriminator_gradients(self, *batch: Any) -> tuple[Any, Sequence[Any]]:
        """(gradients of the discriminators' variables, losses to show)."""
        with tf.GradientTape() as tape:
            objective, losses = self.discriminator_losses(*batch)
            scaled = self.discriminator_optimizer.scale_loss(objective)
        return tape.gradient(scaled, self.discriminator_variables), losses

    def apply_generator_gradients(self, gradients: Any) -> None:
        self.generator_optimizer.apply(gradients, self.generator_variables)

    def apply_discriminator_gradients(self, gradients: Any) -> None:
        self.discriminator_optimizer.apply(gradients, self.discriminator_variables)

    def track(self, losses: Sequence[Any], first: int = 0) -> dict[str, Any]:
        """Adds losses to the means of those from a place on; returns the means of all by name."""
        trackers = self.trackers[first : first + len(losses)]
        for tracker, loss in zip(trackers, losses, strict=True):
            tracker.update_state(loss)
        return {tracker.name: tracker.result() for tracker in self.trackers}

    def average(self) -> None:
        """Gives the generators the running mean of their weights, if their optimizer keeps one."""
        self.generator_optimizer.finalize_variable_values(self.generator_variables)

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """While it lasts, the generators have the running mean of their weights."""
        weights = [variable.numpy() for variable in self.generator_variables]
        self.average()
        yield
        for variable, weight in zip(self.generator_variables, weights, strict=True):
            variable.assign(weight)
