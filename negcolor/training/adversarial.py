"""What the paired systems' steps share: two networks that are trained in turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf


class Turns(keras.Model):
    """Trains a generator of colors and, where there is one, the discriminator that judges it.

    `fit` takes batches of normalized Lab (see `negcolor.images.lab`), (B, S, S, 3) float32 of
    static shape. In a step the discriminator comes first, as the papers say; either of them rests
    but for every n-th step where the other one is to make several. A subclass says what both
    minimize.

    Args:
        name: of the phase.
        networks: "generator_g", (B, S, S, 1) -> (B, S, S, 2), and where there is one
            "discriminator_y"; trained in place.
        generator_losses: names of what `generator_loss` returns.
        discriminator_losses: names of what `discriminator_loss` returns; none without one.
        generator_every: it is trained in every so manieth step.
        discriminator_every: likewise.
    """

    def __init__(
        self,
        name: str,
        networks: Mapping[str, keras.Model],
        generator_losses: Sequence[str],
        discriminator_losses: Sequence[str] = (),
        *,
        generator_every: int = 1,
        discriminator_every: int = 1,
    ) -> None:
        super().__init__(name=name)
        self.generator = networks["generator_g"]
        self.discriminator: Any = networks["discriminator_y"] if discriminator_losses else None
        self.generator_every = generator_every
        self.discriminator_every = discriminator_every
        self.of_generator = [keras.metrics.Mean(name=loss) for loss in generator_losses]
        self.of_discriminator = [keras.metrics.Mean(name=loss) for loss in discriminator_losses]
        self.steps = self.add_weight(
            name="steps", shape=(), dtype="int64", initializer="zeros", trainable=False
        )
        self.built = True

    def generator_loss(self, light: Any, colors: Any) -> tuple[Any, ...]:
        """What the generator minimizes on L* and true a*, b*, and further losses to be shown."""
        raise NotImplementedError

    def discriminator_loss(self, light: Any, colors: Any, fake: Any) -> tuple[Any, ...]:
        """The same for the discriminator, with the a*, b* that the generator makes."""
        raise NotImplementedError

    @property
    def generator_variables(self) -> list[Any]:
        return self.generator.trainable_variables

    @property
    def discriminator_variables(self) -> list[Any]:
        return self.discriminator.trainable_variables

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return self.of_generator + self.of_discriminator

    @property
    def optimizers(self) -> dict[str, keras.optimizers.Optimizer]:
        """By the letters of the networks that they train."""
        judge = {"D": self.discriminator_optimizer} if self.discriminator else {}
        return {"G": self.generator_optimizer} | judge

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer,
        discriminator_optimizer: keras.optimizers.Optimizer | None = None,
        *,
        jit: bool = False,
    ) -> None:
        """Sets the optimizers; with `jit` XLA compiles the gradients of both networks."""
        super().compile(optimizer=None, jit_compile=False)
        self.generator_optimizer = generator_optimizer
        generator_optimizer.build(self.generator_variables)
        if discriminator_optimizer is not None:
            self.discriminator_optimizer = discriminator_optimizer
            discriminator_optimizer.build(self.discriminator_variables)
        compiled = {"jit_compile": jit, "autograph": False}
        self.compiled_generator_gradients = tf.function(self.generator_gradients, **compiled)
        self.compiled_discriminator_gradients = tf.function(
            self.discriminator_gradients, **compiled
        )

    def judge(self, light: Any, colors: Any) -> Any:
        """The discriminator's logits; it sees as many channels as it was built for."""
        seen = colors
        if self.discriminator.input_shape[-1] == 3:  # a conditional one
            seen = tf.concat([light, colors], axis=-1)
        return self.discriminator(seen, training=True)

    def generator_gradients(self, light: Any, colors: Any) -> tuple[Any, tuple[Any, ...]]:
        with tf.GradientTape() as tape:
            losses = self.generator_loss(light, colors)
            scaled = self.generator_optimizer.scale_loss(losses[0])
        return tape.gradient(scaled, self.generator_variables), losses

    def discriminator_gradients(self, light: Any, colors: Any) -> tuple[Any, tuple[Any, ...]]:
        fake = self.generator(light, training=True)
        with tf.GradientTape() as tape:
            losses = self.discriminator_loss(light, colors, fake)
            scaled = self.discriminator_optimizer.scale_loss(losses[0])
        return tape.gradient(scaled, self.discriminator_variables), losses

    def train_generator(self, light: Any, colors: Any) -> None:
        gradients, losses = self.compiled_generator_gradients(light, colors)
        self.generator_optimizer.apply(gradients, self.generator_variables)
        _track(self.of_generator, losses)

    def train_discriminator(self, light: Any, colors: Any) -> None:
        gradients, losses = self.compiled_discriminator_gradients(light, colors)
        self.discriminator_optimizer.apply(gradients, self.discriminator_variables)
        _track(self.of_discriminator, losses)

    def train_step(self, lab: Any) -> dict[str, Any]:
        light, colors = lab[..., :1], lab[..., 1:]
        self.steps.assign_add(1)
        if self.discriminator:
            self._every(self.discriminator_every, self.train_discriminator, light, colors)
        self._every(self.generator_every, self.train_generator, light, colors)
        return {tracker.name: tracker.result() for tracker in self.metrics}

    def _every(self, n: int, train: Callable[[Any, Any], None], light: Any, colors: Any) -> None:
        """Trains in every n-th step."""
        if n == 1:
            train(light, colors)
            return

        def trained() -> Any:
            train(light, colors)
            return tf.constant(True)

        tf.cond(self.steps.value % n == 0, trained, lambda: tf.constant(False))


def _track(trackers: Sequence[keras.metrics.Metric], losses: Sequence[Any]) -> None:
    for tracker, loss in zip(trackers, losses, strict=True):
        tracker.update_state(loss)
